internal import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// Turns nodes into values of a field's type and reports what does not fit.
struct ValueBinding {
  let secrets: any SecretSource
  /// The target, for findings; nil where it has no name.
  var target: TargetAddress?
  /// The target's kind; nil where it is not known.
  var kind: KindDescriptor?
  var findings = DiagnosticList()
  /// The lines of each file that may hold a secret, whatever is wrong with them.
  var secretLines: [String: Set<Int>] = [:]
  /// The programs that the stack allows, by name.
  let commands: [String: [String]]
  /// What they gave, so that each runs once.
  var commandResults: [String: Result<String, SecretCommandFailure>] = [:]
  /// What to tell of a key that a kind does not know, besides what resembles it.
  private let keyAdvice: (String, KindDescriptor) -> String?
  /// The few patterns of fields, so that each is read once.
  private var patterns: [Pattern] = []
  /// The fields that are being read, each in a value of the one before it.
  private var open: [OpenField] = []
  /// The ways from each of them into lists and maps.
  private var way: [Step] = []

  /// A field's pattern.
  private struct Pattern {
    let text: String
    /// Nil if it can't be read.
    let regex: Regex<AnyRegexOutput>?
    /// What matched it last: many targets have the same size.
    var lastMatch: String?
  }

  /// A field that is being read.
  private struct OpenField {
    let tree: FieldTree
    /// What the words of older clients come to in it.
    let words: OlderWords
    /// Where its own way begins.
    let wayStart: Int
  }

  /// A step into a list or a map.
  private enum Step {
    case element(Int)
    case entry(String)
  }

  init(
    secrets: any SecretSource, commands: [String: [String]] = [:],
    keyAdvice: @escaping (String, KindDescriptor) -> String? = { _, _ in nil }
  ) {
    self.secrets = secrets
    self.commands = commands
    self.keyAdvice = keyAdvice
  }

  /// The target's address, for findings.
  var address: String? { target?.description }

  /// What to tell of a key that the target's kind does not know.
  func advice(on key: String) -> String? { kind.flatMap { keyAdvice(key, $0) } }

  /// The value of a field; nil if it is absent (`null`) or does not fit, which is then reported.
  mutating func value(
    _ node: YAMLNode, of field: Field, _ tree: FieldTree, words: OlderWords
  ) -> AttributeValue? {
    if field.isKeptSecret { hideLines(of: node) }
    if node.isNull { return nil }
    open.append(OpenField(tree: tree, words: words, wayStart: way.count))
    defer { open.removeLast() }
    switch tree.olderShape {
    case .fileName: return namedFile(path(), node)
    case .texts: return texts(node, of: field)
    case nil: break
    }
    if field.isKeptSecret { return secret(node, of: field, at: path()) }
    return value(node, field.type)
  }

  /// What findings call the value that is being read, or something in it.
  ///
  /// Put together where it is asked for: few values are wrong.
  func path(to keys: [String] = []) -> AttributePath {
    var segments: [String] = []
    for (index, field) in open.enumerated() {
      segments += field.tree.keys
      let end = index + 1 < open.count ? open[index + 1].wayStart : way.count
      for step in way[field.wayStart..<end] {
        switch step {
        case .element(let index): segments.append("\(index)")
        case .entry(let key): segments.append(key)
        }
      }
    }
    return AttributePath(segments + keys)
  }

  /// Reads what stands in a list or a map.
  private mutating func inside(
    _ step: Step, _ read: (inout ValueBinding) -> AttributeValue?
  ) -> AttributeValue? {
    way.append(step)
    defer { way.removeLast() }
    return read(&self)
  }

  /// True for what is a field's own value, and stands in no list or map in it.
  private var isWholeValue: Bool { open.last?.wayStart == way.count }

  /// What the words of older clients come to here.
  private var words: OlderWords { isWholeValue ? open.last?.words ?? .unknown : .unknown }

  /// Keeps the lines of a node out of every finding about this file.
  mutating func hideLines(of node: YAMLNode) {
    let place = node.location
    secretLines[place.file, default: []]
      .formUnion(place.start.line...max(place.start.line, place.end.line))
  }

  /// Reports a value of the wrong type.
  mutating func refuse(
    _ node: YAMLNode, _ expected: String, at path: AttributePath, mayHoldSecret: Bool
  ) {
    guard mayHoldSecret, node.kind == .scalar else {
      findings.append(.wrongType(path, expected, node, address))
      return
    }
    hideLines(of: node)
    findings.append(.wrongTypeOfSecrets(path, expected, node, address))
  }

  private mutating func value(
    _ node: YAMLNode, _ type: FieldType
  ) -> AttributeValue? {
    switch type {
    case .text(let pattern): return text(node, pattern)
    case .boolean: return boolean(node)
    case .toggle(let on, let off): return toggle(node, on, off)
    case .integer(let range): return integer(node, range)
    case .duration(let unit, let range): return duration(node, unit, range)
    case .choice(let choices): return choice(node, choices)
    case .resourceID(let types): return resourceID(node, types)
    case .region: return region(node)
    case .secretFile: return text(node, nil)
    case .list(let element, let limit): return list(node, element, limit)
    case .object(let fields): return object(node, fields)
    case .map(let element): return map(node, element)
    case .anything: return anything(node)
    }
  }

