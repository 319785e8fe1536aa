import ApplyJournal
import Foundation
import Planning
import Storage
import TargetModel
import Testing

@testable import Commands

/// What the journals of earlier applies tell.
@Suite struct LastRunTests {
  private static let address = TargetAddress(kind: "aks", name: "inference")

  /// Keeps the journal of a run that stopped behind some steps, or came to its end.
  private static func keep(
    _ run: String, begun milliseconds: Int, _ act: Act, isComplete: Bool, in folder: TemporaryFolder
  ) throws {
    let journal = try JournalFile(run + ".jsonl", in: folder.url.path + "/journals")
    let header = RunHeader(run: run, stack: "s", workspace: "w", planDigest: "d")
    let step = StepID(1)
    let records: [JournalRecord] = [
      .started(header), .intended(Intent(step: step, act: act, address: address)),
      .finished(step, .done),
    ]
    for record in records + (isComplete ? [.ended(.complete)] : []) {
      try journal.append(JournalEntry(milliseconds: milliseconds, record: record))
    }
  }

  @Test(arguments: [("aaaaaa", "bbbbbb"), ("bbbbbb", "aaaaaa")])
  func `F1 of two runs that began in one second the later one is the last`(
    first: String, second: String
  ) throws {
    let folder = try TemporaryFolder()
    let time = "20260105120000-"
    try Self.keep(time + first, begun: 100, .attach, isComplete: true, in: folder)
    try Self.keep(time + second, begun: 900, .detach, isComplete: false, in: folder)
    let last = LastRun(of: "s", in: folder.url.path)
    #expect(last.history.unfinished?.run == time + second)
    #expect(last.history.stranded == ["inference"])
    #expect(last.historyNow(in: folder.url.path) == last.history)
  }
}
