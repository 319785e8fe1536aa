public import Diagnostics
internal import ManifestSyntax

/// Reads a file of faults; nil if anything in it is wrong, all of which is reported.
public func readFaults(
  _ bytes: [UInt8], file: String, reporting findings: inout DiagnosticList
) -> FaultPlan? {
  let errors = findings.errorCount
  let documents = readYAML(bytes, file: file, reporting: &findings)
  guard findings.errorCount == errors else { return nil }
  var reader = FaultFileReader(file: file)
  let plan = reader.read(documents)
  findings.append(contentsOf: reader.findings.findings)
  return findings.errorCount == errors ? plan : nil
}

private struct FaultFileReader {
  let file: String
  var findings = DiagnosticList()

  init(file: String) { self.file = file }

  mutating func read(_ documents: [YAMLDocument]) -> FaultPlan {
    var plan = FaultPlan()
    guard let root = documents.first?.root, root.kind == .mapping else {
      findings.append(.emptyFaults(file))
      return plan
    }
    if documents.count > 1 { findings.append(.secondFaults(documents[1].location)) }
    check(root, known: ["faults", "limits", "remains", "seed"], "the file")
    if let seed = root["seed"] {
      plan.seed = UInt64(integer(seed, "seed", 0...Int.max) ?? 0)
    }
    if let remains = root["remains"] {
      plan.remainsMilliseconds = seconds(remains, "remains") ?? 0
    }
    if let limits = root["limits"] { plan.limits = self.limits(limits) }
    if let faults = root["faults"] {
      if faults.kind == .sequence {
        plan.rules = faults.elements.enumerated().compactMap { rule($1, "faults[\($0)]") }
      } else {
        wrong("faults", "a list of rules", faults)
      }
    }
    return plan
  }

  // MARK: Limits

  private mutating func limits(_ node: YAMLNode) -> CallLimits {
    var limits = CallLimits()
    guard isMapping(node, "limits") else { return limits }
    check(node, known: ["reads", "writes", "deletes", "enforced"], "limits")
    bucket("reads", in: node, &limits.reads)
    bucket("writes", in: node, &limits.writes)
    bucket("deletes", in: node, &limits.deletes)
    limits.areEnforced = true
    if let enforced = node["enforced"] {
      if case .bool(let isOn) = enforced.scalar {
        limits.areEnforced = isOn
      } else {
        wrong("limits.enforced", "true or false", enforced)
      }
    }
    return limits
  }

  private mutating func bucket(
    _ key: String, in node: YAMLNode, _ bucket: inout CallLimits.Bucket
  ) {
    guard let node = node[key] else { return }
    let path = "limits.\(key)"
    guard isMapping(node, path) else { return }
    check(node, known: ["size", "per_second"], path)
    if let size = node["size"] {
      bucket.size = integer(size, path + ".size", 1...1_000_000_000) ?? bucket.size
    }
    if let speed = node["per_second"] {
      bucket.perSecond = integer(speed, path + ".per_second", 0...1_000_000) ?? bucket.perSecond
    }
  }

  // MARK: Rules

  private static let effects = ["answer", "connection", "operation", "stale", "delay"]

  private mutating func rule(_ node: YAMLNode, _ path: String) -> FaultRule? {
    guard isMapping(node, path) else { return nil }
    check(
      node, known: ["on", "name", "workspace", "nth", "first", "every", "chance"] + Self.effects,
      path)
    let given = Self.effects.filter { node[$0] != nil }
    guard given.count == 1, let key = given.first, let value = node[key] else {
      findings.append(.oneEffect(path, Self.effects, node))
      return nil
    }
    let operations = self.operations(in: node, path, of: key)
    guard let effect = effect(key, value, "\(path).\(key)") else { return nil }
    checkMeeting(operations, key, node, path)
    var rule = FaultRule(operations: operations, effect: effect)
    rule.name = node["name"].flatMap { text($0, "\(path).name") }.map(NamePattern.init)
    rule.workspace = node["workspace"].flatMap { text($0, "\(path).workspace") }
      .map(NamePattern.init)
    rule.occurrence = occurrence(in: node, path)
    if let chance = node["chance"] { rule.chance = fraction(chance, "\(path).chance") }
    return rule
  }