  // MARK: Scalars

  /// The text of a scalar that means something, whatever YAML takes it for.
  private mutating func word(
    _ node: YAMLNode, _ expected: @autoclosure () -> String
  ) -> String? {
    guard node.kind == .scalar, !node.isNull else {
      findings.append(.wrongType(path(), expected(), node, address))
      return nil
    }
    let text = node.text
    if node.has(UInt8(ascii: "$")), !node.isVerbatim, text.holdsReference {
      findings.append(.referenceNotAllowed(path(), node, address))
      return nil
    }
    return text
  }

  private mutating func text(
    _ node: YAMLNode, _ pattern: String?
  ) -> AttributeValue? {
    guard let text = word(node, "a text") else { return nil }
    if let pattern, !matches(text, pattern) {
      findings.append(
        .wrongValue(path(), "it must match the pattern '\(pattern)'", node, address))
      return nil
    }
    return .text(text)
  }

  /// True if a pattern matches the whole of a text.
  ///
  /// It compares scalar by scalar, so that no letter passes for one that only looks the same. A
  /// pattern that can't be read matches nothing.
  private mutating func matches(_ text: String, _ pattern: String) -> Bool {
    let index = patterns.indices.first { patterns[$0].text == pattern } ?? patterns.count
    if index == patterns.count {
      let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar)
      patterns.append(Pattern(text: pattern, regex: regex))
    }
    if patterns[index].lastMatch?.hasBytes(of: text) == true { return true }
    guard patterns[index].regex.flatMap({ try? $0.wholeMatch(in: text) }) != nil else {
      return false
    }
    patterns[index].lastMatch = text
    return true
  }

  private mutating func region(_ node: YAMLNode) -> AttributeValue? {
    guard let text = word(node, "a region") else { return nil }
    guard text.utf8.looksLikeRegion else {
      findings.append(
        .wrongValue(path(), "a region looks like 'westeurope' or 'West Europe'", node, address))
      return nil
    }
    return .text(text)
  }

  private mutating func boolean(_ node: YAMLNode) -> AttributeValue? {
    if case .bool(let bool) = node.scalar { return .bool(bool) }
    switch node.text.lowercased() {
    case "true": return true
    case "false": return false
    default:
      findings.append(.wrongType(path(), "true or false", node, address))
      return nil
    }
  }

  /// Older clients wrote the service's own words.
  private mutating func toggle(
    _ node: YAMLNode, _ on: String, _ off: String
  ) -> AttributeValue? {
    if words == .understood {
      if node.text.lowercased() == on.lowercased() { return true }
      if node.text.lowercased() == off.lowercased() { return false }
    }
    return boolean(node)
  }

  private mutating func integer(
    _ node: YAMLNode, _ range: ClosedRange<Int>
  ) -> AttributeValue? {
    if let number = wholeNumber(node) { return inRange(number, range, node) }
    if node.kind == .scalar, matches(node.text, "[-+]?[0-9]{1,40}") {
      findings.append(.outOfRange(path(), node.text, range, node, address))
    } else {
      findings.append(.wrongType(path(), "a whole number", node, address))
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
    _ node: YAMLNode, _ unit: FieldType.TimeUnit, _ range: ClosedRange<Int>
  ) -> AttributeValue? {
    if let number = wholeNumber(node) { return inRange(number, range, node) }
    if let seconds = ISODuration.seconds(in: node.text), seconds.isMultiple(of: unit.rawValue) {
      return inRange(seconds / unit.rawValue, range, node)
    }
    let word = unit == .seconds ? "seconds" : "minutes"
    findings.append(.wrongType(path(), "a whole number of \(word)", node, address))
    return nil
  }

  private mutating func inRange(
    _ number: Int, _ range: ClosedRange<Int>, _ node: YAMLNode
  ) -> AttributeValue? {
    guard range.contains(number) else {
      findings.append(.outOfRange(path(), "\(number)", range, node, address))
      return nil
    }
    return .integer(number)
  }

  private mutating func choice(
    _ node: YAMLNode, _ choices: [FieldType.Choice]
  ) -> AttributeValue? {
    // As nearly all are written, which no text is made for.
    for index in choices.indices where node.reads(choices[index].name) && !node.isNull {
      return .text(choices[index].name)
    }
    let known = { choices.map { "'\($0.name)'" }.joined(separator: ", ") }
    guard let text = word(node, "one of \(known())") else { return nil }
    let word = text.lowercased()
    if let choice = choices.first(where: { $0.name.lowercased() == word }) {
      return .text(choice.name)
    }
    if words != .unknown, let choice = choices.first(where: { $0.isMeant(by: word) }) {
      if words == .toldOf {
        findings.append(.olderWord(text, choice.name, node.location, address))
      }
      return .text(choice.name)
    }
    let byWire = choices.first { $0.wire.lowercased() == word }
    if let byWire, words == .understood || byWire.takesWire { return .text(byWire.name) }
    findings.append(.unknownWord(path(), node, choices.map(\.name), byWire?.name, address))
    return nil
  }

  private mutating func resourceID(
    _ node: YAMLNode, _ types: [String]
  ) -> AttributeValue? {
    guard let text = word(node, "a resource id") else { return nil }
    do {
      let id = try ARMResourceID(parsing: text)
      if !types.isEmpty, !types.contains(where: { id.isOf(type: $0) }) {
        findings.append(.wrongResourceType(path(), types, id, node, address))
        return nil
      }
      return .text(id.text)
    } catch {
      findings.append(.malformedResourceID(path(), error.reason, types.first, node, address))
      return nil
    }
  }

  // MARK: Collections

  private mutating func list(
    _ node: YAMLNode, _ element: FieldType, _ limit: Int?
  ) -> AttributeValue? {
    guard node.kind == .sequence else {
      findings.append(.wrongType(path(), "a list", node, address))
      return nil
    }
    let elements = node.elements
    if let limit, elements.count > limit {
      findings.append(.tooMany(path(), elements.count, limit, node, address))
      return nil
    }
    let before = findings.errorCount
    var values: [AttributeValue] = []
    values.reserveCapacity(elements.count)
    for (index, node) in elements.enumerated() {
      if let value = inside(.element(index), { $0.value(node, element) }) { values.append(value) }
    }
    return findings.errorCount == before ? .list(values) : nil
  }

  /// A list of objects with one field, given as that field's texts.
  private mutating func texts(_ node: YAMLNode, of field: Field) -> AttributeValue? {
    guard case .list(.object(let fields), let limit) = field.type, let only = fields.first,
      case .list(let values)? = list(node, only.type, limit)
    else { return nil }
    return .list(
      values.map { value in
        var object = AttributeValue.map([:])
        object[only.path] = value
        return object
      })
  }

  private mutating func map(
    _ node: YAMLNode, _ element: FieldType
  ) -> AttributeValue? {
    guard node.kind == .mapping else {
      findings.append(.wrongType(path(), "a mapping", node, address))
      return nil
    }
    let areTags = isWholeValue && open.count == 1 && open.last?.tree.isTags == true
    let before = findings.errorCount
    var entries: [(String, AttributeValue)] = []
    entries.reserveCapacity(node.entryCount)
    node.forEachEntry { keyNode, entry in
      let key = keyNode.text
      if areTags, MarkTags.isMark(key) {
        findings.append(.reservedTag(keyNode, address))
      } else if entry.isNull, !areTags {
        entries.append((key, .null))
      } else if let value = inside(.entry(key), { $0.value(entry, element) }) {
        entries.append((key, value))
      }
    }
    guard findings.errorCount == before else { return nil }
    return .map(AttributeMap(lastOf: entries))
  }

  private mutating func object(
    _ node: YAMLNode, _ fields: [Field]
  ) -> AttributeValue? {
    guard node.kind == .mapping else {
      findings.append(.wrongType(path(), "a mapping", node, address))
      return nil
    }
    let before = findings.errorCount
    let bound = self.fields(
      of: node, by: open.last?.tree.object ?? FieldTree(fields), table: fields, owner: nil,
      missingAt: node.location.firstLine)
    guard findings.errorCount == before else { return nil }
    var result = AttributeMap(minimumCapacity: node.entryCount)
    bound.values.forEachGiven { slot, value in result[path: fields[slot].path] = value }
    return .map(result)
  }

  private mutating func anything(_ node: YAMLNode) -> AttributeValue? {
    switch node.kind {
    case .sequence:
      var values: [AttributeValue] = []
      for (index, element) in node.elements.enumerated() {
        if let value = inside(.element(index), { $0.anything(element) }) { values.append(value) }
      }
      return .list(values)
    case .mapping:
      var entries: [(String, AttributeValue)] = []
      node.forEachEntry { keyNode, entry in
        let key = keyNode.text
        if let value = inside(.entry(key), { $0.anything(entry) }) { entries.append((key, value)) }
      }
      return .map(AttributeMap(lastOf: entries))
    case .scalar:
      switch node.scalar ?? .null {
      case .null: return .null
      case .bool(let bool): return .bool(bool)
      case .integer(let integer): return .integer(integer)
      case .number(let number) where number.isFinite: return .number(number)
      case .number:
        findings.append(.wrongType(path(), "a number that JSON can say", node, address))
        return nil
      case .text: return word(node, "a text").map(AttributeValue.text)
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

extension String {
  /// True if two texts have the same bytes: the same letters may be spelled in several ways.
  fileprivate func hasBytes(of other: String) -> Bool {
    var (text, other) = (self, other)
    return text.withUTF8 { bytes in
      other.withUTF8 { others in
        UnsafeRawBufferPointer(bytes).holdsSame(as: UnsafeRawBufferPointer(others))
      }
    }
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
