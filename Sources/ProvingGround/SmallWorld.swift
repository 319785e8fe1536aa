internal import Planning
internal import TargetModel
internal import TestSupport

/// A desired and an observed world of three names, held against the plan between them.
struct SmallWorld {
  /// By name; nil where nothing is wanted, or nothing is there.
  let wishes: [ComputeTarget?]
  let sights: [ObservedTarget?]

  func check(_ counts: inout CompleteSearch.Counts) {
    counts.worlds += 1
    let result = makePlan(
      PlanningRequest(
        stack: Scene.stack, desired: wishes.compactMap(\.self),
        observed: Snapshot(workspace: testWorkspace, targets: sights.compactMap(\.self)),
        catalog: .invented))
    guard !result.isRefused else {
      counts.refusals += 1
      if hasSafePlan { violate("is refused although a safe plan exists", result.plan, &counts) }
      return
    }
    counts.plans += 1
    if !hasSafePlan { violate("is planned although no safe plan exists", result.plan, &counts) }
    walk(result.plan, &counts)
  }

  private func violate(_ words: String, _ plan: Plan, _ counts: inout CompleteSearch.Counts) {
    guard counts.violations.count < 10 else { return }
    let wanted = wishes.map { $0.map { "\($0.heldResource?.shown.last ?? "?")" } ?? "-" }
    let live = sights.map { target in
      target.map { "\($0.resource?.shown.last ?? "?")/\($0.marks.stack ?? "nobody")" } ?? "-"
    }
    counts.violations.append("\(wanted) over \(live) \(words): \(plan.listing)")
  }

  // MARK: What can be done at all, told without the planner

  private func isOurs(_ name: Int) -> Bool {
    guard let sight = sights[name] else { return true }
    if sight.marks.stack == Scene.stack { return true }
    return sight.marks.stack == nil && wishes[name]?.settings.adopt == true
  }

  /// True if what is there under a name is what is wanted.
  private func stands(_ name: Int) -> Bool {
    guard let wish = wishes[name], let sight = sights[name] else { return false }
    return sight.resource == wish.heldResource
      && sight.attributes[1] == wish.attributes[1]
  }

  private var hasSafePlan: Bool {
    let names = wishes.indices
    if wishes.allSatisfy({ $0 == nil }) {
      return !names.contains { sights[$0]?.marks.stack == Scene.stack }
    }
    for name in names {
      guard let wish = wishes[name] else { continue }
      guard isOurs(name) else { return false }
      for other in names where other != name {
        if wishes[other]?.heldResource == wish.heldResource { return false }
        guard !stands(name), sights[other]?.resource == wish.heldResource else { continue }
        // The holder lets go if it is ours: to go, or to hold something else.
        guard isOurs(other), wishes[other] != nil || sights[other]?.marks.stack == Scene.stack
        else { return false }
      }
    }
    return true
  }

  // MARK: Every interleaving

  /// Goes through every state in which some steps have not begun, some are under way and some are
  /// done, and counts the ways through them.
  private func walk(_ plan: Plan, _ counts: inout CompleteSearch.Counts) {
    let count = plan.steps.count
    let powers = (0...count).map { exponent in
      (0..<exponent).reduce(1) { product, _ in product * 3 }
    }
    let names = plan.steps.map { step in
      wishes.indices.first {
        (wishes[$0]?.address ?? sights[$0]?.address)?.nameKey == step.address.nameKey
      } ?? 0
    }
    let waits = plan.steps.map { step in step.waitsFor.map { $0.number - 1 } }
    var ways = Array(repeating: 0, count: powers[count])
    ways[0] = 1
    for state in 0..<powers[count] where ways[state] > 0 {
      counts.states += 1
      let phases = (0..<count).map { state / powers[$0] % 3 }
      for step in 0..<count where phases[step] < 2 {
        if phases[step] == 0 {
          guard waits[step].allSatisfy({ phases[$0] == 2 }) else { continue }
          if let harm = harm(of: step, plan, names, phases) { violate(harm, plan, &counts) }
        }
        ways[state + powers[step]] += ways[state]
      }
    }
    counts.interleavings += ways[powers[count] - 1]
    expectEnd(plan, names, &counts)
  }

  /// What goes wrong if a step begins now; nil if nothing does.
  private func harm(of step: Int, _ plan: Plan, _ names: [Int], _ phases: [Int]) -> String? {
    let name = names[step]
    switch plan.steps[step].act {
    case .detach:
      guard let sight = sights[name], sight.marks.stack == Scene.stack || isOurs(name) else {
        return "detaches what is not ours"
      }
      return nil
    case .attach:
      if isHeld(by: name, plan, names, phases) != nil { return "takes a name that is not free" }
      for other in wishes.indices where other != name {
        if isHeld(by: other, plan, names, phases) == wishes[name]?.heldResource {
          return "attaches a resource twice"
        }
      }
      return nil
    case .create, .update, .delete, .start, .stop, .mark: return "does what links do not need"
    }
  }

  /// What a name holds in a state; an attachment under way holds already, and so does one whose
  /// detach is not over.
  private func isHeld(
    by name: Int, _ plan: Plan, _ names: [Int], _ phases: [Int]
  ) -> ResourceIdentity? {
    var held = sights[name]?.resource
    for step in plan.steps.indices where names[step] == name {
      switch (plan.steps[step].act, phases[step]) {
      case (.detach, 2): held = nil
      case (.attach, 1...): return wishes[name]?.heldResource
      default: break
      }
    }
    return held
  }

  private func expectEnd(
    _ plan: Plan, _ names: [Int], _ counts: inout CompleteSearch.Counts
  ) {
    let done = plan.steps.map { _ in 2 }
    for name in wishes.indices {
      let held = isHeld(by: name, plan, names, done)
      let isTouched = names.contains(name)
      if let wish = wishes[name] {
        if held != wish.heldResource || (!isTouched && !stands(name)) {
          violate("does not end as wanted", plan, &counts)
        }
      } else if (held != nil) == (sights[name]?.marks.stack == Scene.stack) && sights[name] != nil {
        violate("does not end with what is ours and unwanted gone", plan, &counts)
      }
    }
  }
}
