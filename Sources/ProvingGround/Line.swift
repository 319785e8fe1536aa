internal import ApplyJournal
internal import BackendInterface
internal import ComputeService
internal import Execution
internal import Planning
internal import SimulatorBackend
internal import Synchronization
internal import TargetModel

/// A run's line to the service: the transport of a world, on which everything may go wrong.
struct Line: Backend {
  let world: World
  let party: Party
  var sabotage: Sabotage?

  private static let readFaults: [Fault] = [
    .throttled, .serverError, .unreadable, .workspaceGone, .latency,
  ]

  // MARK: Reads

  func list() async throws(BackendFailure) -> [ObservedTarget] {
    try cut(.planning)
    let fault = try await depart(nil, Self.readFaults + [.staleList])
    let age = age(fault)
    return world.with { state in state.list(state.view(age).store) }
  }

  func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? {
    let key = name.lowercased()
    let task = currentTask
    _ = try await depart(key, Self.readFaults)
    return world.with { state in
      let target = state.target(name)
      state.emit(.saw(party, key: key, target, view: state.checker.count, task: task))
      return target
    }
  }

  func holders(of resource: ResourceIdentity) async throws(BackendFailure) -> [ObservedTarget] {
    let task = currentTask
    let fault = try await depart(nil, Self.readFaults + [.staleList])
    let age = age(fault)
    return world.with { state in
      let (store, event) = state.view(age)
      state.emit(.sawHolders(party, resource: resource.key, view: event, task: task))
      return store.holders(ofResource: resource.key)
        .compactMap { state.dialect.mapping.target(in: $0.body) }
        .filter { $0.resource?.clashes(with: resource) == true }
    }
  }

  func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus {
    let fault = try await depart(
      nil, Self.readFaults + [.illMonitor, .earlySuccess, .falseFailure], isPoll: true)
    switch fault {
    case .illMonitor? where world.stage.chance(500): return unknownWord
    case .illMonitor?:
      throw BackendFailure(.invalid, code: "OperationNotFound", message: "There is no such thing.")
    case .earlySuccess?: return .succeeded
    case .falseFailure?: return .failed(code: "InternalError", message: "Something went wrong.")
    default: return try world.with { $0.status(operation) }.get()
    }
  }

  /// What becomes of a word that nobody knows.
  private var unknownWord: OperationStatus {
    guard sabotage != .unknownWordIsFailure else { return .failed(.unknownWord) }
    return world.state.withLock {
      $0.dialect.status(ServiceResponse(200, ["status": .text(BackendFailure.unknownWord.code)]))
    }
  }

  func preflight(_ request: WriteRequest) async throws(BackendFailure) {
    let key = request.name.lowercased()
    // The look that begins here goes on by its number.
    _ = currentTask
    let fault = try await depart(key, Self.readFaults + [.refused])
    let obstacle = world.with { state in
      let obstacle =
        fault == .refused ? .noQuota : state.dialect.obstacle(to: request, in: state.service)
      state.emit(.askedAhead(party, key: key, isFree: obstacle == nil))
      return obstacle
    }
    if let obstacle { throw obstacle }
  }

  // MARK: Writes

