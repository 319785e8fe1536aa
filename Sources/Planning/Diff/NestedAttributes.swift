internal import TargetModel

extension KindDescriptor {
  /// The values that are set, nested as a manifest nests them and without secrets.
  func nested(_ attributes: Attributes) -> AttributeValue {
    var nested = AttributeValue.map([:])
    // By slot: a row of the table is large to copy.
    for slot in fields.indices where !fields[slot].isSecret {
      if let value = attributes[slot], value != .null { nested[fields[slot].path] = value }
    }
    return nested
  }
}

extension ComputeTarget {
  /// Every value as it will be, defaults included, nested and without secrets.
  var nestedWithDefaults: AttributeValue {
    var complete = attributes
    for slot in kind.fields.indices where complete[slot] == nil {
      complete[slot] = kind.fields[slot].defaultValue
    }
    return kind.nested(complete)
  }

  /// The secrets that are set, in the order of the kind's fields.
  var setSecrets: [AttributePath] {
    kind.fields.enumerated().compactMap { slot, field in
      field.isSecret && attributes[slot] != nil ? field.path : nil
    }
  }

  /// All that a creation will set, as attribute changes from nothing.
  var attributesFromNothing: [AttributeChange] {
    let attributes = attributes
    var changes: [AttributeChange] = []
    changes.reserveCapacity(kind.fields.count)
    for (slot, field) in kind.fields.enumerated() where field.setBy == .user {
      guard let value = attributes[slot] ?? field.defaultValue, !value.saysNothing else { continue }
      changes.append(
        AttributeChange(
          path: field.path, before: nil, after: field.isSecret ? nil : value,
          isSensitive: field.isSecret, effect: .inPlace))
    }
    if let power = powerAfterMaking(nil) { changes.append(power) }
    return changes
  }
}

extension AttributeValue {
  /// True for null and for what has no entries.
  fileprivate var saysNothing: Bool {
    switch self {
    case .null: true
    case .map(let entries): entries.isEmpty
    case .list(let elements): elements.isEmpty
    case .bool, .integer, .number, .text, .secret: false
    }
  }

  /// The nested attributes as they are once these changes are done.
  ///
  /// What did not differ keeps the service's spelling, so that nobody takes it for a change.
  func changed(by changes: [AttributeChange]) -> AttributeValue {
    var result = self
    for change in changes where !change.isSensitive { result[change.path] = change.after }
    return result
  }
}
