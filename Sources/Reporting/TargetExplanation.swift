internal import Diagnostics
public import Planning
public import TargetModel

/// What a plan would do with one target, and why: which rule, which fields, and what each step waits
/// for.
public struct TargetExplanation: Sendable {
  private let address: TargetAddress
  private let result: PlanningResult
  private let document: ComputeTarget?
  private let live: ObservedTarget?

  /// - Parameters:
  ///   - document: what the manifests want under the address, if they name it.
  ///   - live: what is there.
  public init(
    of address: TargetAddress, in result: PlanningResult, document: ComputeTarget?,
    live: ObservedTarget?
  ) {
    self.address = address
    self.result = result
    self.document = document
    self.live = live
  }

  private var change: Change? { result.plan.changes.first { $0.address == address } }
  private var steps: [Step] { result.plan.steps.filter { $0.address == address } }

  /// What guards say about the target.
  private var findings: [Diagnostic] {
    result.findings.findings.filter { $0.address == address.description }
  }

  private func source(of attribute: AttributeChange) -> SourceLocation? {
    document?.location(of: attribute.path)
  }

  /// Where reality moved since the last apply, and not the manifest.
  private func isDrift(_ attribute: AttributeChange) -> Bool {
    result.plan.drift.contains { target in
      target.address == address && target.attributes.contains { $0.path == attribute.path }
    }
  }

  // MARK: For people

  /// What people read.
  public var text: String {
    var text = "\(address.description.visible) \(outcome)\n"
    if !facts.isEmpty { text += "\n" }
    let width = facts.map(\.word.columnCount).max() ?? 0
    for fact in facts { text += "  \(fact.word.padded(to: width))  \(fact.text)\n" }
    if let attributes = change?.attributes, !attributes.isEmpty {
      text += "\nWhat differs:\n\n" + attributes.map(block).joined()
    }
    if !steps.isEmpty {
      text += "\nSteps, each of which begins when all it waits for has succeeded:\n\n"
      text += steps.map(block).joined()
    }
    return text
  }

  private var outcome: String {
    if let change { return change.phrase }
    if let document {
      let isRefused = findings.contains { $0.severity == .error }
      if isRefused { return "is not planned for, since a rule stands against it" }
      return document.kind.isInWorkspace && live == nil
        ? "is left out" : "is as it should be, so nothing is to be done"
    }
    guard let live, live.marks.stack != result.plan.stack else { return "is left as it is" }
    let owner = live.marks.stack.map { "of the stack '\($0.visible)'" } ?? "nobody's"
    return "is \(owner), so nothing is done to it"
  }

  private var facts: [(word: String, text: String)] {
    var facts: [(word: String, text: String)] = []
    if let reason = change?.reason {
      facts.append(("why", "\(reason.text.visible) [\(reason.rule.id.visible)]"))
    }
    for finding in findings {
      let word = finding.severity == .error ? "against it" : finding.severity.rawValue
      facts.append((word, "\(finding.summary.visible) [\(finding.rule.id.visible)]"))
    }
    if let source = change?.source ?? document?.location {
      facts.append(("manifest", Self.place(source)))
    }
    if let resource = change?.resource { facts.append(("resource", resource.visible)) }
    return facts
  }

  private func block(_ attribute: AttributeChange) -> String {
    var notes = effect(of: attribute).map { [$0] } ?? []
    if isDrift(attribute) { notes.append("moved in the workspace") }
    if let source = source(of: attribute) { notes.append(Self.place(source)) }
    let note = notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))"
    return "  \(attribute.path.description.visible)\(note)\n    \(Self.values(attribute))\n"
  }

  /// What the change of a field means; nothing where the whole target comes or goes.
  private func effect(of attribute: AttributeChange) -> String? {
    guard let action = change?.action, (action.acquisition == nil) == (action.release == nil)
    else { return nil }
    return switch attribute.effect {
    case .inPlace: "in place"
    case .forcesReplacement: "forces replacement"
    case .forcesReattachment: "forces re-attachment"
    }
  }

  private func block(_ step: Step) -> String {
    let margin = String(repeating: " ", count: step.id.description.count + 3)
    let waits = step.waits.map { wait in
      let other = result.plan.steps.first { $0.id == wait.step }.map(Self.name) ?? "\(wait.step)"
      return "\(margin)waits for \(other)"
        + (wait.reason.map { ": \($0)" } ?? "") + (wait.rule.map { " [\($0.id.visible)]" } ?? "")
    }
    let lines = waits.isEmpty ? ["\(margin)waits for nothing"] : waits
    return "  \(Self.name(step))\n" + lines.joined(separator: "\n") + "\n"
  }

  private static func name(_ step: Step) -> String {
    "\(step.id) \(step.act.rawValue) \(step.address.description.visible)"
  }

  private static func place(_ location: SourceLocation) -> String {
    "\(location.file.visible):\(location.start.line)"
  }

  private static func values(_ attribute: AttributeChange) -> String {
    if attribute.isSensitive { return ValueText.sensitive }
    return "\(ValueText.text(attribute.before, indent: 4)) -> "
      + ValueText.text(attribute.after, indent: 4)
  }

  // MARK: For programs

  /// The same for programs.
  public var json: AttributeValue {
    var object: AttributeValue = [
      "address": .text(address.description),
      "operation": .text(change?.action.word ?? "none"), "text": .text(outcome),
      "attributes": .list((change?.attributes ?? []).map(object)),
      "steps": .list(steps.map(object)),
      "findings": .list(
        findings.map {
          [
            "severity": .text($0.severity.rawValue), "rule": .text($0.rule.id),
            "summary": .text($0.summary), "detail": .text($0.detail),
          ]
        }),
    ]
    if let reason = change?.reason {
      object["reason"] = ["rule": .text(reason.rule.id), "text": .text(reason.text)]
    }
    if let source = change?.source ?? document?.location {
      object["source"] = PlanFile.object(source)
    }
    if let resource = change?.resource { object["resource_id"] = .text(resource) }
    return object
  }

  private func object(_ attribute: AttributeChange) -> AttributeValue {
    var object = PlanFile.object(attribute)
    object["drift"] = .bool(isDrift(attribute))
    if let source = source(of: attribute) { object["source"] = PlanFile.object(source) }
    return object
  }

  private func object(_ step: Step) -> AttributeValue {
    var object = PlanFile.object(step)
    object["waits"] = .list(
      step.waits.map { wait in
        let other = result.plan.steps.first { $0.id == wait.step }
        return [
          "step": .text(wait.step.description),
          "act": other.map { .text($0.act.rawValue) } ?? .null,
          "address": other.map { .text($0.address.description) } ?? .null,
          "rule": wait.rule.map { .text($0.id) } ?? .null,
          "reason": wait.reason.map(AttributeValue.text) ?? .null,
        ]
      })
    return object
  }
}
