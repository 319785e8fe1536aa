public import TargetModel

/// A workspace's compute service, as Berth talks to it.
///
/// These comments are the contract, and `BackendConformance` is its test.
///
/// Laws every backend keeps:
/// - Reading changes nothing and is never cached.
/// - A write that was answered is visible to `read` at once, at least as a target in transition.
/// - Every write may be repeated: its body says everything, and removing what is gone succeeds.
/// - No method waits for an operation to end; `status(of:)` is asked for that.
/// - Secrets appear in no error, handle or description.
public protocol Backend: Sendable {
  /// Every target of the workspace, of known and unknown kinds alike.
  func list() async throws(BackendFailure) -> [ObservedTarget]

  /// The target of this name, whatever the case of its letters; nil if there is none.
  ///
  /// Absence of the workspace itself is a failure of class `.absent`, never nil.
  func read(_ name: String) async throws(BackendFailure) -> ObservedTarget?

  /// The targets that hold a resource, or a share of it that clashes. Asked right before an attach.
  func holders(of resource: ResourceIdentity) async throws(BackendFailure) -> [ObservedTarget]

  /// Asks the service for a change. Returns as soon as the service has taken the order.
  ///
  /// No write leaves, or is waited for, later than `LeaseTimes.call` after it was asked for: the
  /// lease that was looked at right before covers it for no longer.
  func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle

  /// How far an operation is. Hints, never truth: success is confirmed by reading the target.
  func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus

  /// Looks for what would make a write fail, without doing anything: a body that the service
  /// refuses, a resource that does not exist or that the caller may not see.
  ///
  /// Asked about the second half of a re-attachment before its first half is sent. That it answers
  /// promises nothing. What would make the write fail is of class `.invalid` or `.denied`.
  func preflight(_ request: WriteRequest) async throws(BackendFailure)

  /// When absence counts, where a name is to be used again.
  var consistency: ConsistencyTimes { get }
}

extension Backend {
  /// Finds nothing, for services that can't be asked.
  public func preflight(_ request: WriteRequest) async throws(BackendFailure) {}

  /// The times of the real service.
  public var consistency: ConsistencyTimes { ConsistencyTimes() }

  /// Looks through the list, for services that can't be asked by resource.
  public func holders(
    of resource: ResourceIdentity
  ) async throws(BackendFailure) -> [ObservedTarget] {
    try await list().filter { $0.resource?.clashes(with: resource) == true }
  }
}

/// A change to ask for.
public enum WriteRequest: Sendable {
  /// Make a target that does not exist. The caller has just read that the name is free.
  case create(ComputeTarget, marks: OwnershipMarks)
  /// Attach a resource under a name that does not exist. The caller has just read that the name is
  /// free and nobody holds the resource: the service would accept a second attachment and break
  /// the first (domain.md R10).
  case attach(ComputeTarget, marks: OwnershipMarks)
  /// Bring these fields of a living target to the target's values, and its marks with them.
  case update(ComputeTarget, fields: [AttributePath], marks: OwnershipMarks)
  /// Remove an attachment; the resource lives on. Never for what the service made: that would
  /// leave an orphan (api.md section 8).
  case detach(name: String)
  /// Remove a target and the resource behind it. Never for an attachment.
  case delete(name: String)
  /// Switch a compute instance on.
  case start(name: String)
  /// Switch a compute instance off.
  case stop(name: String)
  /// Change Berth's marks alone; nil takes them away.
  case mark(name: String, OwnershipMarks?)

  /// The name of the target concerned.
  public var name: String {
    switch self {
    case .create(let target, _), .attach(let target, _), .update(let target, _, _): target.name
    case .detach(let name), .delete(let name), .start(let name), .stop(let name),
      .mark(let name, _):
      name
    }
  }
}

/// What to ask about an operation later, also from another process.
public struct OperationHandle: Hashable, Sendable {
  /// The operation's URL or id; nil if it was over when it was answered.
  public let reference: String?

  /// Makes an operation handle of its parts.
  public init(reference: String?) { self.reference = reference }

  /// An operation that ended with its answer.
  public static let finished = OperationHandle(reference: nil)
}

/// The service's word on an operation.
public enum OperationStatus: Hashable, Sendable {
  /// Ask again after this long; nil if the service did not say.
  case running(retryAfter: Duration?)
  case succeeded
  /// It failed: in the service's own words, with what can be done about it.
  case failed(BackendFailure)

  /// It failed, and no more is known than the service's code and its words.
  public static func failed(code: String, message: String) -> OperationStatus {
    .failed(BackendFailure(.fatal, code: code, message: message))
  }
}
