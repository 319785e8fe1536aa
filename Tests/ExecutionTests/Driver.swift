import ApplyJournal
import BackendInterface
import Planning
import TargetModel
import TestSupport

@testable import Execution

/// Plays the shell: performs the machine's commands in an order that a seed chooses, against a
/// fake world, and checks at each of them what must always hold.
struct Driver {
  var machine: ApplyMachine
  var world: FakeWorld
  let plan: Plan
  let parallelism: Int
  var random: SeededRandom
  var faults = Faults()
  var now: Duration = .zero

  private(set) var told: [ApplyEvent] = []
  private(set) var journal: [JournalRecord] = []
  private(set) var violations: [String] = []
  private(set) var sends: [StepID: Int] = [:]
  /// How often a step's write was to be sent; what lapses on its way is not.
  private var asked: [StepID: Int] = [:]
  private(set) var calls = 0
  /// How many writes did not leave.
  private(set) var heldBack = 0
  /// How many appends succeed; nil for all.
  var journalCapacity: Int?

  private var pending: [MachineCommand] = []
  private var pausedUntil: Duration = .zero
  private var hasFreshLook: Set<StepID> = []
  private var intents: [StepID: Int] = [:]

  /// How often, in hundredths, what goes wrong.
  struct Faults {
    var throttled = 0
    var failedRead = 0
    var lostBefore = 0
    var lostAfter = 0
    var conflict = 0
    var illMonitor = 0
    var earlySuccess = 0
    var failedOperation = 0
    var refused = 0
    var heldBack = 0
  }

  init(
    _ plan: Plan, _ desired: [ComputeTarget], _ world: FakeWorld, parallelism: Int = 3,
    limits: ApplyLimits = ApplyLimits(), freed: Set<String> = [],
    deleted: Set<String> = [], seed: UInt64 = 1
  ) {
    self.plan = plan
    self.parallelism = parallelism
    self.world = world
    random = SeededRandom(seed: seed)
    var request = ApplyRequest(
      plan: plan, desired: desired, catalog: .invented, parallelism: parallelism, run: "run",
      planDigest: "digest")
    request.freedNames = freed
    request.deletedNames = deleted
    machine = ApplyMachine(request, limits: limits, random: SeededRandom(seed: seed))
  }

  var report: ApplyReport { machine.report }

  // MARK: Running

  /// Runs to the end; a thousand calls a step are more than any plan needs.
  mutating func run() {
    send(.began)
    while !machine.isFinished { turn() }
  }

  /// Runs until a condition holds or the run ended.
  mutating func run(until condition: (Driver) -> Bool) {
    if calls == 0, journal.isEmpty { send(.began) }
    while !machine.isFinished, !condition(self) { turn() }
  }

  mutating func turn() {
    calls += 1
    guard calls < 1_000 * (plan.steps.count + 1) else {
      violations.append("it does not end")
      return send(.abandoned)
    }
    let wake = machine.nextWake
    if pending.isEmpty || (wake != nil && Int.random(in: 0..<4, using: &random) == 0) {
      guard let wake else {
        violations.append("it waits for nothing")
        return send(.abandoned)
      }
      now = max(now, wake)
      return send(.timePassed)
    }
    let command = pending.remove(at: Int.random(in: pending.indices, using: &random))
    send(perform(command))
  }

  mutating func send(_ event: MachineEvent) {
    var events = [event]
    while !events.isEmpty {
      for command in machine.handle(events.removeFirst(), at: now) {
        switch command {
        case .tell(let event): told.append(event)
        case .append(let record): events.append(append(record))
        case .look, .submit, .poll:
          check(command)
          pending.append(command)
        }
      }
      check(machine.active.count <= parallelism, "more steps than allowed are under way")
      let sending = pending.count { if case .submit = $0 { true } else { false } }
      check(sending <= parallelism, "more writes than allowed are under way")
    }
  }

  private mutating func append(_ record: JournalRecord) -> MachineEvent {
    if let journalCapacity, journal.count >= journalCapacity {
      return .journalFailed("the disk is full")
    }
    journal.append(record)
    if case .intended(let intent) = record { intents[intent.step, default: 0] += 1 }
    return .journaled(record)
  }

  // MARK: What always holds