  private static let groups: [String: Set<EmulatedOperation>] = {
    let service = EmulatedOperation.ofComputes
    return [
      "any": service, "read": service.filter(\.isRead), "write": service.filter { !$0.isRead },
    ]
  }()

  private mutating func operations(
    in node: YAMLNode, _ path: String, of effect: String
  ) -> Set<EmulatedOperation> {
    guard let on = node["on"] else {
      return switch effect {
      case "operation": Set(EmulatedOperation.allCases.filter(\.takesTime))
      case "stale": [.list, .get]
      default: Self.groups["any"] ?? []
      }
    }
    let words = on.kind == .sequence ? on.elements : [on]
    let known = EmulatedOperation.allCases.map(\.rawValue) + Self.groups.keys.sorted()
    var found: Set<EmulatedOperation> = []
    for word in words {
      if let group = Self.groups[word.text] {
        found.formUnion(group)
      } else if word.kind == .scalar, let operation = EmulatedOperation(rawValue: word.text) {
        found.insert(operation)
      } else {
        findings.append(.unknownWord("\(path).on", word, known))
      }
    }
    return found
  }

  /// A rule that can never meet a request is a mistake, not a quiet day.
  private mutating func checkMeeting(
    _ operations: Set<EmulatedOperation>, _ effect: String, _ node: YAMLNode, _ path: String
  ) {
    guard !operations.isEmpty else { return }
    let able: (EmulatedOperation) -> Bool
    switch effect {
    case "operation": able = \.takesTime
    case "stale": able = \.canBeStale
    default: able = { _ in true }
    }
    if !operations.contains(where: able) {
      findings.append(.neverMet("\(path).on", "'\(effect)'", node["on"] ?? node))
    } else if let name = node["name"], !operations.contains(where: { able($0) && $0.hasName }) {
      findings.append(.neverMet("\(path).on", "'name'", name))
    } else if let workspace = node["workspace"],
      !operations.contains(where: { able($0) && $0.hasWorkspace })
    {
      findings.append(.neverMet("\(path).on", "'workspace'", workspace))
    }
  }

  private mutating func occurrence(in node: YAMLNode, _ path: String) -> FaultRule.Occurrence {
    let keys = ["nth", "first", "every"].filter { node[$0] != nil }
    guard let key = keys.first, let value = node[key] else { return .each }
    if keys.count > 1 { wrong(path, "with one of 'nth', 'first' and 'every'", node) }
    if key == "nth", value.kind == .sequence {
      return .nth(Set(value.elements.compactMap { integer($0, "\(path).nth", 1...1_000_000) }))
    }
    guard let count = integer(value, "\(path).\(key)", 1...1_000_000) else { return .each }
    return switch key {
    case "nth": .nth([count])
    case "first": .first(count)
    default: .every(count)
    }
  }

  // MARK: Effects

  private mutating func effect(
    _ key: String, _ node: YAMLNode, _ path: String
  ) -> FaultRule.Effect? {
    switch key {
    case "answer": return answer(node, path).map { .answer($0) }
    case "connection": return word(node, path, of: ConnectionFault.self).map { .connection($0) }
    case "operation": return operation(node, path).map { .operation($0) }
    case "delay": return seconds(node, path).map { .delay($0) }
    default:
      guard isMapping(node, path) else { return nil }
      check(node, known: ["writes"], path)
      return .stale(writes: node["writes"].flatMap { integer($0, path + ".writes", 1...16) } ?? 1)
    }
  }

