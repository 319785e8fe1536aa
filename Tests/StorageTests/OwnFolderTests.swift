import ApplyJournal
import Planning
import Synchronization
import TargetModel
import Testing

@testable import Storage

/// What Berth keeps beside a stack: journals, the lock and the key of fingerprints.
@Suite struct OwnFolderTests {
  private let entries = [
    JournalEntry(
      milliseconds: 1,
      record: .started(RunHeader(run: "r", stack: "s", workspace: "w", planDigest: "d"))),
    JournalEntry(milliseconds: 2, record: .ended(.complete)),
  ]

  // MARK: Journals

  @Test func `a journal can be read when an append returns`() throws {
    let folder = try TemporaryFolder()
    let own = folder.path + "/journals"
    let journal = try JournalFile("run-1.jsonl", in: own)
    for (index, entry) in entries.enumerated() {
      try journal.append(entry)
      let reading = try JournalFile.read("run-1.jsonl", in: own)
      #expect(reading.entries == Array(entries[...index]))
      #expect(reading.damage == nil)
    }
    #expect(folder.permissions("journals") == 0o700)
    #expect(folder.permissions("journals/run-1.jsonl") == 0o600)
  }

  @Test func `F23 a sync that failed once is never tried into success`() throws {
    let folder = try TemporaryFolder()
    let calls = Mutex(0)
    // 5 is EIO; the disk would be well again at the third call.
    let journal = try JournalFile("run-1.jsonl", in: folder.path + "/journals") { _ in
      calls.withLock { count in
        count += 1
        return count == 2 ? 5 : 0
      }
    }
    try journal.append(entries[0])
    try journal.sync()
    try journal.append(entries[1])
    for _ in 0..<3 {
      let failure = #expect(throws: JournalWriteFailure.self) { try journal.sync() }
      #expect(failure?.reason.contains("error") == true)
      #expect(throws: JournalWriteFailure.self) { try journal.append(entries[1]) }
    }
    #expect(calls.withLock(\.self) == 2)
  }

  @Test func `F2 T20 a torn tail is cut and told`() throws {
    let folder = try TemporaryFolder()
    let own = folder.path + "/journals"
    let journal = try JournalFile("run-1.jsonl", in: own)
    for entry in entries { try journal.append(entry) }
    let text = try #require(folder.text("journals/run-1.jsonl"))
    folder.put("journals/run-2.jsonl", String(text.dropLast(3)))
    let reading = try JournalFile.read("run-2.jsonl", in: own)
    #expect(reading.entries == Array(entries[..<1]))
    #expect(reading.damage?.line == 2)
  }

  @Test func `F2 T20 a journal of another version, or none, is refused`() throws {
    let folder = try TemporaryFolder()
    folder.put("a.jsonl", "{\"v\":9}\n")
    folder.link("b.jsonl", to: "a.jsonl")
    #expect(throws: JournalReadFailure.journal(.unknownVersion(9))) {
      try JournalFile.read("a.jsonl", in: folder.path)
    }
    for name in ["b.jsonl", "c.jsonl"] {
      #expect(throws: JournalReadFailure.self) { try JournalFile.read(name, in: folder.path) }
    }
  }

  @Test func `T20 nobody else's file becomes a journal`() throws {
    let folder = try TemporaryFolder()
    folder.put("journals/run-1.jsonl", "mine")
    folder.makePrivate("journals")
    folder.link("journals/run-2.jsonl", to: "../elsewhere")
    for name in ["run-1.jsonl", "run-2.jsonl"] {
      #expect(throws: FileFailure.self) { try JournalFile(name, in: folder.path + "/journals") }
    }
    #expect(folder.text("journals/run-1.jsonl") == "mine")
    #expect(!folder.names().contains("elsewhere"))
  }

  @Test func `the last twenty journals are kept`() throws {
    let folder = try TemporaryFolder()
    let own = folder.path + "/journals"
    let names = (10..<40).map { "run-\($0).jsonl" }
    for name in names { _ = try JournalFile(name, in: own) }
    #expect(JournalFile.names(in: own) == Array(names.suffix(20)))
  }

  // MARK: Applied plans

  @Test func `an applied plan is remembered for ever, and no other is`() throws {
    let folder = try TemporaryFolder()
    let own = folder.path + "/.berth"
    let plans = try AppliedPlans(in: own)
    let key = String(repeating: "a", count: 64)
    #expect(try !plans.contains(key))
    try plans.add(key, run: "run-1")
    #expect(try plans.contains(key))
    #expect(try AppliedPlans(in: own).contains(key))
    #expect(try !plans.contains(String(repeating: "b", count: 64)))
    #expect(folder.permissions(".berth") == 0o700)
    #expect(folder.permissions(".berth/applied-plans") == 0o600)
  }

  @Test func `T20 a torn line is no applied plan, and the next one stands whole`() throws {
    let folder = try TemporaryFolder()
    let own = folder.path + "/.berth"
    let plans = try AppliedPlans(in: own)
    let (first, second) = (String(repeating: "a", count: 64), String(repeating: "b", count: 64))
    try plans.add(first, run: "run-1")
    folder.put(".berth/applied-plans", (folder.text(".berth/applied-plans") ?? "") + "bbbb")
    #expect(try !plans.contains("bbbb"))
    try plans.add(second, run: "run-2")
    #expect(try plans.contains(first))
    #expect(try plans.contains(second))
  }

  @Test func `T20 the list of applied plans is never reached through a link`() throws {
    let folder = try TemporaryFolder()
    folder.makeFolder("own", permissions: 0o700)
    folder.put("precious", "mine")
    folder.link("own/applied-plans", to: "../precious")
    let plans = try AppliedPlans(in: folder.path + "/own")
    #expect(throws: FileFailure.self) { try plans.contains("a") }
    #expect(throws: FileFailure.self) { try plans.add("a", run: "run-1") }
    #expect(folder.text("precious") == "mine")
  }

  @Test func `T20 a folder that others may write to is not trusted`() throws {
    let folder = try TemporaryFolder()
    folder.makeFolder("own", permissions: 0o777)
    #expect(throws: FileFailure.self) { try AppliedPlans(in: folder.path + "/own") }
  }

  // MARK: The key

  @Test func `a key is made once and kept for its owner alone`() throws {
    let folder = try TemporaryFolder()
    let own = folder.path + "/.berth"
    #expect(try FingerprintKey.load(from: own) == nil)
    let key = try FingerprintKey.loadOrCreate(in: own) { Array(repeating: 7, count: $0) }
    #expect(key == Array(repeating: 7, count: 32))
    let again = try FingerprintKey.loadOrCreate(in: own) { Array(repeating: 8, count: $0) }
    #expect(again == key)
    #expect(folder.permissions(".berth/fingerprint-key") == 0o600)
    #expect(folder.names(in: own) == ["fingerprint-key"])
  }

  @Test func `T20 a key that others read, a short one and a link are refused`() throws {
    let key = String(repeating: "k", count: 32)
    let bad: [(TemporaryFolder) -> Void] = [
      { $0.put("own/fingerprint-key", key, permissions: 0o644) },
      { $0.put("own/fingerprint-key", "short", permissions: 0o600) },
      {
        $0.put("key", key, permissions: 0o600)
        $0.link("own/fingerprint-key", to: "../key")
      },
    ]
    for prepare in bad {
      let folder = try TemporaryFolder()
      folder.makeFolder("own", permissions: 0o700)
      prepare(folder)
      #expect(throws: FileFailure.self) {
        try FingerprintKey.loadOrCreate(in: folder.path + "/own") {
          Array(repeating: 1, count: $0)
        }
      }
    }
  }
}
