internal import BackendInterface
internal import ComputeService
internal import Planning
internal import SimulatorBackend
internal import Synchronization
internal import TargetModel
internal import TestSupport

/// The workspace of one world, with everybody who acts on it, its checker and its counts.
///
/// The service is the product's own simulated one; what is done to it takes the way of the real
/// requests and bodies.
final class World: Sendable {
  let stage: Stage
  let state: Mutex<WorldState>

  init(_ stage: Stage, tracing: Bool) {
    self.stage = stage
    state = Mutex(WorldState(tracing: tracing))
  }

  /// Brings about what is due, then does something to the world.
  func with<Result: Sendable>(_ body: (inout WorldState) -> Result) -> Result {
    let now = stage.now
    return state.withLock { state in
      state.advance(to: now)
      return body(&state)
    }
  }

  func emit(_ event: WorldEvent) { with { $0.emit(event) } }

  /// Which of several faults comes over a run now, or nil.
  func draw(_ faults: [Fault], for party: Party) -> Fault? {
    let (draw, mishap) = state.withLock { state in
      (state.faults, state.mishap?.meet(faults, of: party))
    }
    return mishap ?? draw.draw(faults, from: stage)
  }
}

struct WorldState {
  var service: SimulatedService<MemoryStore>
  let dialect: ServiceDialect
  var checker: Checker
  var faults = FaultDraw.none
  /// What goes wrong once, apart from what is drawn.
  var mishap: Mishap?
  var tally = Tally()
  var runs: [Party: RunState] = [:]
  /// The leases, by what they are on.
  var leases: [String: LeaseRow] = [:]
  /// Until then nobody reaches them.
  var leasesAwayUntil: Duration = .zero
  /// True where the store knows at once that a process is gone, as the embedded one does.
  var knowsTheDead = true
  /// True where the service refuses a write whose lease is over, as the embedded one does.
  var isFenced = true
  /// The journals of the stacks, oldest first.
  var journals: [String: [KeptRun]] = [:]
  /// True while a person or another stack may do something.
  var hasRivals = false
  /// True while a write arrives that got stuck on its way: whatever it meets is not what was seen.
  var isLate = false
  /// True where both stacks know of one lease.
  var sharesLease = true
  /// The worlds of the last two minutes, where lists lag.
  var former: [(time: Duration, event: Int, store: MemoryStore)] = []
  var lastRemoved: (name: String, resource: String)?
  private(set) var now: Duration = .zero
  private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  private(set) var lines: [String] = []
  private let isTracing: Bool
  private var seenHistory = 0
  private var lastStored = -1

  static let catalog = KindCatalog.invented
  static let configuration = {
    var configuration = SimulatorConfiguration(
      workspace: testWorkspace, catalog: catalog, operationMilliseconds: 20_000)
    // Not much less than the window that a name is given, by a clock that goes fast.
    configuration.remainsMilliseconds = 50_000
    return configuration
  }()

  init(tracing: Bool) {
    service = SimulatedService(store: MemoryStore(), configuration: Self.configuration)
    dialect = ServiceDialect(
      catalog: Self.configuration.catalog, workspace: Self.configuration.workspace)
    checker = Checker(dialect.mapping)
    isTracing = tracing
  }

  var truth: MemoryStore { service.store }
  /// The time as the service tells it.
  var serviceTime: Int64 {
    let (seconds, attoseconds) = now.components
    return 1_767_603_600_000 + seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }

  // MARK: Events

  mutating func emit(_ event: WorldEvent) {
    tally.events += 1
    let before = checker.violations.count
    checker.take(event, at: now, in: service.store)
    fold(event)
    if isTracing {
      lines.append("\(checker.count) \(now.components.seconds)s \(event.line)")
      for violation in checker.violations.dropFirst(before) {
        lines.append("   VIOLATION \(violation.invariant.rawValue): \(violation.words)")
      }
    }
  }

  private mutating func fold(_ event: WorldEvent) {
    fold(UInt64(truncatingIfNeeded: now.components.seconds))
    let (code, party, text) = event.digest
    fold(UInt64(code << 8 | (party & 0xFF)))
    for byte in text.utf8 { fold(UInt64(byte)) }
  }

  private mutating func fold(_ number: UInt64) { hash = (hash ^ number) &* 0x100_0000_01B3 }

