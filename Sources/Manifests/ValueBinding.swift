internal import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// Turns nodes into values of a field's type and reports what does not fit.
struct ValueBinding {
  let secrets: any SecretSource
  /// The target's address, for findings.
  var address: String?
  var findings = DiagnosticList()
  /// The lines of each file that may hold a secret, whatever is wrong with them.
  var secretLines: [String: Set<Int>] = [:]
  /// The programs that the stack allows, by name.
  let commands: [String: [String]]
  /// What they gave, so that each runs once.
  var commandResults: [String: Result<String, SecretCommandFailure>] = [:]
  /// What to tell of a key that the target's kind does not know, besides what resembles it.
  var keyAdvice: (String) -> String? = { _ in nil }
  /// Patterns of fields, so that each is read once.
  private var patterns: [String: Regex<AnyRegexOutput>] = [:]
  /// What matched the pattern of a field last, by pattern: many targets have the same size.
  private var lastMatches: [String: String] = [:]

  init(secrets: any SecretSource, commands: [String: [String]] = [:]) {
    self.secrets = secrets
    self.commands = commands
  }

  /// The value of a field; nil if it is absent (`null`) or does not fit, which is then reported.
  mutating func value(
    _ node: YAMLNode, of field: Field, _ tree: FieldTree, in outer: [String], words: OlderWords
  ) -> AttributeValue? {
    if field.isKeptSecret { hideLines(of: node) }
    if node.isNull { return nil }
    switch tree.olderShape {
    case .fileName: return namedFile(tree.path(in: outer), node)
    case .texts: return texts(node, of: field, at: tree.path(in: outer))
    case nil: break
    }
    if field.isKeptSecret { return secret(node, of: field, at: tree.path(in: outer)) }
    return value(
      node, field.type, Naming(outer, tree: tree, object: tree.object, words: words))
  }

  /// Keeps the lines of a node out of every finding about this file.
  mutating func hideLines(of node: YAMLNode) {
    let place = node.location
    secretLines[place.file, default: []]
      .formUnion(place.start.line...max(place.start.line, place.end.line))
  }

  /// Reports a value of the wrong type.
  mutating func refuse(
    _ node: YAMLNode, _ expected: String, at path: [String], mayHoldSecret: Bool
  ) {
    guard mayHoldSecret, node.kind == .scalar else {
      findings.append(.wrongType(AttributePath(path), expected, node, address))
      return
    }
    hideLines(of: node)
    findings.append(.wrongTypeOfSecrets(AttributePath(path), expected, node, address))
  }

  /// What findings call a value, and what else is known of its place.
  private struct Naming {
    private let outer: [String]
    /// Nil for what stands under `outer` itself.
    private let tree: FieldTree?
    /// The way from there into lists and maps.
    private var way: Way?
    /// What objects in it may hold.
    let object: FieldTree?
    /// What the words of older clients come to in it.
    private(set) var words: OlderWords

    init(
      _ outer: [String], tree: FieldTree? = nil, object: FieldTree?,
      words: OlderWords = .unknown
    ) {
      self.outer = outer
      self.tree = tree
      self.object = object
      self.words = words
    }

    /// Put together where it is asked for: few values are wrong.
    var path: AttributePath {
      AttributePath((tree?.path(in: outer).segments ?? outer) + (way?.segments ?? []))
    }

    /// True for the tags of a target.
    var isTags: Bool { way == nil && outer.isEmpty && tree?.isTags == true }

    func inside(_ index: Int) -> Naming { going(.element(way, index)) }

    func inside(_ key: String) -> Naming { going(.entry(way, key)) }

    private func going(_ way: Way) -> Naming {
      var naming = self
      naming.way = way
      naming.words = .unknown
      return naming
    }

    private indirect enum Way {
      case element(Way?, Int)
      case entry(Way?, String)

      var segments: [String] {
        switch self {
        case .element(let way, let index): (way?.segments ?? []) + ["\(index)"]
        case .entry(let way, let key): (way?.segments ?? []) + [key]
        }
      }
    }
  }

  private mutating func value(
    _ node: YAMLNode, _ type: FieldType, _ name: Naming
  ) -> AttributeValue? {
    switch type {
    case .text(let pattern): return text(node, pattern, name)
    case .boolean: return boolean(node, name)
    case .toggle(let on, let off): return toggle(node, on, off, name)
    case .integer(let range): return integer(node, range, name)
    case .duration(let unit, let range): return duration(node, unit, range, name)
    case .choice(let choices): return choice(node, choices, name)
    case .resourceID(let types): return resourceID(node, types, name)
    case .region: return region(node, name)
    case .secretFile: return text(node, nil, name)
    case .list(let element, let limit): return list(node, element, limit, name)
    case .object(let fields): return object(node, fields, name)
    case .map(let element): return map(node, element, name)
    case .anything: return anything(node, name)
    }
  }

