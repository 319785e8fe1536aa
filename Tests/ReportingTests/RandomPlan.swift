import Diagnostics
import Planning
import Reporting
import TargetModel
import TestSupport

/// Plans that no planner would make, full of odd texts and values, with steps that fit them.
enum RandomPlan {
  static func file(_ random: inout SeededRandom) -> PlanFile {
    PlanFile(
      plan: plan(&random), berthVersion: text(&random), timestamp: text(&random),
      isErrored: .random(using: &random), commit: Bool.random(using: &random) ? text(&random) : nil,
      manifestsSHA256: text(&random))
  }

  static func plan(_ random: inout SeededRandom) -> Plan {
    var plan = Plan(
      stack: text(&random),
      workspace: WorkspaceIdentity(
        subscriptionID: text(&random), resourceGroup: text(&random), name: text(&random),
        location: text(&random)),
      mode: [.apply, .destroy, .refreshOnly].randomElement(using: &random) ?? .apply,
      unchangedCount: .random(in: 0...9, using: &random))
    for index in 0..<Int.random(in: 0...5, using: &random) {
      let change = change(index, &random)
      plan.changes.append(change)
      var acts = acts(of: change.action)
      // A target that was made may be switched off, and one that was changed on or off.
      if change.action.acquisition != nil || change.action == .update, Bool.random(using: &random) {
        acts.append(.stop)
      }
      for act in acts {
        let earlier = plan.steps.map(\.id).filter { _ in Int.random(in: 0...3, using: &random) == 0
        }
        plan.steps.append(
          Step(
            id: StepID(plan.steps.count + 1), address: change.address, act: act,
            resource: Bool.random(using: &random) ? text(&random) : nil,
            waits: earlier.map {
              Wait(for: $0, because: Bool.random(using: &random) ? Rule(text(&random)) : nil)
            }))
      }
    }
    plan.drift = (0..<Int.random(in: 0...2, using: &random)).map { index in
      DriftedTarget(
        address: address(index, &random), attributes: attributes(&random),
        isMissing: .random(using: &random), source: location(&random))
    }
    return plan
  }

  /// The acts that an action takes at least.
  static func acts(of action: Action) -> [Act] {
    switch action {
    case .create, .attach, .detach, .delete, .detachThenAttach, .deleteThenCreate,
      .detachThenCreate, .deleteThenAttach:
      [action.release, action.acquisition].compactMap(\.self)
    case .update: [.update]
    case .adopt, .forget: [.mark]
    case .start: [.start]
    case .stop: [.stop]
    }
  }

  private static func change(_ index: Int, _ random: inout SeededRandom) -> Change {
    Change(
      address: address(index, &random),
      action: Action.allCases.randomElement(using: &random) ?? .update,
      reason: Reason(Rule(text(&random)), text(&random)), attributes: attributes(&random),
      unchangedAttributeCount: .random(in: 0...3, using: &random), source: location(&random),
      resource: Bool.random(using: &random) ? text(&random) : nil, before: value(&random),
      after: value(&random), sensitivePaths: Bool.random(using: &random) ? ["tls.key", "p"] : [],
      precondition: Bool.random(using: &random) ? text(&random) : nil)
  }

  private static func attributes(_ random: inout SeededRandom) -> [AttributeChange] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in
      AttributeChange(
        path: AttributePath([text(&random), text(&random)]),
        before: Bool.random(using: &random) ? value(&random) : nil,
        after: Bool.random(using: &random) ? value(&random) : nil,
        isSensitive: .random(using: &random),
        effect: [.inPlace, .forcesReplacement, .forcesReattachment].randomElement(using: &random)
          ?? .inPlace)
    }
  }

  private static func address(_ index: Int, _ random: inout SeededRandom) -> TargetAddress {
    TargetAddress(kind: ["pool", "link", "Odd\n"][index % 3], name: "\(index)" + text(&random))
  }

  /// A place as a plan file keeps it.
  private static func location(_ random: inout SeededRandom) -> SourceLocation? {
    guard Bool.random(using: &random) else { return nil }
    let start = SourcePosition(
      line: .random(in: 1...99, using: &random), column: .random(in: 1...9, using: &random),
      offset: 0)
    return SourceLocation(file: text(&random), start: start, end: start)
  }

  private static func value(_ random: inout SeededRandom, depth: Int = 2) -> AttributeValue {
    switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &random) {
    case 0: .null
    case 1: .bool(.random(using: &random))
    case 2: .integer(Int(truncatingIfNeeded: random.next()))
    case 3: .number(.random(in: -1...1, using: &random))
    case 4: .text(text(&random))
    case 5: .list((0..<3).map { _ in value(&random, depth: depth - 1) })
    default: .map([text(&random): value(&random, depth: depth - 1), "k": 1])
    }
  }

  private static func text(_ random: inout SeededRandom) -> String {
    let parts = [
      "a", "-", ".", "\"", "\\", "\n", "\u{1B}[2J", "é", "e\u{301}", "🙂", "::", "\u{0}", " ",
    ]
    return (0..<Int.random(in: 0...4, using: &random)).compactMap { _ in
      parts.randomElement(using: &random)
    }.joined()
  }
}
