internal import ApplyJournal
internal import Digests
internal import TargetModel

extension FuzzTarget {
  /// Journals: whatever a crash or a stranger left of one, what is whole of it replays.
  static let journal = FuzzTarget(name: "journal") { bytes throws(BrokenLaw) in
    // Nearly every change breaks a checksum, and what lies behind it would never be reached.
    _ = try? JournalCodec.read(bytes)
    try check(sealedLines(of: bytes))
  }
}

private func check(_ bytes: [UInt8]) throws(BrokenLaw) {
  guard let reading = try? JournalCodec.read(bytes) else { return }
  if let damage = reading.damage {
    try require("damage is told by its line", damage.line == reading.entries.count + 1)
    try require("damage is never empty", (1...bytes.count).contains(damage.discardedBytes))
    let whole = try? JournalCodec.read(bytes.dropLast(damage.discardedBytes))
    try require("without the damage it is whole", whole == JournalReading(entries: reading.entries))
  }
  var written = ""
  for (number, entry) in reading.entries.enumerated() {
    written += JournalCodec.line(entry, number: number)
  }
  let again = try? JournalCodec.read(Array(written.utf8))
  try require(
    "what is written reads the same", again == JournalReading(entries: reading.entries), written)
  try checkReplay(of: reading.entries)
}

private func checkReplay(of entries: [JournalEntry]) throws(BrokenLaw) {
  var state = JournalState()
  for entry in entries {
    state.replay(entry.record)
    guard case .intended(let intent) = entry.record else { continue }
    try require("an intent is unsettled at first", state.unsettled.contains(intent))
  }
  try require("one by one is all at once", JournalState(replaying: entries) == state)
  for intent in state.unsettled {
    let status = state.status(of: intent.step)
    try require("what is unsettled has begun", status != nil)
    try require("what is done is settled", status != .finished(.done))
  }
}

/// The text with the number and the checksum that each of its lines should have.
private func sealedLines(of bytes: [UInt8]) -> [UInt8] {
  var sealed: [UInt8] = []
  sealed.reserveCapacity(bytes.count)
  let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  for (number, line) in lines.enumerated() {
    if number > 0 { sealed.append(UInt8(ascii: "\n")) }
    guard case .map(var fields)? = try? AttributeValue(json: line) else {
      sealed += line
      continue
    }
    fields["n"] = .integer(number)
    fields["sum"] = nil
    fields["sum"] = .text(String(sha256(AttributeValue.map(fields).canonicalJSON).prefix(16)))
    sealed += AttributeValue.map(fields).canonicalJSON.utf8
  }
  return sealed
}