  private mutating func answer(_ node: YAMLNode, _ path: String) -> FaultAnswer? {
    guard isMapping(node, path) else { return nil }
    check(
      node, known: ["status", "code", "message", "retry_after", "retry_after_form", "body"], path)
    guard let status = node["status"] else {
      findings.append(.missing("\(path).status", node))
      return nil
    }
    guard let number = integer(status, "\(path).status", 200...599) else { return nil }
    var answer = FaultAnswer(status: number)
    answer.code = node["code"].flatMap { text($0, "\(path).code") }
    answer.message = node["message"].flatMap { text($0, "\(path).message") }
    if let body = node["body"] {
      answer.body = word(body, "\(path).body", of: FaultAnswer.Body.self) ?? .usual
    }
    let form = node["retry_after_form"].flatMap {
      word($0, "\(path).retry_after_form", of: FaultAnswer.RetryAfter.Form.self)
    }
    let wait = node["retry_after"].flatMap { seconds($0, "\(path).retry_after") }
    if wait != nil || form != nil {
      answer.retryAfter = .init(milliseconds: wait ?? 1_000, form: form ?? .seconds)
    }
    return answer
  }

  private mutating func operation(_ node: YAMLNode, _ path: String) -> OperationFault? {
    guard isMapping(node, path) else { return nil }
    check(node, known: ["ends", "takes", "code", "message", "body"], path)
    let takes = node["takes"].flatMap { seconds($0, "\(path).takes") }
    switch node["ends"]?.text {
    case "failed":
      let form = node["body"].flatMap { word($0, "\(path).body", of: FailureForm.self) } ?? .usual
      let code = node["code"].flatMap { text($0, "\(path).code") } ?? "InternalServerError"
      let message =
        node["message"].flatMap { text($0, "\(path).message") }
        ?? "The operation failed, as the emulator was asked."
      return OperationFault(end: .fails(code: code, message: message, after: takes), form: form)
    case "never":
      refuse(["takes", "code", "message", "body"], of: node, path, beside: "'ends: never'")
      return OperationFault(end: .never)
    case nil where node["takes"] != nil:
      refuse(["code", "message", "body"], of: node, path, beside: "'takes' without 'ends: failed'")
      return takes.map { OperationFault(end: .takes($0)) }
    default:
      wrong("\(path).ends", "'failed' or 'never', or 'takes' a number of seconds", node)
      return nil
    }
  }

  /// Keys that would be taken for something although they do nothing.
  private mutating func refuse(
    _ keys: [String], of node: YAMLNode, _ path: String, beside word: String
  ) {
    for key in keys {
      if let value = node[key] { findings.append(.idleKey("\(path).\(key)", word, value)) }
    }
  }

  // MARK: Parts

  private mutating func word<Word: RawRepresentable & CaseIterable>(
    _ node: YAMLNode, _ path: String, of type: Word.Type
  ) -> Word? where Word.RawValue == String {
    if node.kind == .scalar, let word = Word(rawValue: node.text) { return word }
    findings.append(.unknownWord(path, node, Word.allCases.map(\.rawValue)))
    return nil
  }

  private mutating func text(_ node: YAMLNode, _ path: String) -> String? {
    if node.kind == .scalar, node.scalar != .null { return node.text }
    wrong(path, "a text", node)
    return nil
  }

  private mutating func integer(
    _ node: YAMLNode, _ path: String, _ range: ClosedRange<Int>
  ) -> Int? {
    if case .integer(let number) = node.scalar, range.contains(number) { return number }
    wrong(path, "a whole number from \(range.lowerBound) to \(range.upperBound)", node)
    return nil
  }

  private mutating func fraction(_ node: YAMLNode, _ path: String) -> Double? {
    switch node.scalar {
    case .number(let number) where (0...1).contains(number): return number
    case .integer(let number) where (0...1).contains(number): return Double(number)
    default:
      wrong(path, "a number from 0 to 1", node)
      return nil
    }
  }

