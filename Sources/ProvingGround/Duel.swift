internal import ApplyJournal
internal import BackendInterface
internal import Execution
internal import Planning
internal import TargetModel
internal import TestSupport

/// Two runners of one stack with different documents, on two names and two resources: a state of
/// that, as a value.
///
/// `DuelSearch` goes through all of them.
struct Duel: Sendable {
  /// What may happen once each.
  struct Budget: OptionSet, Hashable, Sendable {
    let rawValue: UInt8
    static let crash = Budget(rawValue: 1)
    static let lostReply = Budget(rawValue: 2)
    static let staleRead = Budget(rawValue: 4)
    static let lostLease = Budget(rawValue: 8)
    static let all: Budget = [.crash, .lostReply, .staleRead, .lostLease]
  }

  /// What is live under a name.
  struct Live: Hashable, Sendable {
    /// Which of the variants that documents have.
    var variant: Int
    var state: Phase
    /// How often it was seen in transition: nobody looks more often before it is over.
    var looks = 0

    enum Phase: Int, Sendable { case creating, updating, deleting, still }
  }

  /// A command that is under way, or its answer on the way back.
  ///
  /// A class, like `Running`, since millions of states share it; it never changes.
  final class Call: Sendable {
    let command: MachineCommand
    let answer: MachineEvent?
    /// What tells it from other calls.
    let number: Int64

    init(_ command: MachineCommand, answer: MachineEvent? = nil) {
      self.command = command
      self.answer = answer
      number = answer?.number ?? command.number
    }
  }

  /// An apply at work.
  final class Running: Sendable {
    let machine: ApplyMachine
    /// When it wants to hear that time passed; nil if it only waits for answers.
    let wake: Duration?
    /// The operations that steps wait for, in the order of the steps.
    let operations: [Operation?]
    let shape: Key

    init(_ machine: ApplyMachine) {
      self.machine = machine
      wake = machine.nextWake.flatMap { $0 < Duel.never ? $0 : nil }
      operations = machine.operations.map { $0.flatMap(Operation.init) }
      var shape = Key()
      for number in machine.shape { shape.add(number) }
      self.shape = shape
    }

    /// The shape, and which operations they are.
    var identity: Key {
      var identity = shape
      for operation in operations { identity.add(Int32(operation?.reference ?? -1)) }
      return identity
    }
  }

  /// Something that the service is at work on.
  struct Operation: Sendable {
    /// Under which name.
    let name: Int
    /// The how manieth under that name.
    let number: Int

    var reference: Int { name | number << 1 }

    init(_ name: Int, _ number: Int) { (self.name, self.number) = (name, number) }

    init?(_ reference: String) {
      guard let reference = Int(reference) else { return nil }
      self.init(reference & 1, reference >> 1)
    }
  }

  struct Runner: Sendable {
    var phase = Phase.waiting
    /// The plan in the search's table; -1 before.
    var plan = -1
    var calls: [Call] = []
    var now: Duration = .zero
    var knowsLoss = false
    /// The names that its journal says were taken away: as it stands, and without its last record.
    var stranded: (whole: UInt8, torn: UInt8) = (0, 0)

    enum Phase: Sendable {
      /// For the lease.
      case waiting
      case planning
      case running(Running)
      case crashed
      case over
    }
  }

  /// Later than anything that happens.
  static let never: Duration = .seconds(1_000_000_000)

  var live: [Live?]
  /// The world before its last change, which a list may still show.
  var former: [Live?]
  /// How many operations there were on each name.
  var counters = [0, 0]
  var runners = [Runner(), Runner()]
  /// Who has the lease.
  var holder: Int?
  var budget = Budget.all
  /// What should never have happened.
  var harm: String?

  init(_ live: [Live?]) {
    self.live = live
    former = live
  }

  // MARK: Documents and targets

  /// Nothing, a resource, and one of them with another TLS setting.
  static let variants = 4
  static let names = ["aaa", "bbb"]

