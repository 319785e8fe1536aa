/// The right to write to a workspace, for a while.
///
/// Its token is larger than that of every lease before it, so that a store can refuse whoever held
/// an earlier one and does not know yet that it is over.
public struct Lease: Hashable, Sendable {
  /// Names this lease and no other.
  public let id: String
  /// The fencing token.
  public let token: Int64

  /// A lease.
  public init(id: String, token: Int64) {
    self.id = id
    self.token = token
  }
}

/// Who holds a lease, for people.
public struct LeaseHolder: Hashable, Sendable {
  /// The stack that is applied.
  public var path: String
  /// What is done: `apply`, `destroy`.
  public var operation: String
  /// Who runs it: `user@host`.
  public var who: String
  /// The version of Berth.
  public var version: String
  /// When it began, in milliseconds since 1970; printed, never compared.
  public var createdAt: Int64
  /// Where to look, such as the address of a pipeline's run.
  public var info: String?

  /// A holder.
  public init(
    path: String, operation: String, who: String, version: String, createdAt: Int64,
    info: String? = nil
  ) {
    self.path = path
    self.operation = operation
    self.who = who
    self.version = version
    self.createdAt = createdAt
    self.info = info
  }
}

/// A lease as its store shows it.
public struct LeaseRecord: Hashable, Sendable {
  /// The lease.
  public var lease: Lease
  /// Who holds it.
  public var holder: LeaseHolder
  /// How often it was renewed.
  ///
  /// Whoever waits watches this, not the clock on the wall: a lease is over when it was not renewed
  /// for longer than `LeaseTimes.takeover`.
  public var renewals: Int64
  /// When it ends unless it is renewed, in milliseconds since 1970; printed, never compared.
  public var expiresAt: Int64

  /// A record.
  public init(lease: Lease, holder: LeaseHolder, renewals: Int64, expiresAt: Int64) {
    self.lease = lease
    self.holder = holder
    self.renewals = renewals
    self.expiresAt = expiresAt
  }

  /// When it was taken or last renewed, in milliseconds since 1970; printed, never compared.
  public var renewedAt: Int64 { expiresAt - LeaseTimes().duration.components.seconds * 1_000 }

  /// True if this is the lease that was seen before, and it was not renewed since.
  public func isUnchanged(since seen: LeaseRecord?) -> Bool {
    seen?.lease == lease && seen?.renewals == renewals
  }
}

/// What became of an attempt to take a lease.
public enum LeaseAttempt: Hashable, Sendable {
  case granted(Lease)
  /// Granted, from a holder who never gave it back: what that one did last may show only later.
  ///
  /// Told by a store whose own clock ends leases. Where it is the caller who watched a holder stand
  /// still, the caller knows.
  case takenOver(Lease)
  case held(LeaseRecord)
}

/// The figures of leases (reliability.md section 2).
public struct LeaseTimes: Hashable, Sendable {
  /// How long a lease is good without being renewed.
  public var duration: Duration = .seconds(60)
  /// How often it is renewed.
  public var heartbeat: Duration = .seconds(15)
  /// How long before its end its holder stops writing.
  public var margin: Duration = .seconds(10)
  /// How long a write may be on its way: none is sent that might end later than the margin before
  /// the lease does.
  public var call: Duration = .seconds(30)
  /// How long after its end somebody else may take it over.
  public var grace: Duration = .seconds(15)
  /// How long whoever took over waits before it looks: what the former holder did last may show
  /// only then.
  ///
  /// Zero where a write that was answered shows at once.
  public var window: Duration = .seconds(60)

  /// The defaults.
  public init() {}

  /// How long a lease must have stood still before somebody else takes it over.
  public var takeover: Duration { duration + grace }
}

/// Where leases on a workspace are kept.
///
/// Every call ends within a few seconds, in a failure if need be.
///
/// Laws:
/// - At most one lease on a workspace stands at a time.
/// - A lease's token is larger than those of all before it.
/// - Once a lease is over, a write to the store that carries it is refused
///   (`BackendFailure.leaseLost`).
public protocol LeaseStore: Sendable {
  /// Takes the lease if nobody holds it, or if its holder is known to be gone.
  ///
  /// - Parameters:
  ///   - id: a name that was never used before.
  ///   - standingStill: a record that the caller watched for `LeaseTimes.takeover` without seeing
  ///     it renewed; it is taken over unless it was renewed after all. A store whose own clock ends
  ///     leases knows better, and takes no notice.
  func acquire(
    _ id: String, for holder: LeaseHolder, expiresAt: Int64, standingStill: LeaseRecord?
  ) async throws(BackendFailure) -> LeaseAttempt

  /// Renews a lease; false if it is over.
  func renew(_ lease: Lease, expiresAt: Int64) async throws(BackendFailure) -> Bool

  /// Gives a lease back; nothing happens if it is over already.
  func release(_ lease: Lease) async throws(BackendFailure)

  /// The leases that stand, in the order of their workspaces.
  func leases() async throws(BackendFailure) -> [LeaseRecord]

  /// Ends a lease whose holder may be alive; false if there is none of this id.
  ///
  /// It is not renewed any more from then on. It may keep others out for as long as its holder may
  /// rely on it, where nothing else keeps that one from writing.
  func revoke(_ id: String) async throws(BackendFailure) -> Bool
}

extension BackendFailure {
  /// The code of a write that was refused because its lease is over.
  public static let leaseLostCode = "LeaseLost"

  /// A write that was refused because its lease is over.
  public static let leaseLost = BackendFailure(
    .denied, code: leaseLostCode,
    message: "The lock on the workspace was lost: it was taken over or removed by force. Nothing "
      + "more was sent.")
}
