import ApplyJournal
import Diagnostics
import Foundation
import Planning
import Reporting
import TargetModel
import TestSupport
import Testing

/// An apply as a terminal shows it while it runs.
struct ApplyProgressTests {
  private static let steps = [
    step(1, .detach, "kubernetes.k8s-prod"), step(2, .create, "amlcompute.gpu-a100"),
    step(3, .create, "amlcompute.cpu-small"), step(4, .attach, "kubernetes.k8s-prod", after: [1]),
    step(5, .update, "amlcompute.a-cluster-with-a-long-name"),
  ]

  private static func step(
    _ number: Int, _ act: Act, _ address: String, after: [Int] = []
  ) -> Step {
    let parts = address.split(separator: ".", maxSplits: 1).map(String.init)
    return Step(
      id: StepID(number), address: TargetAddress(kind: KindName(parts[0]), name: parts[1]),
      act: act, waitsFor: after.map(StepID.init))
  }

  private static func usual(_ durations: [(Act, String, Int)]) -> UsualDurations {
    var usual = UsualDurations()
    for (act, kind, seconds) in durations {
      usual.add(act, KindName(kind), took: .seconds(seconds))
    }
    return usual
  }

  private static let allUsual = usual([
    (.detach, "kubernetes", 30), (.attach, "kubernetes", 300), (.create, "amlcompute", 45),
    (.update, "amlcompute", 10),
  ])

  private func text(_ progress: ApplyProgress, at seconds: Int, _ size: TerminalSize) -> String {
    progress.rows(at: .seconds(seconds), size).map { $0.text(.plain) + "\n" }.joined()
  }

  @Test func `an apply from its beginning to its end, on terminals of several widths`() {
    let failure = StepFailure(code: "Full", message: "No room.")
    let story: [(Int, [ApplyEvent])] = [
      (0, []), (1, [.stepStarted(Self.steps[0]), .stepStarted(Self.steps[1])]),
      (12, [.stepStarted(Self.steps[2]), .stepStarted(Self.steps[4])]),
      (31, [.stepCompleted(Self.steps[0], elapsed: .seconds(30)), .stepStarted(Self.steps[3])]),
      (75, [.stepFailed(Self.steps[1], elapsed: .seconds(74), failure)]),
      (400, [.stepSkipped(Self.steps[2], because: .interrupted)]),
    ]
    var golden = ""
    for columns in [100, 60, 40, 16] {
      golden += "--- \(columns) columns\n"
      var progress = ApplyProgress(
        plan([], steps: Self.steps), usual: Self.allUsual, at: .zero)
      for (seconds, events) in story {
        for event in events { progress.handle(event, at: .seconds(seconds)) }
        if seconds == 400 { progress.interrupt() }
        var region = LiveRegion()
        let size = TerminalSize(columns: columns, rows: 24)
        var terminal = TerminalModel(columns: columns, rows: 24)
        terminal.write(
          region.draw(progress.rows(at: .seconds(seconds + 2), size), size, .plain))
        #expect(terminal.wrapCount == 0)
        golden += terminal.text + "\n"
      }
    }
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Goldens/live.txt").path
    let isRecording = ProcessInfo.processInfo.environment["BERTH_RECORD"] == "1"
    #expect(Golden.difference(golden, file, isRecording: isRecording) == nil)
  }

  @Test(arguments: [(24, 11), (10, 4), (6, 3), (4, 2), (3, 1), (2, 0)])
  func `never more rows than a terminal has, and what is left out is counted`(
    rows: Int, shown: Int
  ) {
    let steps = (1...50).map { Self.step($0, .create, "amlcompute.pool-\($0)x") }
    var progress = ApplyProgress(plan([], steps: steps), at: .zero)
    for step in steps { progress.handle(.stepStarted(step), at: .zero) }
    let text = text(progress, at: 3, TerminalSize(columns: 80, rows: rows))
    let lines = text.split(separator: "\n")
    #expect(lines.count <= rows - 1)
    #expect(lines.count { $0.contains("Creating...") } == max(0, shown - 1))
    #expect(lines.last == "0 of 50 steps done [3s elapsed]")
    if rows > 3 { #expect(text.contains("  and \(50 - shown + 1) more\n")) }
  }

  @Test func `what an interrupted apply waits for`() {
    var progress = ApplyProgress(plan([], steps: Self.steps), at: .zero)
    #expect(progress.waitsFor == "Nothing is running.")
    let sentences = Self.steps.map { step in
      progress.handle(.stepStarted(step), at: .zero)
      return progress.waitsFor
    }
    #expect(
      sentences == [
        "Waiting for kubernetes.k8s-prod (detaching).",
        "Waiting for kubernetes.k8s-prod (detaching) and amlcompute.gpu-a100 (creating).",
        "Waiting for kubernetes.k8s-prod (detaching), amlcompute.gpu-a100 (creating) and "
          + "amlcompute.cpu-small (creating).",
        "Waiting for kubernetes.k8s-prod (detaching), amlcompute.gpu-a100 (creating) and 2 more.",
        "Waiting for kubernetes.k8s-prod (detaching), amlcompute.gpu-a100 (creating) and 3 more.",
      ])
  }

