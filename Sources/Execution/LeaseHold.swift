public import BackendInterface
internal import Synchronization
internal import TargetModel

/// A lease in the hands of its holder, who knows how long it may be relied on.
///
/// That is counted from the moment before it was last asked for, by a clock of one's own: whatever
/// the store makes of it, nobody else can have it earlier.
public final class LeaseHold: Sendable {
  /// The lease itself.
  public let lease: Lease
  /// Has an element once the lease is lost: nothing more is to be begun.
  public let lost: AsyncStream<Void>
  /// How long nothing is begun at first, since it was taken over from a holder who did not give it
  /// back: what that one did last may show only later.
  public let settling: Duration

  private struct State {
    var renewed: Duration
    var isLost = false
  }

  private enum Renewal { case stands, over, unanswered }

  private let store: any LeaseStore
  private let times: LeaseTimes
  private let clock: any Clock<Duration>
  private let elapsed: @Sendable () -> Duration
  private let now: @Sendable () -> Int64
  private let loss: AsyncStream<Void>.Continuation
  private let state: Mutex<State>

  init(
    _ lease: Lease, in store: any LeaseStore, _ times: LeaseTimes, clock: any Clock<Duration>,
    elapsed: @escaping @Sendable () -> Duration, since sent: Duration, settling: Duration,
    now: @escaping @Sendable () -> Int64
  ) {
    self.lease = lease
    self.store = store
    self.times = times
    self.clock = clock
    self.elapsed = elapsed
    self.settling = settling
    self.now = now
    (lost, loss) = AsyncStream.makeStream(of: Void.self)
    state = Mutex(State(renewed: sent))
  }

  /// When a lease that is taken now ends; printed, never compared.
  static func expiry(_ times: LeaseTimes, _ now: Int64) -> Int64 {
    now + times.duration.components.seconds * 1_000
  }

  /// How long ago it was known to stand.
  private var age: Duration { elapsed() - state.withLock(\.renewed) }

  private var isLost: Bool { state.withLock(\.isLost) }

  /// True if a write that leaves now ends before the lease does, with a margin.
  ///
  /// Right after a heartbeat one always may.
  private var outlivesCall: Bool { age + call + times.margin < times.duration }

  /// How long a write may take.
  private var call: Duration {
    min(times.call, times.duration - times.margin - times.heartbeat)
  }

  // MARK: Keeping

  /// Renews it from time to time; returns when it is lost, or the task is cancelled.
  func keep() async {
    while (try? await clock.sleep(for: times.heartbeat)) != nil {
      switch await renew() {
      case .stands: break
      case .over: return
      case .unanswered:
        // Without another chance before the margin (reliability.md F19).
        if age + times.heartbeat > times.duration - times.margin { return lose() }
      }
    }
  }

  private func renew() async -> Renewal {
    let sent = elapsed()
    do throws(BackendFailure) {
      guard try await store.renew(lease, expiresAt: Self.expiry(times, now())) else {
        lose()
        return .over
      }
      state.withLock { $0.renewed = max($0.renewed, sent) }
      return .stands
    } catch {
      return .unanswered
    }
  }

  private func lose() {
    state.withLock { $0.isLost = true }
    loss.yield()
    loss.finish()
  }

  // MARK: Writing

  /// Called right before a write: throws unless it may be sent at once.
  ///
  /// What throws `.throttled` sent nothing and may be tried again, from a fresh read: the process may
  /// have stood still.
  func confirm() async throws(BackendFailure) {
    guard !isLost else { throw .leaseLost }
    if outlivesCall { return }
    switch await renew() {
    case .stands: throw .leaseRenewed
    case .over: throw .leaseLost
    case .unanswered:
      guard age + times.margin < times.duration else {
        lose()
        throw .leaseLost
      }
      throw .leaseUncertain
    }
  }

  /// Lets a write take no longer than the lease covers, with all that belongs to it: reading the
  /// target first, waiting for a turn, sending.
  ///
  /// What is not back by then is cut off, and whether it took effect is for the caller to read.
  func withinCall<Value: Sendable>(
    _ write: @escaping @Sendable () async throws(BackendFailure) -> Value
  ) async throws(BackendFailure) -> Value {
    let result = await withTaskGroup { (group) -> Result<Value, BackendFailure>? in
      group.addTask { () -> Result<Value, BackendFailure>? in
        do throws(BackendFailure) {
          return .success(try await write())
        } catch {
          return .failure(error)
        }
      }
      group.addTask { [clock, call] in
        try? await clock.sleep(for: call)
        return nil
      }
      let first = await group.next() ?? nil
      let isLate = first == nil && !Task.isCancelled
      group.cancelAll()
      guard isLate else { return if let first { first } else { await group.next() ?? nil } }
      return (await group.next() ?? nil)?.mapError(\.cutOff)
    }
    guard let result else { throw .leaseUncertain }
    return try result.get()
  }
}

extension Backend {
  /// The same workspace, to which nothing is written without the lease (reliability.md F17, F19).
  ///
  /// Checked right before each write is sent. A store that can refuse a write whose lease is over
  /// does so as well; the others rely on this alone, and on the margins.
  public func held(by hold: LeaseHold) -> some Backend { HeldBackend(backend: self, hold: hold) }
}

private struct HeldBackend<Base: Backend>: Backend {
  let backend: Base
  let hold: LeaseHold

  func list() async throws(BackendFailure) -> [ObservedTarget] { try await backend.list() }

  func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? {
    try await backend.read(name)
  }

  func holders(of resource: ResourceIdentity) async throws(BackendFailure) -> [ObservedTarget] {
    try await backend.holders(of: resource)
  }

  func preflight(_ request: WriteRequest) async throws(BackendFailure) {
    try await backend.preflight(request)
  }

  var consistency: ConsistencyTimes { backend.consistency }

  func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    let (backend, hold) = (backend, hold)
    return try await hold.withinCall { () async throws(BackendFailure) in
      // Not a moment earlier: the process may stand still at any time.
      try await hold.confirm()
      return try await backend.submit(request)
    }
  }

  func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus {
    try await backend.status(of: operation)
  }
}

extension BackendFailure {
  fileprivate static let leaseRenewed = unsent(
    .throttled(retryAfter: .zero), "LeaseRenewed",
    "The lock on the workspace had to be renewed first. Nothing was sent.")
  fileprivate static let leaseUncertain = unsent(
    .throttled(retryAfter: .seconds(5)), "LeaseUncertain",
    "The lock on the workspace could not be renewed in time. Nothing was sent.")
  private static let tooSlow = unsent(
    .throttled(retryAfter: .zero), "TooSlow",
    "A write could not leave for as long as the lock covers it. Nothing was sent.")

  private static func unsent(
    _ failureClass: Class, _ code: String, _ message: String
  ) -> BackendFailure {
    var failure = BackendFailure(failureClass, code: code, message: message)
    failure.mayHaveArrived = false
    return failure
  }

  /// The failure of a write that took too long for its lease: unknown, unless it never left.
  fileprivate var cutOff: BackendFailure {
    if code == Self.leaseLostCode { return self }
    guard mayHaveArrived else { return .tooSlow }
    return BackendFailure(
      .retryable, code: "TooSlow",
      message: "The service did not answer a write for as long as the lock covers it.",
      requestID: requestID)
  }
}
