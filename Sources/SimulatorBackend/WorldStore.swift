public import TargetModel

/// A target as the simulated service keeps it.
///
/// There is no secret in it.
public struct StoredCompute: Hashable, Sendable {
  /// Its name, as it was given.
  public var name: String
  /// The body that a read shows.
  public var body: AttributeValue
  /// What it holds; nil for what the service made.
  public var resource: ResourceIdentity?
  /// The operation in progress, if there is one.
  public var operation: String?
  /// True once its creation or attachment took place.
  ///
  /// One that is on its way, or failed, holds nothing yet.
  public var isInEffect: Bool
  /// The truth that no read shows: another attachment broke this one.
  public var isBroken: Bool

  /// A target.
  public init(
    name: String, body: AttributeValue, resource: ResourceIdentity? = nil,
    operation: String? = nil, isInEffect: Bool = false, isBroken: Bool = false
  ) {
    self.name = name
    self.body = body
    self.resource = resource
    self.operation = operation
    self.isInEffect = isInEffect
    self.isBroken = isBroken
  }

  /// The name as names compare.
  public var key: String { name.lowercased() }
}

/// An operation that takes time.
public struct StoredOperation: Hashable, Sendable {
  /// Its id.
  public var id: String
  /// The target's name.
  public var name: String
  /// What it does when its time has come.
  public var effect: Effect
  /// When it began, in milliseconds since 1970.
  public var beganAt: Int64
  /// When it ends, in milliseconds since 1970.
  public var endsAt: Int64
  /// True once it has ended.
  public var isDone: Bool
  /// What was sent, where the effect needs it.
  public var change: AttributeValue?
  /// Why it fails, if it does.
  public var failure: Failure?

  /// An operation.
  public init(
    id: String, name: String, effect: Effect, beganAt: Int64, endsAt: Int64, isDone: Bool = false,
    change: AttributeValue? = nil, failure: Failure? = nil
  ) {
    self.id = id
    self.name = name
    self.effect = effect
    self.beganAt = beganAt
    self.endsAt = endsAt
    self.isDone = isDone
    self.change = change
    self.failure = failure
  }

  /// What an operation does.
  public enum Effect: String, Hashable, Sendable, CaseIterable {
    case create, attach, update, patch, delete, detach, start, stop, restart
  }

  /// Why an operation fails, in the service's words.
  public struct Failure: Hashable, Sendable {
    /// The service's code.
    public var code: String
    /// The service's words.
    public var message: String

    /// A failure.
    public init(code: String, message: String) {
      self.code = code
      self.message = message
    }
  }
}

/// Something that happened in a workspace, in the order in which it did.
public struct HistoryEntry: Hashable, Sendable {
  /// When, in milliseconds since 1970.
  public var time: Int64
  /// What: `created`, `attached`, `attachment-broken`, ...
  ///
  /// (`HistoryEvent` names them all).
  public var event: String
  /// The target.
  public var name: String
  /// The resource it is about, if any.
  public var resource: String?

  /// An entry.
  public init(time: Int64, event: String, name: String, resource: String? = nil) {
    self.time = time
    self.event = event
    self.name = name
    self.resource = resource
  }
}

/// What a history tells.
public enum HistoryEvent: String, Hashable, Sendable, CaseIterable {
  case created, attached, updated, deleted, detached, started, stopped, restarted
  /// Another attachment of the resource took the target's place.
  case attachmentBroken = "attachment-broken"
  /// `Delete` of an attachment took the resource with it.
  case resourceDestroyed = "resource-destroyed"
  /// `Detach` of what the service made left its machines behind.
  case orphaned
  /// A creation found the machines that a `Detach` of the name had left behind.
  case orphanAdopted = "orphan-adopted"
  /// An operation ended without success.
  case failed
  case changedInPortal = "changed-in-portal"
  case removedInPortal = "removed-in-portal"
}

/// The rows of a simulated workspace.
///
/// A request touches only the rows it needs.
public protocol WorldStore {
  /// The target of a name, as names compare.
  func compute(_ key: String) throws -> StoredCompute?
  /// Every target, sorted by key.
  func computes() throws -> [StoredCompute]
  /// At most so many targets, sorted by key, behind a key or from the first.
  func computes(after key: String?, limit: Int) throws -> [StoredCompute]
  /// The targets that hold a resource, by its canonical key.
  func holders(ofResource key: String) throws -> [StoredCompute]
  /// Puts a target in place of the one of its name.
  mutating func save(_ compute: StoredCompute) throws
  /// Removes a target.
  mutating func remove(_ key: String) throws
  /// An operation by its id.
  func operation(_ id: String) throws -> StoredOperation?
  /// The operations that are not done and end at a time or before, in the order of their ends.
  func operationsDue(at time: Int64) throws -> [StoredOperation]
  /// Puts an operation in place of the one of its id.
  mutating func save(_ operation: StoredOperation) throws
  /// A number that was not given out before.
  mutating func nextNumber() throws -> Int64
  /// The body of the target of this name that was last detached although the service had made it:
  /// what a later creation of the name finds (api.md section 8).
  func orphan(_ key: String) throws -> AttributeValue?
  /// Remembers, or with nil forgets, such an orphan.
  mutating func saveOrphan(_ key: String, _ body: AttributeValue?) throws
  /// Appends to the history.
  mutating func append(_ entry: HistoryEntry) throws
}
