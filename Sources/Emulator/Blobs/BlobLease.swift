/// The lease on a blob, as the service's table of states has it ("Lease Blob", REST API of the Blob
/// service).
///
/// Times are in milliseconds since 1970, and are looked at whenever something is asked: nothing
/// runs down by itself.
struct BlobLease: Hashable, Sendable {
  private enum Stand: Hashable, Sendable {
    case available
    /// `nil` for one that never ends.
    case leased(until: Int64?)
    case breaking(until: Int64)
    case broken
  }

  private var stand = Stand.available
  private var id = ""
  /// In seconds; nil for one that never ends.
  private var duration: Int64?

  /// The states that clients are told.
  enum State: String, Sendable {
    case available, leased, expired, breaking, broken
  }

  func state(at now: Int64) -> State {
    switch stand {
    case .available: .available
    case .leased(let end?) where end <= now: .expired
    case .leased: .leased
    case .breaking(let end): end <= now ? .broken : .breaking
    case .broken: .broken
    }
  }

  func isLocked(at now: Int64) -> Bool {
    switch state(at: now) {
    case .leased, .breaking: true
    case .available, .expired, .broken: false
    }
  }

  /// What clients are told of it.
  func headers(at now: Int64) -> [(name: String, value: String)] {
    let state = state(at: now)
    var lines = [
      ("x-ms-lease-status", isLocked(at: now) ? "locked" : "unlocked"),
      ("x-ms-lease-state", state.rawValue),
    ]
    if state == .leased {
      lines.append(("x-ms-lease-duration", duration == nil ? "infinite" : "fixed"))
    }
    return lines
  }

  // MARK: Lease operations

  /// - Parameter seconds: 15 to 60, or -1 for one that never ends.
  mutating func acquire(
    _ proposed: String, for seconds: Int64, at now: Int64
  ) throws(BlobError) {
    switch state(at: now) {
    case .leased where id != proposed: throw .leaseHeld
    case .breaking: throw id == proposed ? .breakingNotAcquired : .leaseHeld
    case .available, .leased, .expired, .broken: break
    }
    id = proposed
    duration = seconds < 0 ? nil : seconds
    begin(at: now)
  }

  /// One that ran out stands again, as long as nobody else had the blob since.
  mutating func renew(_ known: String, at now: Int64) throws(BlobError) {
    switch state(at: now) {
    case .available: throw .leaseMismatch
    case .leased, .expired:
      guard id == known else { throw .leaseMismatch }
      begin(at: now)
    case .breaking, .broken: throw id == known ? .leaseBroken : .leaseMismatch
    }
  }

  mutating func change(
    _ known: String, to proposed: String, at now: Int64
  ) throws(BlobError) {
    switch state(at: now) {
    case .available, .expired, .broken: throw .noLease
    case .breaking: throw id == known ? .breakingNotChanged : .leaseMismatch
    case .leased:
      guard id == known || id == proposed else { throw .leaseMismatch }
      id = proposed
    }
  }

  mutating func release(_ known: String, at now: Int64) throws(BlobError) {
    guard state(at: now) != .available, id == known else { throw .leaseMismatch }
    stand = .available
  }

  /// Breaks it, at once or when so many seconds or the rest of it are over.
  ///
  /// - Returns: the seconds until it is broken.
  mutating func end(after seconds: Int64?, at now: Int64) throws(BlobError) -> Int64 {
    let rest: Int64
    switch stand {
    case .available: throw .noLease
    case .broken: return 0
    case .breaking(let end): rest = max(0, end - now)
    case .leased(let end?): rest = max(0, end - now)
    // One that never ends is over at once, unless that is to take a while.
    case .leased(nil): rest = (seconds ?? 0) * 1_000
    }
    let wait = min(rest, seconds.map { $0 * 1_000 } ?? rest)
    stand = wait == 0 ? .broken : .breaking(until: now + wait)
    return (wait + 999) / 1_000
  }

  private mutating func begin(at now: Int64) {
    stand = .leased(until: duration.map { now + $0 * 1_000 })
  }

  // MARK: Other operations

  /// Refuses a write that the lease does not allow.
  mutating func admit(write given: String?, at now: Int64) throws(BlobError) {
    let state = state(at: now)
    guard isLocked(at: now) else {
      guard given == nil else { throw state == .available ? .noLeaseOfWrite : .leaseLost }
      // From now on whoever had it can't renew it.
      stand = .available
      return
    }
    guard let given else { throw .leaseMissing }
    guard given == id else { throw .leaseMismatchOfWrite }
  }

  /// Refuses a read that names a lease that is not there.
  func admit(read given: String?, at now: Int64) throws(BlobError) {
    guard let given else { return }
    guard isLocked(at: now) else {
      throw state(at: now) == .available ? .noLeaseOfWrite : .leaseLost
    }
    guard given == id else { throw .leaseMismatchOfWrite }
  }
}
