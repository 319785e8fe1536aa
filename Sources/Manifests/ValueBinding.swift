internal import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// Turns nodes into values of a field's type and reports what does not fit.
struct ValueBinding {
  let secrets: any SecretSource
  /// The target's address, for findings.
  var address: String?
  var findings = DiagnosticList()

  /// The value of a field; nil if it is absent (`null`) or does not fit, which is then reported.
  mutating func value(
    _ node: YAMLNode, of field: Field, usesOlderName: Bool = false
  ) -> AttributeValue? {
    if node.scalar == .null { return nil }
    if field.isSecret { return secret(node, of: field) }
    return value(node, field.type, Naming(field.path, usesOlderName: usesOlderName))
  }

  /// What findings call a value, and whether words of older clients are understood in it.
  private struct Naming {
    let path: AttributePath
    let usesOlderName: Bool

    init(_ path: AttributePath, usesOlderName: Bool = false) {
      self.path = path
      self.usesOlderName = usesOlderName
    }

    func inside(_ segment: String) -> Naming { Naming(AttributePath(path.segments + [segment])) }
  }

  private mutating func value(
    _ node: YAMLNode, _ type: FieldType, _ name: Naming
  ) -> AttributeValue? {
    switch type {
    case .text(let pattern): return text(node, pattern, name)
    case .boolean, .toggle: return boolean(node, name)
    case .integer(let range): return integer(node, range, name)
    case .duration(let unit, let range): return duration(node, unit, range, name)
    case .choice(let choices): return choice(node, choices, name)
    case .resourceID(let types): return resourceID(node, types, name)
    case .region, .secretFile: return text(node, nil, name)
    case .list(let element, let limit): return list(node, element, limit, name)
    case .object(let fields): return object(node, fields, name)
    case .map(let element): return map(node, element, name)
    case .anything: return anything(node)
    }
  }

  // MARK: Scalars

  private mutating func text(
    _ node: YAMLNode, _ pattern: String?, _ name: Naming
  ) -> AttributeValue? {
    guard node.kind == .scalar else {
      findings.append(.wrongType(name.path, "a text", node, address))
      return nil
    }
    if node.text.contains("${") { findings.append(.referenceNotAllowed(name.path, node, address)) }
    if let pattern, let regex = try? Regex(pattern), (try? regex.wholeMatch(in: node.text)) == nil {
      findings.append(.wrongValue(name.path, "it does not look like one", node, address))
      return nil
    }
    return .text(node.text)
  }

  private mutating func boolean(_ node: YAMLNode, _ name: Naming) -> AttributeValue? {
    if case .bool(let bool) = node.scalar { return .bool(bool) }
    switch node.text.lowercased() {
    case "true": return true
    case "false": return false
    default:
      findings.append(.wrongType(name.path, "true or false", node, address))
      return nil
    }
  }

  private mutating func integer(
    _ node: YAMLNode, _ range: ClosedRange<Int>, _ name: Naming
  ) -> AttributeValue? {
    guard let number = wholeNumber(node) else {
      findings.append(.wrongType(name.path, "a whole number", node, address))
      return nil
    }
    return inRange(number, range, node, name)
  }

  /// A whole number, also as text: `az ml` takes "4" for 4.
  private func wholeNumber(_ node: YAMLNode) -> Int? {
    switch node.scalar {
    case .integer(let integer): integer
    case .text(let text): Int(text)
    case .null, .bool, .number, nil: nil
    }
  }

  private mutating func duration(
    _ node: YAMLNode, _ unit: FieldType.TimeUnit, _ range: ClosedRange<Int>, _ name: Naming
  ) -> AttributeValue? {
    if let number = wholeNumber(node) { return inRange(number, range, node, name) }
    if let seconds = ISODuration.seconds(in: node.text), seconds.isMultiple(of: unit.rawValue) {
      return inRange(seconds / unit.rawValue, range, node, name)
    }
    let word = unit == .seconds ? "seconds" : "minutes"
    findings.append(.wrongType(name.path, "a whole number of \(word)", node, address))
    return nil
  }

  private mutating func inRange(
    _ number: Int, _ range: ClosedRange<Int>, _ node: YAMLNode, _ name: Naming
  ) -> AttributeValue? {
    guard range.contains(number) else {
      findings.append(.outOfRange(name.path, number, range, node, address))
      return nil
    }
    return .integer(number)
  }

