import ApplyJournal
import BackendInterface
import Planning
import TargetModel
import TestSupport
import Testing

@testable import Execution

/// How long an apply takes when every call takes a tenth of a second, beside what no scheduler could
/// beat: the longest chain of steps, or all their calls shared by those who may work at once.
@Suite struct SchedulingTests {
  @Test(
    arguments: [Shape.flat, .chains, .fans],
    [(parallelism: 10, leastShare: 0.95), (parallelism: 50, leastShare: 0.90)])
  func `an apply waits for nobody but the service`(
    shape: Shape, demand: (parallelism: Int, leastShare: Double)
  ) {
    let wanted = shape.targets(count: 1_000)
    var service = PunctualService(planning(wanted, []).plan, wanted, demand.parallelism)
    let wall = service.run()
    #expect(service.report.isComplete)
    let work = Double(service.calls) * PunctualService.latency
    let bound = max(work / Double(demand.parallelism), work / 1_000 * Double(shape.depth))
    #expect(bound / wall >= demand.leastShare, "\(wall) s, and \(bound) s at least")
    #expect(wall >= bound - 1e-6, "faster than can be")
  }

  enum Shape: CaseIterable {
    case flat
    /// Four targets that depend on one another, 250 times.
    case chains
    /// One target and 99 that depend on it, ten times.
    case fans

    var depth: Int {
      switch self {
      case .flat: 1
      case .chains: 4
      case .fans: 2
      }
    }

    func targets(count: Int) -> [ComputeTarget] {
      (0..<count).map { number in
        var target = pool("p\(number)")
        let predecessor: Int? =
          switch self {
          case .flat: nil
          case .chains: number % 4 == 0 ? nil : number - 1
          case .fans: number % 100 == 0 ? nil : number - number % 100
          }
        target.settings.dependsOn = predecessor.map { [pool("p\($0)").address] } ?? []
        return target
      }
    }
  }
}

/// A service that answers each call after the same time, and has no operations that go on after it.
private struct PunctualService {
  static let latency = 0.1

  private var machine: ApplyMachine
  private var world = FakeWorld()
  /// What is on its way, in the order in which it is answered.
  private var answers: [(at: Duration, command: MachineCommand)] = []
  private var answered = 0
  private var now: Duration = .zero
  private(set) var calls = 0

  var report: ApplyReport { machine.report }

  init(_ plan: Plan, _ desired: [ComputeTarget], _ parallelism: Int) {
    machine = ApplyMachine(
      ApplyRequest(
        plan: plan, desired: desired, catalog: .invented, parallelism: parallelism, run: "r",
        planDigest: "d"),
      limits: ApplyLimits(), random: SeededRandom(seed: 1))
  }

  /// Carries the plan out, and says how many seconds it took.
  mutating func run() -> Double {
    send(.began)
    while !machine.isFinished, answered < answers.count {
      let next = answers[answered]
      if let wake = machine.nextWake, wake < next.at {
        now = wake
        send(.timePassed)
        continue
      }
      answered += 1
      now = next.at
      send(answer(next.command))
    }
    return now / .seconds(1)
  }

  private mutating func send(_ event: MachineEvent) {
    var events = [event]
    while !events.isEmpty {
      for command in machine.handle(events.removeFirst(), at: now) {
        switch command {
        case .tell: break
        case .append(let record): events.append(.journaled(record))
        case .look, .submit, .poll:
          calls += 1
          answers.append((now + .seconds(Self.latency), command))
        }
      }
    }
  }

  private mutating func answer(_ command: MachineCommand) -> MachineEvent {
    switch command {
    case .look(let step, let request):
      return .looked(step, .success(Sight(target: world.read(request.name), others: [])))
    case .submit(let step, let request, _):
      _ = world.submit(request)
      world.settle()
      return .submitted(step, .success(.finished))
    case .poll(let step, _): return .polled(step, .success(.succeeded))
    case .append, .tell: return .timePassed
    }
  }
}
