import Planning
import TargetModel
import TestSupport

/// A tiny model of the service: it carries out steps and writes down what should never happen.
struct ModelWorld {
  private(set) var targets: [String: ObservedTarget]
  private(set) var violations: [String] = []
  private let desired: [String: ComputeTarget]
  /// The names whose live target may not be touched, and those that may not be taken away.
  private let foreign: Set<String>
  private let protected: Set<String>

  init(_ world: RandomWorld) {
    targets = Dictionary(uniqueKeysWithValues: world.observed.map { ($0.address.nameKey, $0) })
    let documents = Dictionary(
      uniqueKeysWithValues: world.desired.map { ($0.address.nameKey, $0) })
    desired = documents
    // Told anew here, not by the planner's own words.
    foreign = Set(
      world.observed.filter { live in
        let document = documents[live.address.nameKey]
        let adopts = document?.settings.adopt == true && document?.kind.name == live.kind
        return !live.isKnownKind
          || !(live.marks.stack == testStack || (live.marks.stack == nil && adopts))
      }.map(\.address.nameKey))
    protected = Set(
      world.observed.filter { live in
        let document = documents[live.address.nameKey]
        let lifts = document?.kind.name == live.kind && document?.settings.liftsProtection == true
        return document?.settings.protect == true || (live.marks.isProtected && !lifts)
      }.map(\.address.nameKey))
  }

  mutating func perform(_ step: Step, of plan: Plan) {
    let key = step.address.nameKey
    if foreign.contains(key) { violate(step, "touches what is not ours") }
    switch step.act {
    case .create, .attach: make(step, key)
    case .detach, .delete: remove(step, key)
    case .update, .mark, .start, .stop: change(step, key, plan)
    }
  }

  private mutating func make(_ step: Step, _ key: String) {
    guard let document = desired[key], document.address == step.address else {
      return violate(step, "makes what no document wants")
    }
    if targets[key] != nil { violate(step, "takes a name that is not free") }
    if document.isAttached != (step.act == .attach) { violate(step, "makes it the wrong way") }
    if let resource = document.heldResource {
      for holder in targets.values where holder.resource?.clashes(with: resource) == true {
        violate(step, "breaks \(holder.address)")
      }
    }
    var made = converged(document)
    made.power = document.kind.hasPower ? .running : nil
    targets[key] = made
  }

  private mutating func remove(_ step: Step, _ key: String) {
    guard let live = targets[key], live.kind == step.address.kind else {
      return violate(step, "removes what is not there")
    }
    if live.isAttached != (step.act == .detach) { violate(step, "removes it the wrong way") }
    if protected.contains(key) { violate(step, "removes what is protected") }
    targets[key] = nil
  }

  private mutating func change(_ step: Step, _ key: String, _ plan: Plan) {
    guard var live = targets[key], live.kind == step.address.kind else {
      return violate(step, "changes what is not there")
    }
    let change = plan.changes.first { $0.address == step.address }
    switch step.act {
    case .start: live.power = .running
    case .stop: live.power = .stopped
    case .mark where change?.action == .forget: live.marks = OwnershipMarks()
    case .update, .mark:
      guard let document = desired[key] else { return violate(step, "has no document") }
      for attribute in change?.attributes ?? [] {
        guard let slot = document.kind.slot(attribute.path) else { continue }
        if step.act == .mark || attribute.effect != .inPlace { violate(step, "changes a field") }
        live.attributes[slot] = document.kind.fields[slot].isSecret ? nil : attribute.after
      }
      if document.kind.updatesMarks {
        live.marks = document.marks(of: testStack)
      } else if step.act == .mark {
        violate(step, "marks what can't be marked")
      }
    case .create, .attach, .detach, .delete: break
    }
    targets[key] = live
  }

  private mutating func violate(_ step: Step, _ what: String) {
    violations.append("\(step.id) \(step.act.rawValue) \(step.address) \(what)")
  }
}

/// The orders in which steps may run: all of them for a small plan, some for a larger one.
struct Interleavings {
  let steps: [Step]
  /// How many orders at most.
  let limit: Int

  /// Calls the body with one order after the other.
  func forEach(seed: UInt64, _ body: ([Step]) -> Void) {
    var count = 0
    enumerate(from: [], done: [], &count, body)
    guard count >= limit else { return }
    var random = SeededRandom(seed: seed)
    for _ in 0..<limit { body(sample(&random)) }
  }

  private func ready(_ done: Set<StepID>) -> [Step] {
    steps.filter { !done.contains($0.id) && $0.waitsFor.allSatisfy(done.contains) }
  }

  private func enumerate(
    from order: [Step], done: Set<StepID>, _ count: inout Int, _ body: ([Step]) -> Void
  ) {
    guard count < limit else { return }
    if order.count == steps.count {
      count += 1
      return body(order)
    }
    for step in ready(done) {
      enumerate(from: order + [step], done: done.union([step.id]), &count, body)
    }
  }

  private func sample(_ random: inout SeededRandom) -> [Step] {
    var order: [Step] = []
    var done: Set<StepID> = []
    while let step = ready(done).randomElement(using: &random) {
      order.append(step)
      done.insert(step.id)
    }
    return order
  }
}
