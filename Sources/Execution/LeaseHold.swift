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
  private let elapsed: @Sendable () -> Duration
  private let now: @Sendable () -> Int64
  private let loss: AsyncStream<Void>.Continuation
  private let state: Mutex<State>

  init(
    _ lease: Lease, in store: any LeaseStore, _ times: LeaseTimes,
    elapsed: @escaping @Sendable () -> Duration, since sent: Duration, settling: Duration,
    now: @escaping @Sendable () -> Int64
  ) {
    self.lease = lease
    self.store = store
    self.times = times
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
  private var outlivesCall: Bool {
    let call = min(times.call, times.duration - times.margin - times.heartbeat)
    return age + call + times.margin < times.duration
  }

  // MARK: Keeping

  /// Renews it from time to time; returns when it is lost, or the task is cancelled.
  func keep(by clock: any Clock<Duration>) async {
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
    try await hold.confirm()
    return try await backend.submit(request)
  }

  func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus {
    try await backend.status(of: operation)
  }
}

extension BackendFailure {
  fileprivate static let leaseRenewed = heldBack(
    for: .zero, "LeaseRenewed",
    "The lock on the workspace had to be renewed first. Nothing more was sent.")
  fileprivate static let leaseUncertain = heldBack(
    for: .seconds(5), "LeaseUncertain",
    "The lock on the workspace could not be renewed in time. Nothing more was sent.")

  private static func heldBack(
    for pause: Duration, _ code: String, _ message: String
  ) -> BackendFailure {
    var failure = BackendFailure(.throttled(retryAfter: pause), code: code, message: message)
    failure.wasHeldBack = true
    return failure
  }
}
