internal import ApplyJournal
internal import BackendInterface
internal import Execution
internal import Planning
internal import SimulatorBackend
internal import TargetModel

/// Follows the history of a world and says what should never have happened.
///
/// It knows the truth: each event comes with the world as it is right after it. What somebody else
/// did after a run's last read is nobody's fault, since the service has no conditional write; that
/// is what the `view` of an event is for.
struct Checker: Sendable {
  let mapping: WireMapping
  var violations: [Violation] = []
  var parties: [Party: PartyHistory] = [:]
  var now: Duration = .zero
  /// The number of the event at hand.
  private(set) var count = 0
  /// What shows as a holder, since when and by whom.
  var holdings: [String: Holding] = [:]
  /// Who touched a target, and when last.
  private(set) var touches: [String: [Touch]] = [:]
  /// The leases, by what they are on.
  var leases: [String: LeaseTruth] = [:]
  /// When a person last ended one.
  var forcedAt: [String: Duration] = [:]
  /// How long whoever takes a lease over waits before it plans.
  var window: Duration = .zero
  /// How many targets one plan may take away.
  var removalLimit: Int?
  /// What applies of each stack took away to bring it back, and did not yet.
  var away: [String: Set<String>] = [:]
  /// All that they took away, whether to bring it back or not.
  var takenAway: Set<String> = []
  /// When what applies of each stack deleted was gone, as their journals tell.
  var deletions: [String: [String: Duration]] = [:]
  /// The runs that made something and found under its name what was left of one before it.
  private(set) var metRemains: Set<Party> = []
  /// The names under which a late write left something behind.
  private var leftByLateWrites: Set<String> = []
  /// Whose operation is under way on a target.
  var flights: [String: Flight] = [:]

  struct Holding: Sendable {
    let resource: ResourceIdentity
    let since: Int
    let party: Party?
  }

  struct Touch: Sendable {
    var event: Int
    /// The run; nil for a person.
    let party: Party?
  }

  /// A write that the service took.
  struct Flight: Sendable {
    let party: Party
    let step: StepID?
    let act: Act
    let isLate: Bool
    /// Up to where the run had looked for holders when it sent this.
    let view: Int
    var hasEnded = false
    var hasFailed = false
  }

  init(_ mapping: WireMapping) { self.mapping = mapping }

  mutating func take(_ event: WorldEvent, at now: Duration, in truth: MemoryStore) {
    self.now = now
    count += 1
    switch event {
    case .planned(let party, let assignment): planned(party, assignment)
    case .nothingToDo(let party, let assignment): checkCommand(party, assignment)
    case .heldStale(let party, let reason, let assignment): heldStale(party, reason, assignment)
    case .proven(let party, let event): proven(party, since: event, truth)
    case .leased(let party, let place, let token, let from, let wasFree):
      leased(party, place, token, from, wasFree)
    case .renewed(_, let place): leases[place]?.renewed = now
    case .released(_, let place): leases[place]?.hasEnded = true
    case .unlockedByForce(let place):
      leases[place]?.hasEnded = true
      forcedAt[place] = now
    case .stood(let party, let stands): stood(party, stands)
    case .journalsLost(let stack):
      (away[stack], deletions[stack]) = (nil, nil)
      for (party, history) in parties where history.assignment?.stack == stack {
        parties[party]?.isForgotten = true
      }
    case .toldDrift(let keys): toldDrift(keys, truth)
    case .asked(let party, let isWrite): checkPause(party, isWrite)
    case .paused(let party, let until):
      let former = parties[party]?.pausedUntil ?? .zero
      // By a clock that goes a tenth too fast.
      parties[party, default: .init()].pausedUntil = max(former, now + (until - now) * 10 / 11)
      parties[party]?.pausedAt = now
    case .saw(let party, let key, let target, let view, let task):
      let look = PartyHistory.Look(target: target, event: count, view: view, time: now)
      parties[party, default: .init()].saw(key, look, in: task)
    case .sawHolders(let party, let resource, let view, let task):
      parties[party, default: .init()].sawHolders(of: resource, view: view, in: task)
    case .askedAhead(let party, let key, let isFree): parties[party]?.askedAhead[key] = isFree
    case .journaled(let party, let record): journaled(party, record)
    case .sent(let party, let request): sent(party, request, truth)
    case .arrived(let party, let step, let request, let view, let isLate):
      arrived(party, step, request, view, isLate, truth)
    case .portal(let key):
      touch(key, by: nil)
      // An operation does not outlive its target.
      if truth.compute(key)?.operation == nil { flights[key]?.hasEnded = true }
      updateHolding(key, nil, truth)
    case .effect(let entry): effect(entry, truth)
    case .told(let party, let event): told(party, event, truth)
    case .signalled(let party): parties[party, default: .init()].signal(at: now)
    case .abandoned(let party): parties[party, default: .init()].isAbandoned = true
    case .finished(let party, let report, let elapsed): finished(party, report, elapsed)
    case .crashed: break
    }
  }

