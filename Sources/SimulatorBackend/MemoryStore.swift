public import TargetModel

/// A workspace in memory.
///
/// A value: a copy is the world of that moment.
public struct MemoryStore: WorldStore, Sendable {
  private var computesByKey: [String: StoredCompute] = [:]
  /// Sorted, so that a page of a list costs no more than the page.
  private var keys: [String] = []
  private var keysByResource: [String: Set<String>] = [:]
  private var operations: [String: StoredOperation] = [:]
  /// Operations in progress, by their ends.
  private var open: [Due] = []
  private var orphans: [String: AttributeValue] = [:]
  private var lastNumber: Int64 = 0
  /// What happened.
  public private(set) var history: [HistoryEntry] = []

  private struct Due: Comparable {
    let time: Int64
    let id: String

    static func < (left: Due, right: Due) -> Bool {
      (left.time, left.id) < (right.time, right.id)
    }
  }

  /// An empty workspace.
  public init() {}

  /// The target of a key.
  public func compute(_ key: String) -> StoredCompute? { computesByKey[key] }

  /// Every target, by key.
  public func computes() -> [StoredCompute] {
    keys.compactMap { computesByKey[$0] }
  }

  /// At most so many targets, by key, behind a key or from the first.
  public func computes(after key: String?, limit: Int) -> [StoredCompute] {
    var start = key.map(index) ?? 0
    if start < keys.count, keys[start] == key { start += 1 }
    return keys[start...].prefix(max(0, limit)).compactMap { computesByKey[$0] }
  }

  /// Where a key is, or would be.
  private func index(of key: String) -> Int { keys.firstIndexSorted { $0 < key } }

  /// The targets that hold a resource, by key.
  public func holders(ofResource key: String) -> [StoredCompute] {
    (keysByResource[key] ?? []).sorted().compactMap { computesByKey[$0] }
  }

  /// Puts a target in, or in the place of the one of its key.
  public mutating func save(_ compute: StoredCompute) {
    let key = compute.key
    let replaced = computesByKey.updateValue(compute, forKey: key)
    if replaced == nil { keys.insert(key, at: index(of: key)) }
    let former = replaced?.resource?.key
    guard former != compute.resource?.key else { return }
    if let former { release(former, by: key) }
    if let resource = compute.resource { keysByResource[resource.key, default: []].insert(key) }
  }

  /// Takes a target out.
  public mutating func remove(_ key: String) {
    let former = computesByKey.removeValue(forKey: key)
    if former != nil { keys.remove(at: index(of: key)) }
    if let resource = former?.resource { release(resource.key, by: key) }
  }

  private mutating func release(_ resource: String, by key: String) {
    keysByResource[resource]?.remove(key)
    if keysByResource[resource]?.isEmpty == true { keysByResource[resource] = nil }
  }

  /// The operation of an id.
  public func operation(_ id: String) -> StoredOperation? { operations[id] }

  /// The operations that end by a time, the earliest first.
  public func operationsDue(at time: Int64) -> [StoredOperation] {
    open.prefix { $0.time <= time }.compactMap { operations[$0.id] }
  }

  /// Puts an operation in, or in the place of the one of its id.
  public mutating func save(_ operation: StoredOperation) {
    if let former = operations[operation.id], !former.isDone {
      let due = Due(time: former.endsAt, id: former.id)
      let index = position(of: due)
      if index < open.count, open[index] == due { open.remove(at: index) }
    }
    operations[operation.id] = operation
    guard !operation.isDone else { return }
    let due = Due(time: operation.endsAt, id: operation.id)
    open.insert(due, at: position(of: due))
  }

  /// Where an end is, or would be, among those that are open.
  private func position(of due: Due) -> Int { open.firstIndexSorted { $0 < due } }

  /// A number that was never given out before.
  public mutating func nextNumber() -> Int64 {
    lastNumber += 1
    return lastNumber
  }

  /// What was left behind when a target went.
  public func orphan(_ key: String) -> AttributeValue? { orphans[key] }

  /// Keeps what is left behind, or forgets it.
  public mutating func saveOrphan(_ key: String, _ body: AttributeValue?) { orphans[key] = body }

  /// True if there is nothing in it, and never was.
  package var isEmpty: Bool { computesByKey.isEmpty && operations.isEmpty && orphans.isEmpty }

  /// Forgets the eldest operations that are over, what they left behind and the eldest history,
  /// once there is twice as much as is to be kept: for a service that runs for long.
  package mutating func forgetPast(keeping count: Int) {
    if operations.count > 2 * count {
      // Ids sort in the order in which they were given out.
      let done = operations.values.filter(\.isDone).map(\.id).sorted()
      for id in done.dropLast(count) { operations[id] = nil }
    }
    if history.count > 2 * count { history.removeFirst(history.count - count) }
    if orphans.count > 2 * count { orphans.removeAll() }
  }

  /// Adds to the end of the history.
  public mutating func append(_ entry: HistoryEntry) { history.append(entry) }
}