  private mutating func check(_ condition: Bool, _ words: @autoclosure () -> String) {
    if !condition { violations.append(words()) }
  }

  private mutating func check(_ command: MachineCommand) {
    check(now >= pausedUntil, "a call was made during a pause")
    guard case .submit(let id, _, _) = command, let step = plan.steps.first(where: { $0.id == id })
    else { return }
    asked[id, default: 0] += 1
    check(hasFreshLook.remove(id) != nil, "\(id) was sent without a look right before it")
    check(intents[id] ?? 0 >= asked[id] ?? 0, "\(id) was sent without an intent")
    for predecessor in step.waitsFor {
      check(
        journal.contains(.finished(predecessor, .done)),
        "\(id) was sent before \(predecessor) was done")
    }
  }

  // MARK: Performing

  private mutating func draws(_ hundredths: Int) -> Bool {
    hundredths > 0 && Int.random(in: 0..<100, using: &random) < hundredths
  }

  private mutating func passingFailure() -> BackendFailure? {
    if draws(faults.throttled) {
      let seconds = Int.random(in: 0...20, using: &random)
      let pause: Duration? = seconds == 0 ? nil : .seconds(seconds)
      // Calls that are on their way can't be held back any more; those made later must be.
      if let pause { pausedUntil = max(pausedUntil, now + pause) }
      return BackendFailure(.throttled(retryAfter: pause), code: "429", message: "Too often.")
    }
    return nil
  }

  private mutating func perform(_ command: MachineCommand) -> MachineEvent {
    switch command {
    case .look(let step, let request):
      if let failure = passingFailure() { return .looked(step, .failure(failure)) }
      if draws(faults.failedRead) {
        return .looked(step, .failure(BackendFailure(.retryable, code: "503", message: "Ill.")))
      }
      hasFreshLook.insert(step)
      for orphan in orphans { _ = world.poll(orphan) }
      var others = request.resource.map { world.holders(of: $0) } ?? []
      others += request.knownHolders.compactMap { world.read($0) }
      return .looked(step, .success(Sight(target: world.read(request.name), others: others)))
    case .submit(let step, let request, let latest):
      guard now <= latest else { return .lapsed(step) }
      if draws(faults.heldBack) {
        var failure = BackendFailure(
          .throttled(retryAfter: .zero), code: "LeaseRenewed", message: "Not yet.")
        failure.wasHeldBack = true
        heldBack += 1
        return .submitted(step, .failure(failure))
      }
      sends[step, default: 0] += 1
      return .submitted(step, submit(request))
    case .poll(let step, let operation):
      if let failure = passingFailure() { return .polled(step, .failure(failure)) }
      if draws(faults.illMonitor) {
        orphans.append(operation)
        return .polled(step, .failure(BackendFailure(.invalid, code: "404", message: "What?")))
      }
      if draws(faults.earlySuccess) {
        orphans.append(operation)
        return .polled(step, .success(.succeeded))
      }
      return .polled(step, .success(world.poll(operation)))
    case .append, .tell: return .timePassed
    }
  }

  private mutating func submit(_ request: WriteRequest) -> Result<OperationHandle, BackendFailure> {
    if let failure = passingFailure() { return .failure(failure) }
    if draws(faults.conflict) {
      return .failure(BackendFailure(.conflict, code: "409", message: "Busy."))
    }
    if draws(faults.refused) {
      return .failure(BackendFailure(.invalid, code: "Quota", message: "No.", requestID: "r-1"))
    }
    let lost = BackendFailure(.retryable, code: "504", message: "No answer.")
    if draws(faults.lostBefore) { return .failure(lost) }
    let failure = draws(faults.failedOperation) ? (code: "Broken", message: "It broke.") : nil
    let handle = world.submit(request, failing: failure)
    if draws(faults.lostAfter) {
      // Nobody polls it; it ends by itself.
      if draws(50) { world.settle() } else { orphans.append(handle) }
      return .failure(lost)
    }
    return .success(handle)
  }

  private var orphans: [OperationHandle] = []

  /// Lets operations end that nobody knows of.
  mutating func settleOrphans() {
    for orphan in orphans { while case .running = world.poll(orphan) {} }
    orphans = []
  }
}