  /// Seconds, as milliseconds.
  private mutating func seconds(_ node: YAMLNode, _ path: String) -> Int64? {
    switch node.scalar {
    case .number(let number) where (0...86_400).contains(number): return Int64(number * 1_000)
    case .integer(let number) where (0...86_400).contains(number): return Int64(number) * 1_000
    default:
      wrong(path, "a number of seconds from 0 to 86400", node)
      return nil
    }
  }

  private mutating func isMapping(_ node: YAMLNode, _ path: String) -> Bool {
    if node.kind == .mapping { return true }
    wrong(path, "a mapping", node)
    return false
  }

  private mutating func wrong(_ path: String, _ expected: String, _ node: YAMLNode) {
    findings.append(.wrongFault(path, expected, node))
  }

  private mutating func check(_ node: YAMLNode, known: [String], _ place: String) {
    for (key, _) in node.entries where !known.contains(key.text) {
      findings.append(.unknownFaultKey(place, key, known))
    }
  }
}

extension Rule {
  /// A file of faults says what the emulator understands, and nothing else.
  public static let faultFile = Rule("fault-file")
}

extension Diagnostic {
  fileprivate static func emptyFaults(_ file: String) -> Diagnostic {
    Diagnostic(
      .error, .faultFile, "No faults in the file",
      detail: "The file must have a list 'faults', or 'limits'.", at: SourceLocation(startOf: file))
  }

  fileprivate static func secondFaults(_ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .faultFile, "Faults are described twice",
      detail: "A file of faults has one document. Remove this one.", at: place)
  }

  fileprivate static func oneEffect(
    _ path: String, _ effects: [String], _ node: YAMLNode
  ) -> Diagnostic {
    Diagnostic(
      .error, .faultFile, "Not one fault",
      detail: """
        '\(path)' must have exactly one of \(effects.map { "'\($0)'" }.joined(separator: ", ")). \
        Write a rule for each fault.
        """,
      at: node.location.firstLine)
  }

  fileprivate static func missing(_ path: String, _ node: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .faultFile, "Fault is not fully described",
      detail: "'\(path)' is missing. Add it.", at: node.location.firstLine)
  }

  fileprivate static func idleKey(_ path: String, _ word: String, _ node: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .faultFile, "Value has no effect",
      detail: "'\(path)' has no effect beside \(word). Remove it, or write a rule for each fault.",
      at: node.kind == .scalar ? node.location : node.location.firstLine)
  }

  fileprivate static func neverMet(_ path: String, _ word: String, _ node: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .faultFile, "Rule never meets a request",
      detail: "'\(path)' names nothing for which \(word) makes sense, so the rule has no effect.",
      at: node.kind == .scalar ? node.location : node.location.firstLine)
  }

  fileprivate static func wrongFault(
    _ path: String, _ expected: String, _ node: YAMLNode
  ) -> Diagnostic {
    Diagnostic(
      .error, .faultFile, "Value does not fit",
      detail: "'\(path)' must be \(expected).",
      at: node.kind == .scalar ? node.location : node.location.firstLine)
  }

  fileprivate static func unknownWord(
    _ path: String, _ node: YAMLNode, _ known: [String]
  ) -> Diagnostic {
    let meant = nearest(to: node.text, among: known).map { " Did you mean \"\($0)\"?" } ?? ""
    return Diagnostic(
      .error, .faultFile, "Value does not fit",
      detail: "'\(path)' must be one of \(known.joined(separator: ", ")).\(meant)",
      at: node.kind == .scalar ? node.location : node.location.firstLine)
  }

  fileprivate static func unknownFaultKey(
    _ place: String, _ key: YAMLNode, _ known: [String]
  ) -> Diagnostic {
    let meant = nearest(to: key.text, among: known).map { " Did you mean \"\($0)\"?" } ?? ""
    return Diagnostic(
      .error, .faultFile, "Key is not known",
      detail: "There is no '\(key.text)' in \(place).\(meant)", at: key.location)
  }
}
