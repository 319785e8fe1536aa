import ApplyJournal
import Planning
import TargetModel
import TestSupport
import Testing

/// A run with one of everything.
private let story: [JournalRecord] = [
  .started(
    RunHeader(run: "r1", stack: "ml-prod", workspace: "/subscriptions/s", planDigest: "sha256:ab")),
  .intended(
    Intent(step: StepID(1), act: .detach, address: address("link", "a"), resource: "/x/\"y\"\n")),
  .submitted(StepID(1), operation: "https://example.test/ops/1?x=1"),
  .finished(StepID(1), .done),
  .intended(
    Intent(
      step: StepID(2), act: .attach, address: address("link", "Ünicode\u{2028}"), resource: nil)),
  .finished(StepID(2), .unknown(code: "reply-lost", message: "No answer.")),
  .finished(StepID(3), .failed(code: "Quota", message: "Too much.")),
  .intended(Intent(step: StepID(4), act: .start, address: address("box", "b"))),
  .finished(StepID(4), .notSent),
  .intended(Intent(step: StepID(5), act: .delete, address: address("pool", "c"))),
  .submitted(StepID(5), operation: nil),
  .ended(.partial),
]

private func address(_ kind: KindName, _ name: String) -> TargetAddress {
  TargetAddress(kind: kind, name: name)
}

private let entries = story.enumerated().map { index, record in
  JournalEntry(milliseconds: 1_767_603_600_000 + index, record: record)
}

private let lines = entries.enumerated().map { JournalCodec.line($1, number: $0) }

@Test func `writing and reading a journal is identity`() throws {
  let reading = try JournalCodec.read(Array(lines.joined().utf8))
  #expect(reading.entries == entries)
  #expect(reading.damage == nil)
}

@Test func `a line is one line, whatever its texts hold`() {
  for line in lines {
    #expect(line.count { $0.isNewline } == 1)
    #expect(line.hasSuffix("\n"))
  }
}

@Test func `F2 T20 a journal cut at any byte replays to what was whole before the cut`() throws {
  let bytes = Array(lines.joined().utf8)
  var ends: [Int] = []
  for line in lines { ends.append((ends.last ?? 0) + line.utf8.count) }
  for cut in 0...bytes.count {
    let reading = try JournalCodec.read(Array(bytes[..<cut]))
    let whole = ends.count { $0 <= cut }
    #expect(reading.entries == Array(entries[..<whole]), "cut at \(cut)")
    #expect((reading.damage != nil) == (cut > (whole == 0 ? 0 : ends[whole - 1])), "cut at \(cut)")
    #expect(JournalState(replaying: reading.entries) == state(after: whole), "cut at \(cut)")
  }
}

@Test func `F2 T20 a damaged byte cuts the journal at its line`() throws {
  let bytes = Array(lines.joined().utf8)
  var random = SeededRandom(seed: 7)
  for _ in 0..<400 {
    var damaged = bytes
    let place = Int.random(in: 0..<bytes.count, using: &random)
    damaged[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
    let line = bytes[..<place].count { $0 == UInt8(ascii: "\n") }
    do {
      let reading = try JournalCodec.read(damaged)
      #expect(reading.entries == Array(entries[..<line]), "byte \(place)")
      #expect(reading.damage?.line == line + 1, "byte \(place)")
    } catch JournalFailure.unknownVersion {
      #expect(line == 0, "only the first line tells the version, not byte \(place)")
    }
  }
}

@Test func `a missing line is noticed although every other line is whole`() throws {
  var fewer = lines
  fewer.remove(at: 3)
  let reading = try JournalCodec.read(Array(fewer.joined().utf8))
  #expect(reading.entries == Array(entries[..<3]))
  #expect(reading.damage?.reason == "a line before it is missing")
  #expect(reading.damage?.line == 4)
}

@Test func `T20 another version is refused`() throws {
  let other = lines.joined().replacing("\"v\":1", with: "\"v\":2")
  #expect(throws: JournalFailure.unknownVersion(2)) { try JournalCodec.read(Array(other.utf8)) }
}

@Test func `what is no journal at all is damage`() throws {
  for text in ["\n", "null\n", "{}\n", "[]\n", "{\"v\":1}\n", "hello"] {
    let reading = try JournalCodec.read(Array(text.utf8))
    #expect(reading.entries.isEmpty)
    #expect(reading.damage?.discardedBytes == text.utf8.count)
  }
}

@Test func `replaying tells how far each step is and what is unsettled`() {
  let state = JournalState(replaying: entries)
  #expect(state.run?.run == "r1")
  #expect(state.end == .partial)
  #expect(state.steps == (1...5).map { StepID($0) })
  #expect(state.status(of: StepID(1)) == .finished(.done))
  #expect(state.status(of: StepID(3)) == .finished(.failed(code: "Quota", message: "Too much.")))
  #expect(state.status(of: StepID(5)) == .submitted(operation: nil))
  #expect(state.status(of: StepID(9)) == nil)
  // Nobody knows of the second, whose answer was lost, nor of the fifth, which never ended.
  #expect(state.unsettled.map(\.step) == [StepID(2), StepID(5)])
}

@Test func `a history knows the operations that nobody saw end`() {
  func entry(_ record: JournalRecord) -> JournalEntry {
    JournalEntry(milliseconds: 0, record: record)
  }
  let step = StepID(1)
  let intent = JournalRecord.intended(
    Intent(step: step, act: .create, address: address("pool", "p")))
  let header = JournalRecord.started(
    RunHeader(run: "r", stack: "ours", workspace: "w", planDigest: "d"))
  var records: [JournalRecord] = [header, intent, .submitted(step, operation: "one")]
  func operations() -> [StepID: String] {
    var history = RunHistory(of: "ours")
    history.read(records.map(entry))
    return history.operations
  }
  #expect(operations() == [step: "one"])
  records.append(.finished(step, .unknown(code: "deadline", message: "Slow.")))
  #expect(operations() == [step: "one"])
  // Another try has an operation of its own, or none yet.
  records.append(intent)
  #expect(operations() == [:])
  records += [.submitted(step, operation: "two"), .finished(step, .done)]
  #expect(operations() == [:])
}

@Test func `an intent is unsettled from the moment it is written until its step ended`() {
  let unsettled = (0...4).map { state(after: $0).unsettled.map(\.step.number) }
  #expect(unsettled == [[], [], [1], [1], []])
  #expect(state(after: 4).end == nil)
}

private func state(after count: Int) -> JournalState {
  JournalState(replaying: entries[..<count])
}

@Test func `what an apply took away is remembered until it is there again`() {
  var history = RunHistory(of: "ml-prod")
  history.read(entries)
  #expect(history.stranded == ["a", "c"])
  #expect(history.deleted == ["c"])
  let again = [
    story[0],
    .intended(Intent(step: StepID(1), act: .create, address: address("pool", "C"), resource: nil)),
    .finished(StepID(1), .done),
  ].map { JournalEntry(milliseconds: 0, record: $0) }
  history.read(again)
  #expect(history.stranded == ["a"])
  #expect(history.deleted == [])

  // Read while another run brought it back.
  var earlier = RunHistory(of: "ml-prod")
  earlier.read(entries)
  history.keepRemovals(of: earlier)
  #expect(history.stranded == ["a", "c"])
  #expect(history.deleted == ["c"])
}
