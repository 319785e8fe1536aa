import BackendInterface
import Execution
import Planning
import TargetModel

/// A small service as a value: operations take a few polls, and a second attachment is accepted
/// and breaks the first, as the real one does.
struct FakeWorld {
  private(set) var targets: [String: ObservedTarget] = [:]
  private(set) var operations: [String: Operation] = [:]
  /// What should never have happened.
  private(set) var violations: [String] = []
  /// What was carried out, in order.
  private(set) var effects: [String] = []
  /// How many polls an operation takes.
  var pollsPerOperation = 2
  /// The names of targets whose operations never end.
  var stuck: Set<String> = []

  struct Operation {
    var pollsLeft: Int
    var failure: (code: String, message: String)?
    let name: String
  }

  init(_ live: [ObservedTarget] = []) {
    for target in live { targets[target.name.lowercased()] = target }
  }

  var list: [ObservedTarget] { targets.sorted { $0.key < $1.key }.map(\.value) }

  func read(_ name: String) -> ObservedTarget? { targets[name.lowercased()] }

  func holders(of resource: ResourceIdentity) -> [ObservedTarget] {
    list.filter { $0.resource?.clashes(with: resource) == true }
  }

  mutating func put(_ target: ObservedTarget) { targets[target.name.lowercased()] = target }
  mutating func remove(_ name: String) { targets[name.lowercased()] = nil }

  /// Takes an order.
  ///
  /// What it does to the target shows at once, as a transition; `poll` ends it.
  mutating func submit(
    _ request: WriteRequest, failing failure: (code: String, message: String)? = nil
  ) -> OperationHandle {
    let key = request.name.lowercased()
    effects.append("\(request.act.rawValue) \(request.name)")
    switch request {
    case .create(let target, let marks), .attach(let target, let marks):
      make(target, marks, isAttach: request.act == .attach)
    case .update(let target, let fields, let marks):
      for path in fields {
        if let slot = target.kind.slot(path), !target.kind.fields[slot].isWriteOnly {
          targets[key]?.attributes[slot] = target.attributes[slot]
        }
      }
      targets[key]?.marks = marks
      targets[key]?.state = .updating
    case .detach, .delete:
      guard let target = targets[key] else { return .finished }
      if target.isAttached != (request.act == .detach) {
        violations.append("\(request.act.rawValue) of \(target.address)")
      }
      targets[key]?.state = .deleting
    case .start, .stop:
      targets[key]?.power = nil
      targets[key]?.state = .updating
    case .mark(_, let marks):
      targets[key]?.marks = marks ?? OwnershipMarks()
      return .finished
    }
    let reference = "operation-\(operations.count + 1)"
    operations[reference] = Operation(
      pollsLeft: stuck.contains(key) ? .max : pollsPerOperation, failure: failure, name: key)
    if case .start = request { powers[key] = .running }
    if case .stop = request { powers[key] = .stopped }
    return OperationHandle(reference: reference)
  }

  private var powers: [String: PowerState] = [:]

  private mutating func make(_ target: ComputeTarget, _ marks: OwnershipMarks, isAttach: Bool) {
    if isAttach, let resource = target.heldResource {
      for holder in holders(of: resource) where holder.name.lowercased() != target.name.lowercased()
      {
        violations.append("\(target.address) took \(resource) while \(holder.address) held it")
      }
    }
    if let live = targets[target.name.lowercased()], live.marks.applied != marks.applied {
      violations.append("\(target.address) was written over \(live.address)")
    }
    var made = observed(target, state: .creating)
    made.marks = marks
    targets[target.name.lowercased()] = made
  }

  mutating func poll(_ handle: OperationHandle) -> OperationStatus {
    guard let reference = handle.reference, var operation = operations[reference] else {
      return .succeeded
    }
    if operation.pollsLeft > 0 {
      operation.pollsLeft -= 1
      operations[reference] = operation
      if operation.pollsLeft > 0 { return .running(retryAfter: nil) }
      end(operation)
    }
    return operation.failure.map { .failed(code: $0.code, message: $0.message) } ?? .succeeded
  }

  /// One more poll's worth of time passes for all operations.
  mutating func tick() {
    for reference in operations.keys.sorted() { _ = poll(OperationHandle(reference: reference)) }
  }

  /// Ends all operations, as time does.
  mutating func settle() {
    for reference in operations.keys.sorted() {
      guard let operation = operations[reference], operation.pollsLeft > 0 else { continue }
      operations[reference]?.pollsLeft = 0
      end(operation)
    }
  }

  private mutating func end(_ operation: Operation) {
    guard let target = targets[operation.name], target.state.isTransitional else { return }
    if operation.failure != nil {
      targets[operation.name]?.state = target.state == .deleting ? .succeeded : .failed
    } else if target.state == .deleting {
      targets[operation.name] = nil
    } else {
      targets[operation.name]?.state = .succeeded
      if let power = powers.removeValue(forKey: operation.name) {
        targets[operation.name]?.power = power
      }
    }
  }
}
