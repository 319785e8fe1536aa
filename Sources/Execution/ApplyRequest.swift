public import BackendInterface
public import Planning
public import TargetModel

/// What to carry out, and how.
public struct ApplyRequest: Sendable {
  /// The plan.
  ///
  /// It is done as it stands; nothing is planned again.
  public let plan: Plan
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
  /// The names, as names compare, under which an earlier apply removed something.
  ///
  /// Like those that the plan itself frees they are used again only when they are free for certain.
  public var freedNames: Set<String> = []
  /// Those of them under which it deleted something: what is left of that for a while would come back
  /// with the name (api.md section 8).
  ///
  /// When it was gone nobody knows any more, so the while counts from the beginning of this run.
  public var deletedNames: Set<String> = []

  /// A request; ten steps at a time unless said otherwise.
  public init(
    plan: Plan, desired: [ComputeTarget], catalog: KindCatalog, parallelism: Int = 10,
    run: String, planDigest: String
  ) {
    self.plan = plan
    self.desired = Dictionary(
      desired.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
    self.catalog = catalog
    self.parallelism = max(1, parallelism)
    self.run = run
    self.planDigest = planDigest
  }
}

/// The figures by which an apply waits and gives up (reliability.md section 2).
public struct ApplyLimits: Hashable, Sendable {
  /// How often a call is tried that fails for a passing reason.
  public var tries = 6
  /// How often a read is tried that fails without saying when to come back.
  ///
  /// One for a backend that tries reads again by itself.
  public var readTries = 6
  /// How often a write is sent whose answer gets lost.
  ///
  /// Each time the target is read first.
  public var triesAfterUnknownOutcome = 2
  /// How long a step may take before it is left as it stands.
  public var deadlines = StepDeadlines()
  /// How long to wait before asking for an operation again, where the service does not say.
  public var firstPoll: Duration = .seconds(5)
  /// The longest such wait.
  public var longestPoll: Duration = .seconds(30)
  /// How many reads in a row must show that a target is gone.
  ///
  /// One, since a backend shows at once a write that it answered; a service whose replicas lag
  /// needs more.
  public var absenceConfirmations = 1
  /// The same where something is to be made under a name that was in use: this plan, an earlier
  /// apply or the service says so.
  public var reuseConfirmations = 2
  /// The time between two such reads.
  public var absenceSpacing: Duration
  /// How long after a removal its absence does not count yet, where its name is used again.
  public var absenceWindow: Duration
  /// How often a target that came to rest, but not as wanted, is read before that is believed:
  /// operations are known to report success too early.
  public var readBacks = 3
  /// How old the read before a write may be when the write is sent, by when it was begun: a process
  /// or a disk that stood still for longer looks again.
  public var freshness: Duration = .seconds(30)
  /// How long what is due waits for what is due right behind it, so that the disk is waited for once
  /// for all of them; far below the seconds that Azure asks to wait.
  public var gathering: Duration = .milliseconds(5)
  /// How often a running step tells that it is still running.
  public var progressInterval: Duration = .seconds(10)

  /// The defaults.
  ///
  /// - Parameter consistency: the times of the service at hand.
  public init(_ consistency: ConsistencyTimes = ConsistencyTimes()) {
    absenceSpacing = consistency.spacing
    absenceWindow = consistency.window
  }
}