  static func resource(of variant: Int) -> Int { variant == 3 ? 0 : variant - 1 }

  private static func attributes(_ variant: Int) -> AttributeMap {
    [
      "resource_id": .resource("r\(resource(of: variant))"),
      "tls": variant == 3 ? "on" : "off",
    ]
  }

  static let documents: [[ComputeTarget]] = names.map { name in
    (1..<variants).map { TestSupport.desired("link", name, attributes($0)) }
  }

  /// By name, variant and state.
  private static let targets: [[[ObservedTarget]]] = documents.map { documents in
    documents.map { document in
      [ProvisioningState.creating, .updating, .deleting, .succeeded].map { state in
        var target = converged(document, stack: Scene.stack)
        target.state = state
        return target
      }
    }
  }

  static func target(_ name: Int, _ live: Live?) -> ObservedTarget? {
    live.map { targets[name][$0.variant - 1][$0.state.rawValue] }
  }

  static func variant(of target: ComputeTarget) -> Int {
    let name = Duel.name(of: target.name)
    return 1 + (documents[name].firstIndex { $0.attributes == target.attributes } ?? 0)
  }

  static func name(of name: String) -> Int { name == names[0] ? 0 : 1 }

  func list(_ live: [Live?]) -> [ObservedTarget] {
    live.indices.compactMap { Duel.target($0, live[$0]) }
  }

  var isBusy: Bool { live.contains { $0.map { $0.state != .still } ?? false } }

  // MARK: The service

  mutating func end(_ name: Int) {
    guard let found = live[name] else { return }
    former = live
    live[name] = found.state == .deleting ? nil : Live(variant: found.variant, state: .still)
  }

  /// The service takes a write.
  mutating func take(_ request: WriteRequest) -> OperationHandle {
    let name = Duel.name(of: request.name)
    former = live
    counters[name] += 1
    switch request {
    case .attach(let target, _):
      let variant = Duel.variant(of: target)
      if live[name] != nil { harm = "\(target.name) is attached over what is there" }
      for other in live.indices where other != name {
        guard let holder = live[other] else { continue }
        if Duel.resource(of: holder.variant) == Duel.resource(of: variant) {
          harm = "\(target.name) takes what \(Duel.names[other]) holds"
        }
      }
      live[name] = Live(variant: variant, state: .creating)
    case .detach:
      guard live[name] != nil else { return .finished }
      live[name]?.state = .deleting
      live[name]?.looks = 0
    case .update(let target, _, _):
      let variant = Duel.variant(of: target)
      guard let found = live[name], Duel.resource(of: found.variant) == Duel.resource(of: variant)
      else {
        harm = "\(target.name) is updated and holds something else"
        return .finished
      }
      live[name] = Live(variant: variant, state: .updating)
    case .create, .delete, .start, .stop, .mark:
      harm = "\(request.act.rawValue) is nothing for links"
    }
    return OperationHandle(reference: "\(Operation(name, counters[name]).reference)")
  }

  /// True if an operation is under way.
  func runs(_ operation: Operation) -> Bool {
    counters[operation.name] == operation.number
      && live[operation.name].map { $0.state != .still } ?? false
  }

  // MARK: Knowing a state again

  /// Everything that decides what may happen from here on.
  func key() -> Key {
    var key = Key()
    for cell in live { key.add(cell) }
    // Only a stale read shows it.
    if budget.contains(.staleRead) { for cell in former { key.add(cell) } }
    key.add(Int32(holder ?? -1))
    key.add(Int32(budget.rawValue))
    for runner in runners {
      key.add(Int32(runner.phase.number))
      // Nobody asks any more what became of it.
      if case .over = runner.phase { continue }
      key.add(Int32(runner.plan << 4 | (runner.knowsLoss ? 1 : 0)))
      // Only whoever follows a crash reads its journal.
      if runner.mayCrash(budget) {
        key.add(Int32(runner.stranded.whole << 4 | runner.stranded.torn))
      }
      guard case .running(let running) = runner.phase else { continue }
      key.add(running.shape)
      for operation in running.operations {
        key.add(operation.map { Int32(runs($0) ? 2 : 1) } ?? 0)
      }
      // In an order of their own: which was asked for first decides nothing.
      var calls = runner.calls.map(\.number)
      calls.sort()
      for call in calls { key.add(call) }
    }
    return key
  }