  mutating func expect(_ holds: Bool, _ invariant: Invariant, _ words: @autoclosure () -> String) {
    if !holds, violations.count < 20 {
      violations.append(Violation(invariant: invariant, words: words(), event: count))
    }
  }

  /// True if somebody else touched a target after an event.
  func isTouched(_ key: String, since event: Int, butBy party: Party) -> Bool {
    touches[key]?.contains { $0.party != party && $0.event > event } ?? false
  }

  /// True if anybody touched a target after an event.
  func isTouched(_ key: String, since event: Int) -> Bool {
    touches[key]?.contains { $0.event > event } ?? false
  }

  private mutating func touch(_ key: String, by party: Party?) {
    if let index = touches[key]?.firstIndex(where: { $0.party == party }) {
      touches[key]?[index].event = count
    } else {
      touches[key, default: []].append(Touch(event: count, party: party))
    }
  }

  func target(_ key: String, in truth: MemoryStore) -> ObservedTarget? {
    truth.compute(key).flatMap { mapping.target(in: $0.body) }
  }

  // MARK: Facts

  private mutating func arrived(
    _ party: Party, _ step: StepID?, _ request: WriteRequest, _ view: Int, _ isLate: Bool,
    _ truth: MemoryStore
  ) {
    let key = request.name.lowercased()
    // What was stuck on its way is nobody's by now.
    touch(key, by: isLate ? nil : party)
    flights[key] = Flight(
      party: party, step: step, act: request.act, isLate: isLate, view: view)
    if let step { parties[party]?.arrivals[step, default: []].append(count) }
    // What has no operation is done with its answer.
    if truth.compute(key)?.operation == nil { ended(key, failed: false) }
    updateHolding(key, party, truth)
  }

  /// Notes since when a target shows as the holder of what it holds.
  private mutating func updateHolding(_ key: String, _ party: Party?, _ truth: MemoryStore) {
    guard let resource = truth.compute(key)?.resource else {
      holdings[key] = nil
      return
    }
    if let former = holdings[key], former.resource == resource { return }
    holdings[key] = Holding(resource: resource, since: count, party: party)
  }

  private mutating func effect(_ entry: HistoryEntry, _ truth: MemoryStore) {
    let key = entry.name.lowercased()
    let flight = flights[key].flatMap { $0.hasEnded ? nil : $0 }
    let last = flights[key]
    switch HistoryEvent(rawValue: entry.event) {
    case .attached:
      if let flight, flight.act == .attach { checkHolders(key, flight, truth) }
      ended(key, failed: false)
    // Whoever broke it was told apart when that attach took effect.
    case .attachmentBroken: touch(key, by: nil)
    case .failed: ended(key, failed: true)
    case .created, .updated, .deleted, .detached, .started, .stopped, .restarted:
      ended(key, failed: false)
    case .resourceDestroyed:
      expect(
        last.map { isExcused($0, key) } ?? true, .notOurs,
        "the resource of \(entry.name) was deleted with it")
    case .orphaned:
      if last?.isLate == true { leftByLateWrites.insert(key) }
      expect(
        last.map { isExcused($0, key) } ?? true, .notOurs,
        "the machines of \(entry.name) were left behind")
    case .orphanAdopted: cameBack(key, flight)
    case .changedInPortal, .removedInPortal, nil: break
    }
    if truth.compute(key)?.isInEffect == true { noteReturn(of: key) }
    updateHolding(key, flight?.party, truth)
  }