  func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    let key = request.name.lowercased()
    if world.state.withLock({ $0.runs[party]?.isDead ?? true }) { throw .dead }
    let (step, view) = world.with { state -> (StepID?, Int) in
      state.tally.writes += 1
      state.tally.acts[request.act.rawValue, default: 0] += 1
      state.emit(.sent(party, request))
      let history = state.checker.parties[party]
      let resource = request.resource?.key
      return (
        history?.intents[key]?.step,
        resource.flatMap { history?.decisions[key]?.holderViews[$0] }
          ?? history?.decisions[key]?.target?.view ?? 0
      )
    }
    let fault = try await depart(
      key,
      [
        .throttled, .serverError, .workspaceGone, .refused, .conflict, .lostReply, .late, .doubled,
        .slow, .stuck, .failedOperation, .latency,
      ], isWrite: true)
    try cut(.sentNoEffect)
    let fate: OperationFate
    switch fault {
    case .refused?: throw .noQuota
    case .conflict?:
      throw BackendFailure(.conflict, code: "Conflict", message: "Something else is being done.")
    case .late?:
      let delay = Duration.seconds(1 + world.stage.choose(300))
      world.stage.later(delay) {
        world.with { state in
          state.isLate = true
          _ = state.arrive(request, from: party, step, view: view, fate: .succeeds)
          state.isLate = false
        }
      }
      throw .lost
    case .slow?: fate = .takes(Int64(20_000 + world.stage.choose(300_000)))
    case .stuck?: fate = .takes(3 * 3600 * 1000)
    case .failedOperation?: fate = .fails(code: "ProvisioningFailed", message: "It did not work.")
    default: fate = .succeeds
    }
    let result = world.with {
      $0.arrive(request, from: party, step, view: view, fate: fate)
    }
    if fault == .doubled {
      world.stage.later(.seconds(world.stage.choose(20))) {
        world.with { _ = $0.arrive(request, from: party, step, view: view, fate: .succeeds) }
      }
    }
    try cut(.effectNoReply)
    if fault == .lostReply { throw .lost }
    if fault == .latency { await pause() }
    try cut(.replyNotJournaled)
    return try result.get()
  }

  // MARK: On the way

  /// All reads of one look are made by one task.
  private var currentTask: Int {
    world.stage.number(ofTaskAt: withUnsafeCurrentTask { $0?.hashValue ?? 0 })
  }

  /// A call leaves the run: counts, pauses, faults, and whatever else happens in the meantime.
  private func depart(
    _ key: String?, _ faults: [Fault], isWrite: Bool = false, isPoll: Bool = false
  ) async throws(BackendFailure) -> Fault? {
    if world.state.withLock({ $0.runs[party]?.isDead ?? true }) { throw .dead }
    let moment = moment(key, isWrite: isWrite, isPoll: isPoll)
    world.interact(party)
    if world.state.withLock({ $0.runs[party]?.isDead ?? true }) { throw .dead }
    if moment == .polling || moment == .verifying { try cut(.journaledNotVerified) }
    world.emit(.asked(party, isWrite: isWrite))
    try signIn(isWrite: isWrite)
    guard let fault = world.draw(faults, for: party) else { return nil }
    world.with { $0.tell(fault, of: party) }
    switch fault {
    case .throttled: throw throttled()
    case .serverError: throw .lost
    case .unreadable: throw .unreadable
    case .workspaceGone: throw .workspaceGone
    case .latency: await pause()
    default: break
    }
    return fault
  }

  /// How far the run is with what a call is about.
  private func moment(_ key: String?, isWrite: Bool, isPoll: Bool) -> MachineState {
    world.state.withLock { state in
      let moment: MachineState =
        isPoll
        ? .polling
        : isWrite
          ? .submitting
          : state.checker.parties[party]?.state(of: key ?? "", isRead: true) ?? .planning
      state.runs[party]?.moment = moment
      return moment
    }
  }

  /// The token that a call carries may be over, and whoever gives out the next one may refuse it for
  /// a while.
  private func signIn(isWrite: Bool) throws(BackendFailure) {
    let isOver = world.with { state -> Bool? in
      guard let run = state.runs[party], let token = run.token else { return false }
      if isWrite { state.runs[party]?.token?.writesLeft = token.writesLeft.map { $0 - 1 } }
      let isUsedUp = isWrite && token.writesLeft == 0
      return state.now < run.deniedUntil ? nil : isUsedUp || state.now >= token.end
    }
    guard let isOver else { throw .signedOut }
    guard isOver else { return }
    let isRefused = world.draw([.tokenOver], for: party) != nil
    let seconds = isRefused ? world.stage.choose(600) : 0
    world.with { state in
      state.runs[party]?.token.map { state.runs[party]?.token?.end = state.now + $0.life }
      guard isRefused else { return }
      state.tell(.tokenOver, of: party)
      state.runs[party]?.deniedUntil = state.now + .seconds(seconds)
      state.runs[party]?.token?.end = state.now + .seconds(seconds)
    }
    if isRefused { throw .signedOut }
  }

  /// How far a list lags behind, if it does: another replica answers each time.
  private func age(_ fault: Fault?) -> Int? {
    fault == .staleList ? world.stage.choose(WorldState.mostFormer) : nil
  }

  private func throttled() -> BackendFailure {
    let seconds = world.stage.choose(40)
    guard seconds > 0 else {
      return BackendFailure(.throttled(retryAfter: nil), code: "429", message: "Too often.")
    }
    world.with { state in state.emit(.paused(party, until: state.now + .seconds(seconds))) }
    return BackendFailure(
      .throttled(retryAfter: .seconds(seconds)), code: "429", message: "Too often.")
  }

  private func pause() async {
    try? await world.stage.sleep(
      until: world.stage.now + .milliseconds(50 + world.stage.choose(1500)))
  }

  /// The run may be killed here.
  func cut(_ point: CutPoint) throws(BackendFailure) {
    if world.cut(party, point) { throw .dead }
  }
}

extension BackendFailure {
  static let lost = BackendFailure(.retryable, code: "NoAnswer", message: "There was no answer.")
  static let unreadable = BackendFailure(
    .fatal, code: "UnexpectedAnswer", message: "The answer is not what was due.")
  static let workspaceGone = BackendFailure(
    .absent, code: "ResourceGroupNotFound", message: "There is no such resource group.")
  static let noQuota = BackendFailure(
    .invalid, code: "QuotaExceeded", message: "There is no quota left.", requestID: "r-1")
  static let unknownWord = BackendFailure(
    .fatal, code: "Zooming", message: "The operation is said to be zooming.")
  static let signedOut = BackendFailure(
    .denied, code: "ExpiredAuthenticationToken", message: "The token has expired.")
  static let dead = BackendFailure(.fatal, code: "Dead", message: "The process is gone.")
}

extension WriteRequest {
  /// What an attach takes.
  var resource: ResourceIdentity? {
    if case .attach(let target, _) = self { target.heldResource } else { nil }
  }
}

extension WorldState {
  /// What a list shows: the world, or the world as it was so many changes ago, two minutes at most.
  fileprivate func view(_ age: Int?) -> (store: MemoryStore, event: Int) {
    let recent = age == nil ? [] : former.filter { now - $0.time <= .seconds(120) }
    guard let age, !recent.isEmpty else { return (truth, checker.count) }
    let shown = recent[max(0, recent.count - 1 - age)]
    return (shown.store, shown.event)
  }

  /// How many worlds of before are kept for lists that lag.
  static let mostFormer = 12
}