  private mutating func choice(
    _ node: YAMLNode, _ choices: [FieldType.Choice], _ name: Naming
  ) -> AttributeValue? {
    let word = node.text.lowercased()
    if let choice = choices.first(where: { $0.isMeant(by: word) }) {
      if choice.name.lowercased() != word, !name.usesOlderName {
        findings.append(.olderWord(node, choice.name, address))
      }
      return .text(choice.name)
    }
    let byWire = choices.first { $0.wire.lowercased() == word }
    if name.usesOlderName, let byWire { return .text(byWire.name) }
    findings.append(.unknownWord(name.path, node, choices.map(\.name), byWire?.name, address))
    return nil
  }

  private mutating func resourceID(
    _ node: YAMLNode, _ types: [String], _ name: Naming
  ) -> AttributeValue? {
    guard node.kind == .scalar else {
      findings.append(.wrongType(name.path, "a resource id", node, address))
      return nil
    }
    do {
      let id = try ARMResourceID(parsing: node.text)
      if !types.isEmpty, !types.contains(where: { $0.lowercased() == id.type }) {
        findings.append(.wrongResourceType(name.path, types, node, address))
        return nil
      }
      return .text(node.text)
    } catch {
      findings.append(.malformedResourceID(name.path, error.reason, types.first, node, address))
      return nil
    }
  }

  // MARK: Collections

  private mutating func list(
    _ node: YAMLNode, _ element: FieldType, _ limit: Int?, _ name: Naming
  ) -> AttributeValue? {
    guard node.kind == .sequence else {
      findings.append(.wrongType(name.path, "a list", node, address))
      return nil
    }
    let elements = node.elements
    if let limit, elements.count > limit {
      findings.append(.tooMany(name.path, elements.count, limit, node, address))
      return nil
    }
    let before = findings.errorCount
    let values = elements.enumerated().compactMap { value($1, element, name.inside("\($0)")) }
    return findings.errorCount == before ? .list(values) : nil
  }

  private mutating func map(
    _ node: YAMLNode, _ element: FieldType, _ name: Naming
  ) -> AttributeValue? {
    guard node.kind == .mapping else {
      findings.append(.wrongType(name.path, "a mapping", node, address))
      return nil
    }
    var entries: [String: AttributeValue] = [:]
    for (key, entry) in node.entries {
      if entry.scalar == .null {
        entries[key.text] = .null
      } else if let value = value(entry, element, name.inside(key.text)) {
        entries[key.text] = value
      }
    }
    return .map(entries)
  }

  private mutating func object(
    _ node: YAMLNode, _ fields: [Field], _ name: Naming
  ) -> AttributeValue? {
    guard node.kind == .mapping else {
      findings.append(.wrongType(name.path, "a mapping", node, address))
      return nil
    }
    let before = findings.errorCount
    var result = AttributeValue.map([:])
    bindObject(node, FieldTree(fields), name, into: &result)
    for field in fields where field.isRequired && result[field.path] == nil {
      guard findings.errorCount == before else { break }
      let path = AttributePath(name.path.segments + field.path.segments)
      findings.append(.missingField(path, node.location.firstLine, address))
    }
    return findings.errorCount == before ? result : nil
  }

  private mutating func bindObject(
    _ node: YAMLNode, _ tree: FieldTree, _ name: Naming, into result: inout AttributeValue
  ) {
    for (key, entry) in node.entries {
      guard let child = tree.children[key.text] else {
        findings.append(.unknownKey(key, tree.names, name.path.description, address))
        continue
      }
      if let (_, field) = child.field {
        if entry.scalar == .null { continue }
        if let value = value(entry, field.type, name.inside(key.text)) {
          result[field.path] = value
        }
      } else if entry.kind == .mapping {
        bindObject(entry, child, name.inside(key.text), into: &result)
      } else {
        findings.append(.wrongType(name.inside(key.text).path, "a mapping", entry, address))
      }
    }
  }

  private func anything(_ node: YAMLNode) -> AttributeValue {
    switch node.kind {
    case .sequence: return .list(node.elements.map(anything))
    case .mapping:
      return .map(
        Dictionary(
          node.entries.map { ($0.key.text, anything($0.value)) },
          uniquingKeysWith: { first, _ in first }))
    case .scalar:
      switch node.scalar ?? .null {
      case .null: return .null
      case .bool(let bool): return .bool(bool)
      case .integer(let integer): return .integer(integer)
      case .number(let number): return .number(number)
      case .text(let text): return .text(text)
      }
    }
  }
}
