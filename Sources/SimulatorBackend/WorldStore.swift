public import TargetModel

/// A target as the simulated service keeps it.
public struct StoredCompute: Hashable, Sendable {
  /// Its name, as it was given.
  public var name: String
  /// The body that a read shows, but for what is derived.
  public var body: AttributeValue
  /// What it holds; nil for what the service made.
  public var resource: ResourceIdentity?
  /// The operation in progress, if there is one.
  public var operation: String?
  /// The truth that no read shows: another attachment broke this one.
  public var isBroken: Bool

  /// A target.
  public init(
    name: String, body: AttributeValue, resource: ResourceIdentity? = nil,
    operation: String? = nil, isBroken: Bool = false
  ) {
    self.name = name
    self.body = body
    self.resource = resource
    self.operation = operation
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
  /// When that is, in milliseconds since 1970.
  public var endsAt: Int64
  /// True once the effect has taken place.
  public var isDone: Bool

  /// An operation.
  public init(id: String, name: String, effect: Effect, endsAt: Int64, isDone: Bool = false) {
    self.id = id
    self.name = name
    self.effect = effect
    self.endsAt = endsAt
    self.isDone = isDone
  }

  /// What an operation does.
  public enum Effect: String, Hashable, Sendable {
    case create, attach, update, delete, detach, start, stop, restart
  }
}

/// Something that happened in a workspace, in the order in which it did.
public struct HistoryEntry: Hashable, Sendable {
  /// When, in milliseconds since 1970.
  public var time: Int64
  /// What: `created`, `attached`, `attachment-broken`, ...
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

/// The rows of a simulated workspace. A request touches only the rows it needs.
public protocol WorldStore {
  /// The target of a name, as names compare.
  func compute(_ key: String) throws -> StoredCompute?
  /// Every target, sorted by key.
  func computes() throws -> [StoredCompute]
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
  /// The most recent operation that removed a created target without its resource: what a later
  /// creation of the name finds (api.md section 8).
  func orphan(_ key: String) throws -> AttributeValue?
  /// Remembers, or with nil forgets, such an orphan.
  mutating func saveOrphan(_ key: String, _ body: AttributeValue?) throws
  /// Appends to the history.
  mutating func append(_ entry: HistoryEntry) throws
}

/// A workspace in memory.
public struct MemoryStore: WorldStore, Sendable {
  private var computesByKey: [String: StoredCompute] = [:]
  private var keysByResource: [String: Set<String>] = [:]
  private var operations: [String: StoredOperation] = [:]
  private var openOperations: Set<String> = []
  private var orphans: [String: AttributeValue] = [:]
  private var lastNumber: Int64 = 0
  /// What happened.
  public private(set) var history: [HistoryEntry] = []

  /// An empty workspace.
  public init() {}

  public func compute(_ key: String) -> StoredCompute? { computesByKey[key] }

  public func computes() -> [StoredCompute] {
    computesByKey.sorted { $0.key < $1.key }.map(\.value)
  }

  public func holders(ofResource key: String) -> [StoredCompute] {
    (keysByResource[key] ?? []).sorted().compactMap { computesByKey[$0] }
  }

  public mutating func save(_ compute: StoredCompute) {
    remove(compute.key)
    computesByKey[compute.key] = compute
    if let resource = compute.resource { keysByResource[resource.key, default: []].insert(compute.key) }
  }

  public mutating func remove(_ key: String) {
    guard let former = computesByKey.removeValue(forKey: key) else { return }
    if let resource = former.resource { keysByResource[resource.key]?.remove(key) }
  }

  public func operation(_ id: String) -> StoredOperation? { operations[id] }

  public func operationsDue(at time: Int64) -> [StoredOperation] {
    openOperations.compactMap { operations[$0] }.filter { $0.endsAt <= time }
      .sorted { ($0.endsAt, $0.id) < ($1.endsAt, $1.id) }
  }

  public mutating func save(_ operation: StoredOperation) {
    operations[operation.id] = operation
    if operation.isDone {
      openOperations.remove(operation.id)
    } else {
      openOperations.insert(operation.id)
    }
  }

  public mutating func nextNumber() -> Int64 {
    lastNumber += 1
    return lastNumber
  }

  public func orphan(_ key: String) -> AttributeValue? { orphans[key] }

  public mutating func saveOrphan(_ key: String, _ body: AttributeValue?) { orphans[key] = body }

  public mutating func append(_ entry: HistoryEntry) { history.append(entry) }
}
