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

  /// The reads of one look: who holds the resource, those known to hold it, and at last the
  /// target itself.
  struct Sighting: Sendable {
    let task: Int
    var key = ""
    var looks: [String: Look] = [:]
    var holderViews: [String: Int] = [:]
    /// True if another read of the same look came after it.
    var isContinued = false
    /// What it said of the target.
    var target: Look? { looks[key] }
  }

  var assignment: Assignment?
  /// When it was told.
  var plannedAt = 0
  var steps: [StepID: Step] = [:]
  var changes: [String: Change] = [:]
  /// What its lease is on.
  var place: String?
  /// When it took it, and whether from somebody who stood still.
  var leasedAt: Duration = .zero
  var tookOver = false
  /// True once its journal is lost.
  var isForgotten = false
  /// When it last stood still; far in the future while it does.
  var stoodFrom: Duration = .zero
  var stoodTo: Duration = .zero
  private var sightings: [Sighting] = []
  /// Who gives up or takes a resource by the plan.
  private var names: [String: Set<String>] = [:]
  /// Whether the second half of a re-attachment would be taken, by the target's name.
  var askedAhead: [String: Bool] = [:]
  var pausedAt: Duration = .zero
  var pausedUntil: Duration = .zero
  /// The intents on the disk that are not finished, by the target's name.
  var intents: [String: Intent] = [:]
  /// What was known when an intent was recorded, by the target's name.
  var decisions: [String: Sighting] = [:]
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

  mutating func begin(_ assignment: Assignment, at event: Int) {
    let former = self
    self = PartyHistory()
    (place, leasedAt, tookOver) = (former.place, former.leasedAt, former.tookOver)
    (stoodFrom, stoodTo) = (former.stoodFrom, former.stoodTo)
    (signalledAt, isAbandoned) = (former.signalledAt, former.isAbandoned)
    self.assignment = assignment
    plannedAt = event
    for step in assignment.plan.steps { steps[step.id] = step }
    for change in assignment.plan.changes {
      let key = change.address.nameKey
      changes[key] = change
      if let resource = assignment.observed[key]?.resource {
        names[resource.key, default: []].insert(key)
      }
      if let resource = assignment.desired[key]?.heldResource {
        names[resource.key, default: []].insert(key)
      }
    }
  }

  mutating func note(_ record: JournalRecord, at now: Duration) {
    switch record {
    case .started, .ended: break
    case .intended(let intent):
      intents[intent.address.nameKey] = intent
      decisions[intent.address.nameKey] = sighting(of: intent.address.nameKey, intent.act, at: now)
    case .submitted(let step, _): if let key = key(of: step) { submitted.insert(key) }
    case .finished(let step, let result):
      guard let key = key(of: step) else { return }
      submitted.remove(key)
      // What nobody knows of stays open.
      if case .unknown = result { return }
      intents[key] = nil
    }
  }

  /// The last look at a target; for an attach, one that asked for the holders of its resource.
  func sighting(of key: String, _ act: Act, at now: Duration) -> Sighting? {
    let resource = assignment?.desired[key]?.heldResource?.key
    let isReattaching = changes[key]?.action.isReplacement == true
    if act.isRemoval, isReattaching, let resource {
      // Before the first half is looked for what would make the second one fail.
      let look = sightings.last { $0.key == key && $0.holderViews[resource] != nil }
      if let target = look?.target, target.event > lastSend[key] ?? -1 { return look }
    }
    guard act == .attach, let resource else {
      let alone = sightings.last { $0.key == key && $0.holderViews.isEmpty }
      if let look = alone?.target, isFresh(look, at: now), look.event > lastSend[key] ?? -1 {
        return alone
      }
      return sightings.last { $0.key == key }
    }
    let looks = sightings.filter { $0.key == key && $0.holderViews[resource] != nil }
    // Another step's look, which is not at its end, may have come by here: it lacks a holder.
    let holders = changes.filter { other, change in
      other != key && change.action.release != nil
        && assignment?.observed[other]?.resource?.key == resource
    }.keys
    return looks.last { look in !look.isContinued && holders.allSatisfy { look.looks[$0] != nil } }
      ?? looks.last { !$0.isContinued } ?? looks.last
  }

  /// True if a look is new enough for a write; a run that stood still can't know it, but its lease
  /// and its machine see to it that it was not for long.
  func isFresh(_ look: Look, at now: Duration) -> Bool {
    let stood = max(.zero, min(now, stoodTo) - max(look.time, stoodFrom))
    return now - look.time - min(stood, .seconds(34)) < .seconds(3)
  }

  /// A look at a resource begins.
  mutating func sawHolders(of resource: String, view: Int, in task: Int) {
    add(Sighting(task: task, holderViews: [resource: view]))
  }

  /// A read that belongs to the look that its task is at, or is one by itself.
  ///
  /// Tasks have no names of their own, so a read belongs to a look only if it can.
  mutating func saw(_ key: String, _ look: Look, in task: Int) {
    var sighting = Sighting(task: task)
    if let index = sightings.lastIndex(where: { $0.task == task }),
      sightings[index].looks[key] == nil,
      let resource = sightings[index].holderViews.keys.first,
      names[resource]?.contains(key) == true
    {
      sighting = sightings[index]
      sightings[index].isContinued = true
    }
    sighting.key = key
    sighting.looks[key] = look
    add(sighting)
  }

  private mutating func add(_ sighting: Sighting) {
    if sightings.count > 40 { sightings.removeFirst(20) }
    sightings.append(sighting)
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
