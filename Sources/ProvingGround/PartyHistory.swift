internal import ApplyJournal
internal import Planning
internal import TargetModel

/// What the history told of one run.
struct PartyHistory: Sendable {
  /// The last look at a target.
  struct Look: Sendable {
    let target: ObservedTarget?
    /// When it came back.
    let event: Int
    /// Up to which event it saw.
    let view: Int
    let time: Duration
  }

  /// What a run knew when it decided on a write: when its intent was recorded.
  struct Decision: Sendable {
    let looks: [String: Look]
    let holderViews: [String: Int]
  }

  var assignment: Assignment?
  var steps: [StepID: Step] = [:]
  var changes: [String: Change] = [:]
  var hasLock = false
  var looks: [String: Look] = [:]
  var holderViews: [String: Int] = [:]
  var pausedAt: Duration = .zero
  var pausedUntil: Duration = .zero
  /// The intents on the disk that are not finished, by the target's name.
  var intents: [String: Intent] = [:]
  /// What was known when an intent was recorded, by the target's name.
  var decisions: [String: Decision] = [:]
  /// The step on a target whose operation the service took.
  var submitted: Set<String> = []
  /// When the run's last write to a target was sent.
  var lastSend: [String: Int] = [:]
  /// Which steps were sent, how often.
  var sends: [StepID: Int] = [:]
  /// When the service took a step's request, each time.
  var arrivals: [StepID: [Int]] = [:]
  /// When a step took effect.
  var effects: [StepID: Int] = [:]
  var signalledAt: Duration?
  /// True once a second signal came.
  var isAbandoned = false
  /// The steps that were sent or done before a signal.
  var sentBeforeSignal: Set<StepID> = []

  mutating func begin(_ assignment: Assignment) {
    let hadLock = hasLock
    self = PartyHistory()
    hasLock = hadLock
    self.assignment = assignment
    for step in assignment.plan.steps { steps[step.id] = step }
    for change in assignment.plan.changes { changes[change.address.nameKey] = change }
  }

  mutating func note(_ record: JournalRecord) {
    switch record {
    case .started, .ended: break
    case .intended(let intent):
      intents[intent.address.nameKey] = intent
      decisions[intent.address.nameKey] = Decision(looks: looks, holderViews: holderViews)
    case .submitted(let step, _): if let key = key(of: step) { submitted.insert(key) }
    case .finished(let step, let result):
      guard let key = key(of: step) else { return }
      submitted.remove(key)
      // What nobody knows of stays open.
      if case .unknown = result { return }
      intents[key] = nil
    }
  }

  private func key(of step: StepID) -> String? { steps[step]?.address.nameKey }

  mutating func signal(at time: Duration) {
    guard signalledAt == nil else { return }
    signalledAt = time
    sentBeforeSignal.formUnion(sends.keys)
  }

  /// How far the run is with a target.
  func state(of key: String, isRead: Bool) -> MachineState {
    guard assignment != nil else { return .planning }
    if submitted.contains(key) { return isRead ? .verifying : .polling }
    return isRead ? .looking : .submitting
  }
}
