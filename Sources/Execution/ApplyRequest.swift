public import Planning
public import TargetModel

/// What to carry out, and how.
public struct ApplyRequest: Sendable {
  /// The plan. It is done as it stands; nothing is planned again.
  public let plan: Plan
  private let changeByAddress: [TargetAddress: Change]
  private let stepByID: [StepID: Step]
  /// The desired targets by address, secrets included: the bodies of creations and updates.
  public var desired: [TargetAddress: ComputeTarget]
  /// The kinds there are.
  public var catalog: KindCatalog
  /// How many steps may run at the same time.
  public var parallelism: Int
  /// The run's own id, for the journal.
  public var run: String
  /// The plan's digest, for the journal.
  public var planDigest: String

  /// A request; ten steps at a time unless said otherwise.
  public init(
    plan: Plan, desired: [ComputeTarget], catalog: KindCatalog, parallelism: Int = 10,
    run: String, planDigest: String
  ) {
    self.plan = plan
    changeByAddress = Dictionary(
      plan.changes.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
    stepByID = Dictionary(
      plan.steps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.desired = Dictionary(
      desired.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
    self.catalog = catalog
    self.parallelism = max(1, parallelism)
    self.run = run
    self.planDigest = planDigest
  }

  /// The change of a target, if there is one.
  func change(of address: TargetAddress) -> Change? { changeByAddress[address] }

  /// The step of an id, if the plan has it.
  func step(_ id: StepID) -> Step? { stepByID[id] }
}

/// The figures by which an apply waits and gives up (reliability.md section 2).
public struct ApplyLimits: Hashable, Sendable {
  /// How often a read, or a write that was certainly not done, is tried.
  public var tries = 6
  /// How often a write is tried whose outcome had to be found out by reading.
  public var triesAfterUnknownOutcome = 2
  /// How long a step may take.
  public var deadline: Duration = .seconds(30 * 60)
  /// How long to wait before asking for an operation, where the service does not say.
  public var firstPoll: Duration = .seconds(5)
  /// The longest such wait.
  public var longestPoll: Duration = .seconds(30)
  /// How often a running step tells that it is still running.
  public var progressInterval: Duration = .seconds(10)

  /// The defaults.
  public init() {}

  /// The wait before a try, counted from 1: 0.8 s x (2^n - 1), at most a minute.
  ///
  /// - Parameter jitter: from 0.8 to 1.3, so that callers do not come back together.
  func backOff(beforeTry number: Int, jitter: Double) -> Duration {
    let steps = Double((1 << min(number, 10)) - 1)
    return .milliseconds(Int64(min(60_000, 800 * steps * jitter)))
  }
}