  // MARK: How long it takes

  @Test func `the estimate is the longest chain, or all work shared among those that run`() {
    func left(_ parallelism: Int) -> String? {
      let progress = ApplyProgress(
        plan([], steps: Self.steps), usual: Self.allUsual, parallelism: parallelism, at: .zero)
      let text = text(progress, at: 0, TerminalSize(columns: 100, rows: 24))
      return text.firstMatch(of: /about (.+) left/).map { String($0.1) }
    }
    // Detach and attach one after the other: 30 + 300. One at a time: 30 + 45 + 45 + 300 + 10.
    #expect(left(10) == "5m30s")
    #expect(left(1) == "7m10s")
  }

  @Test func `there is an estimate once it is known how long every step takes`() {
    let steps = (1...3).map { Self.step($0, .create, "amlcompute.pool-\($0)x") }
    var progress = ApplyProgress(plan([], steps: steps), parallelism: 1, at: .zero)
    let size = TerminalSize(columns: 100, rows: 24)
    progress.handle(.stepStarted(steps[0]), at: .zero)
    #expect(!text(progress, at: 1, size).contains("left"))
    progress.handle(.stepCompleted(steps[0], elapsed: .seconds(20)), at: .seconds(20))
    progress.handle(.stepStarted(steps[1]), at: .seconds(20))
    #expect(
      text(progress, at: 25, size) == """
          amlcompute.pool-2x: Creating... [5s elapsed, usually 20s]
        1 of 3 steps done [25s elapsed, about 35s left]

        """)
    // It takes longer than it ever did: then only the rest is foreseen.
    #expect(text(progress, at: 60, size).contains("about 20s left"))
  }

  @Test func `the usual time is the median of the latest`() {
    var usual = UsualDurations()
    #expect(usual[.create, "amlcompute"] == nil)
    for seconds in [1, 900, 20, 30, 10] {
      usual.add(.create, "amlcompute", took: .seconds(seconds))
    }
    #expect(usual[.create, "amlcompute"] == .seconds(20))
    for _ in 0..<9 { usual.add(.create, "amlcompute", took: .seconds(7)) }
    #expect(usual[.create, "amlcompute"] == .seconds(7))
    #expect(usual[.delete, "amlcompute"] == nil && usual[.create, "aks"] == nil)
  }

  @Test func `journals tell how long steps took, those that succeeded`() {
    let intents = Self.steps.map { Intent($0) }
    let records: [(Int, JournalRecord)] = [
      (1_000, .intended(intents[0])), (1_500, .intended(intents[1])),
      // Sent again: the time goes on.
      (3_000, .intended(intents[0])), (9_000, .finished(intents[0].step, .done)),
      (10_000, .finished(intents[1].step, .failed(code: "x", message: "y"))),
      // The clock was set back.
      (20_000, .intended(intents[4])), (19_000, .finished(intents[4].step, .done)),
    ]
    var usual = UsualDurations()
    usual.read(records.map { JournalEntry(milliseconds: $0, record: $1) })
    #expect(usual[.detach, "kubernetes"] == .seconds(8))
    #expect(usual[.create, "amlcompute"] == nil && usual[.update, "amlcompute"] == nil)
  }

  // MARK: Hostile names

  @Test func `T31 nothing that a terminal acts on reaches it from a name`() {
    let hostile = "gpu\u{1B}[2J\u{9B}31m\u{202E}\u{7}\n\r\u{2066}x\u{0}"
    let steps = [Self.step(1, .create, "amlcompute.\(hostile)")]
    var progress = ApplyProgress(plan([], steps: steps), at: .zero)
    progress.handle(.stepStarted(steps[0]), at: .zero)
    for columns in [120, 60, 30, 10] {
      let size = TerminalSize(columns: columns, rows: 24)
      var region = LiveRegion()
      let bytes = region.draw(progress.rows(at: .zero, size), size, .plain)
      #expect(bytes.hasPrefix("\r") && bytes.hasSuffix("\n\u{1B}[J"))
      let text = String(bytes.dropFirst()).replacing("\u{1B}[K\n", with: "").replacing(
        "\u{1B}[J", with: "")
      #expect(text == text.visible, "\(columns)")
    }
    let finding = LiveRow("a\u{1B}]0;x\u{7}b\u{85}")
    #expect(finding.text(.plain) == #"a\e]0;x\u{7}b\u{85}"#)
  }
}
