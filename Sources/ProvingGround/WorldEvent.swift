internal import ApplyJournal
internal import BackendInterface
internal import Planning
internal import SimulatorBackend
internal import TargetModel

/// Who acts in a world: a run, by its number.
typealias Party = Int

/// Something that happened in a world.
///
/// A history of these is all that the invariants look at, beside the world itself.
enum WorldEvent: Sendable {
  /// A run is about to carry out a plan that no guard refused.
  case planned(Party, Assignment)
  /// A run does nothing, since its plan is empty.
  case nothingToDo(Party, Assignment)
  /// A run does nothing, since its saved plan relies on what holds no more.
  case heldStale(Party, PlanStaleness, Assignment)
  /// A run's lease stands. `from` had it before without giving it back; `wasFree` if that one was
  /// known to be gone.
  case leased(Party, String, token: Int64, from: Party?, wasFree: Bool)
  case renewed(Party, String)
  case released(Party, String)
  /// A person ended a lease whose holder may be alive.
  case unlockedByForce(String)
  /// A run stands still, or goes on.
  case stood(Party, Bool)
  /// A stack's journals are gone.
  case journalsLost(String)
  /// A drift job says that somebody moved these.
  case toldDrift([String])
  /// A run's call leaves it.
  case asked(Party, isWrite: Bool)
  /// A run was told to wait until then.
  case paused(Party, until: Duration)
  /// A run saw one target, or that there is none. `view` is the event up to which it saw,
  /// `task` tells the reads of one look from those of another.
  case saw(Party, key: String, ObservedTarget?, view: Int, task: Int)
  /// A run asked who holds a resource.
  case sawHolders(Party, resource: String, view: Int, task: Int)
  /// A run asked whether something could be made later.
  case askedAhead(Party, key: String, isFree: Bool)
  /// A run's record is durable.
  case journaled(Party, JournalRecord)
  /// A run's write leaves it.
  case sent(Party, WriteRequest)
  /// The service took a write, perhaps minutes after it was sent.
  case arrived(Party, StepID?, WriteRequest, view: Int, isLate: Bool)
  /// A person did something to a target.
  case portal(key: String)
  /// Something came to be in the workspace.
  case effect(HistoryEntry)
  case told(Party, ApplyEvent)
  /// A first signal.
  case signalled(Party)
  /// A second signal: the run ends at once.
  case abandoned(Party)
  case finished(Party, ApplyReport, elapsed: Duration)
  /// A run read back what it did, since an event, and says that nothing is left.
  case proven(Party, since: Int)
  case crashed(Party)
}

/// What a run is to carry out.
struct Assignment: Sendable {
  let stack: String
  let command: RunCommand
  let plan: Plan
  let desired: [String: ComputeTarget]
  /// What is seen right before it is carried out.
  let observed: [String: ObservedTarget]
  /// What was seen when the plan was made; the same, unless it was saved.
  let plannedFrom: [String: ObservedTarget]
  /// The plan that is resumed.
  var resumed: Plan?
  /// What earlier applies did, as journals tell.
  let history: RunHistory
}
