internal import ApplyJournal
internal import Planning
internal import Synchronization
internal import TargetModel

/// The disk on which a run keeps its journal.
final class Disk: JournalWriting, Sendable {
  private struct State {
    var entries: [JournalEntry] = []
    /// How many of them are on the disk for certain.
    var synced = 0
    /// What is left of a line that was being written.
    var tail: [UInt8] = []
    var isBroken = false
    /// True once a line was being written when the run was killed.
    var hasEnded = false

    var bytes: [UInt8] {
      entries.enumerated().flatMap { Array(JournalCodec.line($1, number: $0).utf8) } + tail
    }
  }

  private let world: World
  private let party: Party
  private let state = Mutex(State())

  init(_ world: World, _ party: Party) {
    self.world = world
    self.party = party
  }

  /// What a later run can read of it.
  func reading() -> [JournalEntry] {
    let state = state.withLock(\.self)
    // What is whole reads as it was written: `damage` looks at a few of those.
    guard !state.tail.isEmpty else { return state.entries }
    return (try? JournalCodec.read(state.bytes))?.entries ?? []
  }

  func append(_ entry: JournalEntry) throws(JournalWriteFailure) {
    if world.state.withLock({ $0.runs[party]?.isDead ?? true }) {
      tear(entry)
      throw JournalWriteFailure("is gone")
    }
    world.state.withLock { $0.runs[party]?.moment = entry.record.moment }
    let point = cutPoint(before: entry.record)
    if let point, world.cut(party, point) {
      tear(entry)
      throw JournalWriteFailure("is gone")
    }
    let fails = world.draw([.diskError], for: party) != nil
    if fails { world.with { $0.tell(.diskError, of: party) } }
    let isBroken = state.withLock { state in
      if fails { state.isBroken = true }
      guard !state.isBroken else { return true }
      state.entries.append(entry)
      return false
    }
    if isBroken { throw JournalWriteFailure("could not be written: the disk is full") }
    world.emit(.journaled(party, entry.record))
    if case .intended = entry.record, world.cut(party, .intentDurable) {
      try sync()
      throw JournalWriteFailure("is gone")
    }
    if case .submitted = entry.record {
      world.state.withLock { $0.runs[party]?.moment = .polling }
      if world.cut(party, .journaledNotVerified) { throw JournalWriteFailure("is gone") }
    }
  }

  func sync() throws(JournalWriteFailure) {
    let isBroken = state.withLock { state in
      if !state.isBroken { state.synced = state.entries.count }
      return state.isBroken
    }
    if isBroken { throw JournalWriteFailure("could not be written: the disk is full") }
  }

  private func cutPoint(before record: JournalRecord) -> CutPoint? {
    guard case .intended(let intent) = record else { return nil }
    let isSecondHalf =
      intent.act == .attach
      && state.withLock { state in
        state.entries.contains { entry in
          if case .intended(let former) = entry.record {
            former.act == .detach && former.address.nameKey == intent.address.nameKey
          } else {
            false
          }
        }
      }
    return isSecondHalf ? .betweenDetachAndAttach : .beforeIntent
  }

  /// The first line that is not there may have been at work when the run was killed, and be there in
  /// part.
  private func tear(_ entry: JournalEntry) {
    let isFirst = state.withLock { state in
      defer { state.hasEnded = true }
      return !state.hasEnded && !state.isBroken
    }
    guard isFirst else { return }
    if losePower(entry) { return }
    guard world.draw([.tornTail], for: party) != nil else { return }
    world.with { $0.tally.note(.tornTail, in: entry.record.moment) }
    let share = world.stage.choose(100)
    state.withLock { state in
      let line = Array(JournalCodec.line(entry, number: state.entries.count).utf8)
      state.tail = Array(line.prefix(line.count * share / 100))
    }
  }

  /// True if the machine went with the run: what was not brought to the disk is there in part.
  private func losePower(_ entry: JournalEntry) -> Bool {
    guard world.draw([.powerLost], for: party) != nil else { return false }
    world.with { $0.tally.note(.powerLost, in: entry.record.moment) }
    let open = state.withLock { $0.entries.count - $0.synced }
    let lost = open - world.stage.choose(open + 1)
    state.withLock { $0.entries.removeLast(lost) }
    return true
  }

  /// What a journal that could be written to its end does not tell; nil if it tells everything.
  func gap(in report: ApplyReport) -> String? {
    let (entries, isBroken) = state.withLock { ($0.entries, $0.isBroken) }
    guard !isBroken else { return nil }
    let journal = JournalState(replaying: entries)
    guard journal.end != nil else { return "the journal has no end" }
    for (step, outcome) in report.outcomes where outcome == .done {
      guard journal.status(of: step.id) == .finished(.done) else {
        return "the journal does not tell that \(step.id) is done"
      }
    }
    return nil
  }

  /// What a later process reads, held against what was written; nil if it is right.
  func damage(reading: ([UInt8]) -> [JournalEntry]?) -> String? {
    let (bytes, entries) = state.withLock { ($0.bytes, $0.entries) }
    guard let found = reading(bytes) else { return "the journal can't be read" }
    guard found == entries else {
      return "\(entries.count) records were written and \(found.count) are read"
    }
    return nil
  }
}

extension JournalRecord {
  /// How far a run is that writes it.
  fileprivate var moment: MachineState {
    switch self {
    case .started: .planning
    case .intended: .intending
    case .submitted: .submitting
    case .finished, .ended: .verifying
    }
  }
}
