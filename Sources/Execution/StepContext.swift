internal import ApplyJournal
internal import BackendInterface
internal import Planning
internal import TargetModel

/// A step with everything of the request that bears on it.
///
/// A class only so that the states of a machine share it; it never changes.
final class StepContext: Sendable {
  let step: Step
  /// The change it belongs to.
  let change: Change?
  /// What the manifests want under its address.
  let desired: ComputeTarget?
  let catalog: KindCatalog
  /// Who is applying.
  let stack: String
  /// True if no other step of the plan touches the target before this one.
  let isFirstOnTarget: Bool
  /// True if something was removed under the name, by this plan or by an earlier apply.
  let reusesName: Bool
  /// The names under which the step's resource was held when the plan was made.
  let knownHolders: [String]

  /// - Parameter holders: the names that give up each resource, by the resource's key.
  init(
    step: Step, change: Change?, desired: ComputeTarget?, catalog: KindCatalog, stack: String,
    isFirstOnTarget: Bool, reusesName: Bool, holders: [String: [String]]
  ) {
    self.step = step
    self.change = change
    self.desired = desired
    self.catalog = catalog
    self.stack = stack
    self.isFirstOnTarget = isFirstOnTarget
    self.reusesName = reusesName
    let resource = Self.resourceToTake(step, change, desired)
    knownHolders = (resource.flatMap { holders[$0.key] } ?? [])
      .filter { $0.lowercased() != step.address.nameKey }
  }

  var name: String { step.address.name }

  /// What to read right before the write.
  var look: LookRequest {
    LookRequest(
      name: name, resource: resourceToTake, knownHolders: knownHolders, nextWrite: secondHalf)
  }

  /// What to read afterwards: for whoever gave something up, that it is gone.
  var lookAfterwards: LookRequest {
    step.act.isRemoval ? LookRequest(name: name, resource: nil, knownHolders: []) : look
  }

  /// What the step takes; for the first half of a re-attachment, what the second half takes:
  /// whatever would make that fail is found before anything is detached.
  var resourceToTake: ResourceIdentity? { Self.resourceToTake(step, change, desired) }

  private static func resourceToTake(
    _ step: Step, _ change: Change?, _ desired: ComputeTarget?
  ) -> ResourceIdentity? {
    step.act == .attach || isFirstHalf(step, change) ? desired?.heldResource : nil
  }

  /// True for a removal that an attachment of the same target follows.
  var isFirstHalf: Bool { Self.isFirstHalf(step, change) }

  private static func isFirstHalf(_ step: Step, _ change: Change?) -> Bool {
    guard step.act.isRemoval, let action = change?.action, change?.address == step.address else {
      return false
    }
    return action.release == step.act && action.acquisition == .attach
  }

  /// What the second half will send, if this step is the first half of a re-attachment.
  private var secondHalf: WriteRequest? {
    guard isFirstHalf, let desired else { return nil }
    return .attach(desired, marks: desired.marks(of: stack))
  }

  /// The marks that the step leaves; nil where it takes them away.
  var marksAfterwards: OwnershipMarks? {
    change?.action == .forget ? nil : desired?.marks(of: stack)
  }

  /// What to send; nil if the manifests lack the target that the plan speaks of.
  var request: WriteRequest? {
    switch step.act {
    case .detach: return .detach(name: name)
    case .delete: return .delete(name: name)
    case .start: return .start(name: name)
    case .stop: return .stop(name: name)
    case .mark where change?.action == .forget: return .mark(name: name, nil)
    case .create, .attach, .update, .mark: break
    }
    guard let desired else { return nil }
    let marks = desired.marks(of: stack)
    switch step.act {
    case .create: return .create(desired, marks: marks)
    case .attach: return .attach(desired, marks: marks)
    case .update:
      // What stands under `berth:` travels as marks.
      let fields = change?.attributes.map(\.path).filter { $0.segments.first != "berth" }
      return .update(desired, fields: fields ?? [], marks: marks)
    case .mark: return .mark(name: name, marks)
    case .detach, .delete, .start, .stop: return nil
    }
  }

  /// Whoever holds what an attach is about to take, the target itself apart.
  func holders(in sight: Sight) -> [ObservedTarget] {
    guard let resource = resourceToTake else { return [] }
    let key = step.address.nameKey
    return sight.others.filter { other in
      other.name.lowercased() != key && other.resource?.clashes(with: resource) == true
    }
  }

  func refusal(_ message: String) -> StepFailure {
    StepFailure(code: "precondition-failed", message: message)
  }
}
