import Foundation
import TestSupport

/// An emulator that runs until the test is over.
final class EmulatorProcess {
  let process: Process
  private let output: URL

  init(_ arguments: [String], in folder: URL) throws {
    let listen = arguments.contains("--listen") ? [] : ["--listen", "127.0.0.1:0"]
    let hasTape = ["--record", "--replay"].contains { arguments.contains($0) }
    let tape = hasTape ? [] : TrafficRecording.file().map { ["--record", $0] } ?? []
    process = BerthBinary.process(
      ["emulate"] + listen + arguments + tape, in: folder)
    output = folder.appendingPathComponent("emulator-\(UUID().uuidString).txt")
    try process.write(into: output)
    try process.run()
  }

  deinit { if process.isRunning { process.terminate() } }

  var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

  /// Where it listens, once it does.
  func url() throws -> String {
    while process.isRunning {
      if let match = text.firstMatch(of: /(https?:\/\/127\.0\.0\.1:\d+)\n[\s\S]*Ctrl-C/) {
        return String(match.1)
      }
      usleep(20_000)
    }
    throw Failed(text: text)
  }

  struct Failed: Error { let text: String }

  func end(_ signal: Int32) -> Int32 {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return process.terminationStatus
  }
}