  struct Key: Hashable, Sendable {
    private var first: UInt64 = 0xCBF2_9CE4_8422_2325
    private var second: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func add(_ cell: Live?) {
      add(cell.map { Int32($0.variant << 8 | $0.state.rawValue << 4 | $0.looks) } ?? -1)
    }

    mutating func add(_ other: Key) {
      add(other.first)
      add(other.second)
    }

    mutating func add(_ number: Int32) { add(UInt64(UInt32(bitPattern: number))) }

    mutating func add(_ number: Int64) { add(UInt64(bitPattern: number)) }

    private mutating func add(_ number: UInt64) {
      first = (first ^ number) &* 0x100_0000_01B3
      first ^= first >> 29
      second = (second &+ number &+ 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
      second ^= second >> 31
    }
  }
}

extension Duel.Runner {
  /// True if it has crashed, or may yet.
  fileprivate func mayCrash(_ budget: Duel.Budget) -> Bool {
    if case .crashed = phase { true } else { budget.contains(.crash) }
  }
}

extension Duel.Runner.Phase {
  fileprivate var number: Int {
    switch self {
    case .waiting: 0
    case .planning: 1
    case .running: 2
    case .crashed: 3
    case .over: 4
    }
  }
}

extension MachineCommand {
  /// Tells the commands of a step apart; which operation is asked for stands in the machine.
  fileprivate var number: Int64 {
    switch self {
    case .look(let step, _): .moment(1, step)
    case .submit(let step, _, _): .moment(2, step)
    case .poll(let step, _): .moment(3, step)
    case .append, .tell: 0
    }
  }
}

extension MachineEvent {
  /// Tells the events apart that a small world gives.
  var number: Int64 {
    switch self {
    case .began: 4
    case .timePassed: 5
    case .interrupted: 6
    case .looked(let step, .success(let sight)):
      .moment(7, step, sight.digits)
    case .submitted(let step, .success(let operation)):
      .moment(8, step, operation.reference.flatMap { Int64($0) } ?? -1)
    case .submitted(let step, .failure(let failure)):
      .moment(failure.failureClass == .retryable ? 9 : 10, step)
    case .polled(let step, .success(.running)): .moment(11, step)
    case .polled(let step, _): .moment(12, step)
    default: preconditionFailure("a small world gives no such event: \(self)")
    }
  }
}

extension Int64 {
  /// What happens to a step, with its particulars.
  fileprivate static func moment(_ kind: Int64, _ step: StepID, _ particulars: Int64 = 0) -> Int64 {
    (particulars + 1) << 12 | Int64(step.number) << 4 | kind
  }
}

extension Sight {
  /// Begins with a one, so that a lone target isn't taken for another one's absence.
  fileprivate var digits: Int64 {
    others.reduce(1 << 6 | (target?.digits ?? 0)) { $0 << 6 | $1.digits }
  }
}

extension ObservedTarget {
  /// Six bits for everything that a target of a small world may be.
  fileprivate var digits: Int64 {
    let phase: Int64 =
      switch state {
      case .creating: 0
      case .updating: 1
      case .deleting: 2
      default: 3
      }
    let isOne = resource?.shown.hasSuffix("1") == true
    return 1 + phase + (isOne ? 4 : 0) + (attributes[1] == "on" ? 8 : 0)
      + (name == Duel.names[1] ? 16 : 0)
  }
}