  // MARK: Scalars

  /// The text of a scalar that means something, whatever YAML takes it for.
  private mutating func word(
    _ node: YAMLNode, _ expected: @autoclosure () -> String, _ name: Naming
  ) -> String? {
    guard node.kind == .scalar, !node.isNull else {
      findings.append(.wrongType(name.path, expected(), node, address))
      return nil
    }
    if !node.isVerbatim, node.text.holdsReference {
      findings.append(.referenceNotAllowed(name.path, node, address))
      return nil
    }
    return node.text
  }

  private mutating func text(
    _ node: YAMLNode, _ pattern: String?, _ name: Naming
  ) -> AttributeValue? {
    guard let text = word(node, "a text", name) else { return nil }
    if let pattern, !matches(text, pattern) {
      findings.append(
        .wrongValue(name.path, "it must match the pattern '\(pattern)'", node, address))
      return nil
    }
    return .text(text)
  }

  /// True if a pattern matches the whole of a text.
  ///
  /// It compares scalar by scalar, so that no letter passes for one that only looks the same. A
  /// pattern that can't be read matches nothing.
  private mutating func matches(_ text: String, _ pattern: String) -> Bool {
    if let last = lastMatches[pattern], last.utf8.elementsEqual(text.utf8) { return true }
    let regex = patterns[pattern] ?? (try? Regex(pattern).matchingSemantics(.unicodeScalar))
    patterns[pattern] = regex
    guard regex.flatMap({ try? $0.wholeMatch(in: text) }) != nil else { return false }
    lastMatches[pattern] = text
    return true
  }

