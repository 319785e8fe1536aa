extension Field {
  /// The form of a value in which two sides compare: what the field's `comparison` says means
  /// nothing is gone.
  ///
  /// Normalising twice changes nothing more.
  public func normalised(_ value: AttributeValue) -> AttributeValue {
    switch comparison {
    case .exact: type.normalised(value)
    case .ignoringCase: type.normalised(value).mapText { $0.lowercased() }
    case .resourceID:
      value.mapText { (try? ARMResourceID(parsing: $0))?.canonical ?? $0.lowercased() }
    case .region:
      value.mapText(\.asRegion)
    case .set:
      normalisedList(value) { elements in
        guard elements.count > 1 else { return elements }
        var seen: Set<AttributeValue> = []
        return elements.sorted { $0.canonicalJSON < $1.canonicalJSON }
          .filter { seen.insert($0).inserted }
      }
    case .listByKey(let key):
      normalisedList(value) { elements in
        elements.sorted {
          ($0[key: key]?.canonicalJSON ?? "") < ($1[key: key]?.canonicalJSON ?? "")
        }
      }
    }
  }

  private func normalisedList(
    _ value: AttributeValue, order: ([AttributeValue]) -> [AttributeValue]
  ) -> AttributeValue {
    guard case .list(let elements) = type.normalised(value) else { return value }
    return .list(order(elements))
  }
}

extension FieldType {
  fileprivate func normalised(_ value: AttributeValue) -> AttributeValue {
    switch (self, value) {
    case (.list(let element, _), .list(let values)):
      .list(values.map(element.normalised))
    case (.map(let element), .map(let values)):
      .map(values.mapValues(element.normalised))
    case (.object(let fields), .map(let values)):
      .map(normalised(values, of: fields))
    case (.resourceID, .text(let text)):
      .text((try? ARMResourceID(parsing: text))?.canonical ?? text.lowercased())
    case (.region, .text(let text)):
      .text(text.asRegion)
    case (.choice(let choices), .text(let text)):
      .text((choices.first { $0.isMeant(by: text) }?.name ?? text).lowercased())
    default: value
    }
  }

  /// The entries each normalised by its own field, and those given their default that have one.
  private func normalised(
    _ values: AttributeMap, of fields: [Field]
  ) -> AttributeMap {
    var result = values
    for field in fields {
      let given = values[path: field.path]
      guard let value = given ?? field.defaultValue else { continue }
      let normal = field.normalised(value)
      if normal == .null {
        result[path: field.path] = nil
      } else if normal != given {
        result[path: field.path] = normal
      }
    }
    return result
  }
}

extension AttributeValue {
  fileprivate func mapText(_ transform: (String) -> String) -> AttributeValue {
    if case .text(let text) = self { .text(transform(text)) } else { self }
  }
}

extension String {
  /// A region as the service compares it: `West Europe` is `westeurope`.
  fileprivate var asRegion: String {
    let isNormal = utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    return isNormal ? self : String(lowercased().filter { !$0.isWhitespace })
  }
}