  /// A creation found what had been deleted under its name: it is not what was asked for, and a run
  /// that deleted it itself, or whose stack did, had to wait.
  private mutating func cameBack(_ key: String, _ flight: Flight?) {
    guard let flight, let history = parties[flight.party] else { return }
    metRemains.insert(flight.party)
    let isOwnWork =
      history.assignment?.plan.steps.contains {
        $0.address.nameKey == key && $0.act == .delete && history.effects[$0.id] != nil
      } ?? false
    let stack = history.assignment?.stack ?? ""
    let wasGone = deletions[stack]?[key].map { $0 < history.leasedAt } ?? false
    let isOurWork = wasGone || away[stack]?.contains(key) == true
    let isNobodysWork = flight.isLate || leftByLateWrites.remove(key) != nil
    expect(
      isNobodysWork || !(isOwnWork || isOurWork), .usedTooSoon,
      "run \(flight.party) made \(key) before it was gone for certain")
    ended(key, failed: true)
  }

  /// True if a write met something else than what its run had seen.
  private func isExcused(_ flight: Flight, _ key: String) -> Bool {
    flight.isLate || isTouched(key, since: flight.view, butBy: flight.party)
  }

  private mutating func ended(_ key: String, failed: Bool) {
    guard let flight = flights[key], !flight.hasEnded else { return }
    flights[key]?.hasEnded = true
    flights[key]?.hasFailed = failed
    touch(key, by: flight.party)
    if !failed, let step = flight.step {
      if parties[flight.party]?.effects[step] == nil { noteRemoval(of: key, flight) }
      parties[flight.party]?.effects[step] = count
    }
  }

  /// O1 and O2, at the moment in which an attach takes effect.
  private mutating func checkHolders(_ key: String, _ flight: Flight, _ truth: MemoryStore) {
    guard let resource = truth.compute(key)?.resource else { return }
    for (other, holding) in holdings where other != key && holding.resource.clashes(with: resource)
    {
      guard holding.since <= flight.view, let holder = truth.compute(other), holder.isInEffect
      else { continue }
      expect(
        false, .twoHolders,
        "run \(flight.party) attached \(key) while \(other) held \(resource.shown)")
      expect(
        false, .attachmentBroken, "run \(flight.party) attached \(key), which broke \(other)")
    }
  }

  // MARK: Journals and pauses

  private mutating func checkPause(_ party: Party, _ isWrite: Bool) {
    guard let history = parties[party], now > history.pausedAt, now < history.pausedUntil,
      // What it was told before it stood still it may hear only afterwards.
      history.stoodTo <= history.pausedAt
    else { return }
    // A look is several reads; one that is under way ends.
    if !isWrite, now < history.pausedAt + .seconds(10) { return }
    let words = "run \(party) asked at \(now), and was told to wait until \(history.pausedUntil)"
    expect(false, .tooOften, words)
  }

  private mutating func journaled(_ party: Party, _ record: JournalRecord) {
    parties[party, default: .init()].note(record, at: now)
    if case .intended(let intent) = record, intent.act.isRemoval {
      takenAway.insert(intent.address.nameKey)
    }
    switch record {
    case .finished(_, .failed(_, let message)), .finished(_, .unknown(_, let message)):
      checkCanary(message)
    case .started, .intended, .submitted, .finished, .ended: break
    }
  }

  mutating func checkCanary(_ text: String) {
    expect(!text.contains(Scene.canary), .canary, "a secret stands in: \(text)")
  }
}