  mutating func advance(to time: Duration) {
    now = max(now, time)
    // Any request first brings about what was due; this one asks for nothing.
    if !service.store.operationsDue(at: serviceTime).isEmpty {
      _ = try? service.handle(.operation(id: ""), at: serviceTime)
    }
    tellEffects()
  }

  /// Tells what the service wrote into its history since last time.
  mutating func tellEffects() {
    guard service.store.history.count > seenHistory else { return }
    let entries = service.store.history[seenHistory...]
    seenHistory = service.store.history.count
    for entry in entries { emit(.effect(entry)) }
    remember()
  }

  mutating func remember() {
    guard faults[.staleList] > 0, lastStored != checker.count else { return }
    lastStored = checker.count
    former.append((now, checker.count, service.store))
    if former.count > Self.mostFormer { former.removeFirst() }
  }

  /// Counts what comes over a run, by how far it is.
  mutating func tell(_ fault: Fault, of party: Party) {
    tally.note(fault, in: runs[party]?.moment ?? .planning)
  }

  // MARK: Asking the service

  func target(_ name: String) -> ObservedTarget? {
    service.store.compute(name.lowercased()).flatMap { dialect.mapping.target(in: $0.body) }
  }

  func list(_ store: MemoryStore) -> [ObservedTarget] {
    store.computes().compactMap { dialect.mapping.target(in: $0.body) }
  }

  /// A write arrives at the service.
  mutating func arrive(
    _ request: WriteRequest, from party: Party, _ step: StepID?, view: Int, fate: OperationFate
  ) -> Result<OperationHandle, BackendFailure> {
    if isFenced, let (lease, place) = runs[party]?.lease, !stands(lease, on: place) {
      return .failure(.leaseLost)
    }
    var handle = OperationHandle.finished
    do {
      var current: AttributeValue?
      if dialect.needsCurrent(request) { current = try answer(.get(name: request.name)).body }
      for request in dialect.requests(for: request, current: current) {
        let response = try answer(request, fate)
        if let operation = response.operation { handle = OperationHandle(reference: operation) }
      }
    } catch {
      return .failure(error)
    }
    if case .detach = request, let resource = truth.compute(request.name.lowercased())?.resource {
      lastRemoved = (request.name, resource.shown)
    }
    emit(.arrived(party, step, request, view: view, isLate: isLate))
    tellEffects()
    remember()
    return .success(handle)
  }

  private mutating func answer(
    _ request: ServiceRequest, _ fate: OperationFate = .succeeds
  ) throws(BackendFailure) -> ServiceResponse {
    let response: ServiceResponse
    do {
      response = try service.handle(request, at: serviceTime, fate: fate)
    } catch {
      throw BackendFailure(.fatal, code: "SimulatorFailed", message: "\(error)")
    }
    guard response.isSuccess else { throw dialect.failure(response) }
    return response
  }

  mutating func status(_ operation: OperationHandle) -> Result<OperationStatus, BackendFailure> {
    guard let id = operation.reference else { return .success(.succeeded) }
    do {
      return .success(dialect.status(try answer(.operation(id: id))))
    } catch {
      return .failure(error)
    }
  }
}

/// What the world knows of a run that is under way.
struct RunState {
  var isDead = false
  var isOver = false
  /// True once its process is gone.
  var isGone = false
  /// How far it is with what it does.
  var moment = MachineState.planning
  /// What its calls carry; nil for one that outlives everything.
  var token: Token?
  /// Until then it gets no other.
  var deniedUntil: Duration = .zero
  /// What its writes carry.
  var lease: (lease: Lease, place: String)?
  /// True if it gave its lease back and that never arrived.
  var isReleaseLost = false
  /// After so many points at which it could be killed it is.
  var cutsLeft: Int?
  /// Which points count; nil for all.
  var cutPoint: CutPoint?
  var signalIn: Int?
  var abandonIn: Int?
  /// Ends it, as far as a process can be ended by itself.
  var cancel: @Sendable () -> Void = {}
  /// What a first signal does; before there is a plan it ends the run.
  var interrupt: (@Sendable () -> Void)?
}

/// Says for a while who calls.
struct Token: Sendable {
  /// Until when it is good.
  var end: Duration
  /// How long the next one will be.
  let life: Duration
  /// How many writes come before it is over, however long it should be good; nil for no matter.
  var writesLeft: Int?
}

/// The journal of a run, with the plan beside it.
struct KeptRun: Sendable {
  let run: String
  let disk: Disk
  let plan: Plan
}
