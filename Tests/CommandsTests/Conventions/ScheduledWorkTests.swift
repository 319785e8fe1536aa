import Foundation
import Testing

/// What is played in the proving ground stays on its one thread, by its clock and its choices
/// (reliability.md section 5): nothing in the product goes around them.
@Suite("Scheduled work")
struct ScheduledWorkTests {
  /// Tasks of nobody, the clock of the machine, its chance.
  private static let ambient = [
    "Task {", "Task(", "Task.detached", "Task.sleep", "ContinuousClock", "SuspendingClock",
    "DispatchQueue", "Thread(", "SystemRandomNumberGenerator", ".random(in: ", ".randomElement()",
    ".shuffled()", "UUID()", "Date()", "Date.now", "usleep(", "time(nil)", "clock_gettime",
  ]

  /// Where the machine's own are taken, to be handed on.
  private static let outermost = [
    "Sources/AzureSignIn/Surroundings.swift", "Sources/Commands/Program/ProcessContext.swift",
    "Sources/Storage/ProgramOutput.swift", "Sources/Subprocesses/SystemPrograms.swift",
  ]

  @Test func `nobody works beside the tasks, the clock and the chance that are given`() throws {
    // A server of its own, the proving ground itself, and what is for tests.
    let others = [
      "Sources/Emulator/", "Sources/ProvingGround/", "Sources/berth-proof/",
      "Sources/TestSupport/",
    ]
    var checked = 0
    for file in try SwiftFile.all(below: "Sources")
    where !others.contains(where: file.path.hasPrefix) && !Self.outermost.contains(file.path) {
      checked += 1
      for line in file.text.split(separator: "\n") {
        // No comment; and children are nobody's tasks.
        let code = line.range(of: " //").map { line[..<$0.lowerBound] } ?? line
        let line = code.replacing("addTask", with: "child")
        // A choice by a source that was handed on says so.
        if line.contains("using: ") { continue }
        for word in Self.ambient where line.contains(word) {
          Issue.record("\(file.path): \(line.trimmingPrefix(while: \.isWhitespace))")
        }
      }
    }
    #expect(checked > 300)
  }

  @Test(arguments: outermost)
  func `what is taken from the machine is taken there`(path: String) throws {
    let file = try #require(
      try SwiftFile.all(below: "Sources").first { $0.path == path }, "\(path) is gone")
    #expect(Self.ambient.contains { file.text.contains($0) }, "\(path) takes nothing any more")
  }
}