  private mutating func region(_ node: YAMLNode, _ name: Naming) -> AttributeValue? {
    guard let text = word(node, "a region", name) else { return nil }
    guard text.utf8.looksLikeRegion else {
      findings.append(
        .wrongValue(name.path, "a region looks like 'westeurope' or 'West Europe'", node, address))
      return nil
    }
    return .text(text)
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

  /// Older clients wrote the service's own words.
  private mutating func toggle(
    _ node: YAMLNode, _ on: String, _ off: String, _ name: Naming
  ) -> AttributeValue? {
    if name.words == .understood {
      if node.text.lowercased() == on.lowercased() { return true }
      if node.text.lowercased() == off.lowercased() { return false }
    }
    return boolean(node, name)
  }

  private mutating func integer(
    _ node: YAMLNode, _ range: ClosedRange<Int>, _ name: Naming
  ) -> AttributeValue? {
    if let number = wholeNumber(node) { return inRange(number, range, node, name) }
    if node.kind == .scalar, matches(node.text, "[-+]?[0-9]{1,40}") {
      findings.append(.outOfRange(name.path, node.text, range, node, address))
    } else {
      findings.append(.wrongType(name.path, "a whole number", node, address))
    }
    return nil
  }

  /// A whole number, also as text: `az ml` takes "4" for 4.
  private func wholeNumber(_ node: YAMLNode) -> Int? {
    switch node.scalar {
    case .integer(let integer): integer
    case .number(let number): Int(exactly: number)
    case .text(let text): Int(text)
    case .null, .bool, nil: nil
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
      findings.append(.outOfRange(name.path, "\(number)", range, node, address))
      return nil
    }
    return .integer(number)
  }

  private mutating func choice(
    _ node: YAMLNode, _ choices: [FieldType.Choice], _ name: Naming
  ) -> AttributeValue? {
    let known = { choices.map { "'\($0.name)'" }.joined(separator: ", ") }
    guard let text = word(node, "one of \(known())", name) else { return nil }
    if let choice = choices.first(where: { $0.name == text }) { return .text(choice.name) }
    let word = text.lowercased()
    if let choice = choices.first(where: { $0.name.lowercased() == word }) {
      return .text(choice.name)
    }
    if name.words != .unknown, let choice = choices.first(where: { $0.isMeant(by: word) }) {
      if name.words == .toldOf {
        findings.append(.olderWord(text, choice.name, node.location, address))
      }
      return .text(choice.name)
    }
    let byWire = choices.first { $0.wire.lowercased() == word }
    if let byWire, name.words == .understood || byWire.takesWire { return .text(byWire.name) }
    findings.append(.unknownWord(name.path, node, choices.map(\.name), byWire?.name, address))
    return nil
  }

  private mutating func resourceID(
    _ node: YAMLNode, _ types: [String], _ name: Naming
  ) -> AttributeValue? {
    guard let text = word(node, "a resource id", name) else { return nil }
    do {
      let id = try ARMResourceID(parsing: text)
      if !types.isEmpty, !id.isOf(types) {
        findings.append(.wrongResourceType(name.path, types, id, node, address))
        return nil
      }
      return .text(id.text)
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
    let values = elements.enumerated().compactMap { value($1, element, name.inside($0)) }
    return findings.errorCount == before ? .list(values) : nil
  }

  /// A list of objects with one field, given as that field's texts.
  private mutating func texts(
    _ node: YAMLNode, of field: Field, at path: AttributePath
  ) -> AttributeValue? {
    guard case .list(.object(let fields), let limit) = field.type, let only = fields.first,
      case .list(let values)? = list(
        node, only.type, limit, Naming(path.segments, object: nil))
    else { return nil }
    return .list(
      values.map { value in
        var object = AttributeValue.map([:])
        object[only.path] = value
        return object
      })
  }

  private mutating func map(
    _ node: YAMLNode, _ element: FieldType, _ name: Naming
  ) -> AttributeValue? {
    guard node.kind == .mapping else {
      findings.append(.wrongType(name.path, "a mapping", node, address))
      return nil
    }
    let areTags = name.isTags
    let before = findings.errorCount
    var entries: [(String, AttributeValue)] = []
    entries.reserveCapacity(node.entries.count)
    for (key, entry) in node.entries {
      if areTags, MarkTags.isMark(key.text) {
        findings.append(.reservedTag(key, address))
      } else if entry.isNull, !areTags {
        entries.append((key.text, .null))
      } else if let value = value(entry, element, name.inside(key.text)) {
        entries.append((key.text, value))
      }
    }
    guard findings.errorCount == before else { return nil }
    return .map(AttributeMap(entries) { _, last in last })
  }

  private mutating func object(
    _ node: YAMLNode, _ fields: [Field], _ name: Naming
  ) -> AttributeValue? {
    guard node.kind == .mapping else {
      findings.append(.wrongType(name.path, "a mapping", node, address))
      return nil
    }
    let before = findings.errorCount
    let bound = self.fields(
      of: node, by: name.object ?? FieldTree(fields), table: fields, at: name.path.segments,
      owner: { name.path.description }, missingAt: node.location.firstLine)
    guard findings.errorCount == before else { return nil }
    var result = AttributeValue.map(AttributeMap(minimumCapacity: node.entries.count))
    for slot in bound.values.indices {
      if let value = bound.values[slot] { result[fields[slot].path] = value }
    }
    return result
  }

  private mutating func anything(_ node: YAMLNode, _ name: Naming) -> AttributeValue? {
    switch node.kind {
    case .sequence:
      return .list(
        node.elements.enumerated().compactMap { anything($1, name.inside($0)) })
    case .mapping:
      var entries: [(String, AttributeValue)] = []
      for (key, value) in node.entries {
        if let value = anything(value, name.inside(key.text)) { entries.append((key.text, value)) }
      }
      return .map(AttributeMap(entries) { _, last in last })
    case .scalar:
      switch node.scalar ?? .null {
      case .null: return .null
      case .bool(let bool): return .bool(bool)
      case .integer(let integer): return .integer(integer)
      case .number(let number) where number.isFinite: return .number(number)
      case .number:
        findings.append(.wrongType(name.path, "a number that JSON can say", node, address))
        return nil
      case .text: return word(node, "a text", name).map(AttributeValue.text)
      }
    }
  }
}

extension Diagnostic {
  fileprivate static func wrongTypeOfSecrets(
    _ path: AttributePath, _ expected: String, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .wrongType, "Value has the wrong type",
      detail: "'\(path)' must be \(expected), and here is a text or number.", address: address,
      at: node.location, hidesSource: true)
  }
}

/// What the words of older clients come to in a value.
enum OlderWords {
  /// They are refused.
  case unknown
  /// They are understood, since the key is an older client's too.
  case understood
  /// They are understood, and today's are told.
  case toldOf
}

extension ARMResourceID {
  /// True if its type is one of these, however they are spelled.
  fileprivate func isOf(_ types: [String]) -> Bool {
    let type = type
    return types.contains { $0 == type || $0.lowercased() == type }
  }
}

extension Field {
  /// True if older clients called it as it is called today.
  var keepsItsName: Bool { olderNames.isEmpty && olderForms.isEmpty }
}

extension String.UTF8View {
  /// A letter, and up to 63 letters, digits and spaces behind it.
  fileprivate var looksLikeRegion: Bool {
    guard (2...64).contains(count), let first, first.isLetter else { return false }
    return allSatisfy {
      $0.isLetter || $0 == 0x20 || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
  }
}

extension UInt8 {
  fileprivate var isLetter: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }
}
