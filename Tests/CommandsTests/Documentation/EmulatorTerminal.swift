import Foundation
import Testing

/// The terminal in which a reader has `berth emulate` running.
///
/// Pages name the usual port; here it is any that is free, since tests run side by side.
final class EmulatorTerminal {
  private let process: Process
  private let output: URL
  private let address: String
  private static let usualAddress = "127.0.0.1:8440"

  init(_ line: String, in folder: URL) throws {
    let words = line.split(separator: " ").dropFirst().map(String.init)
    output = folder.appendingPathComponent("terminal-\(UUID().uuidString).txt")
    process = BerthBinary.process(words + ["--listen", "127.0.0.1:0"], in: folder)
    try process.write(into: output)
    try process.run()
    var found: String?
    while process.isRunning, found == nil {
      usleep(20_000)
      let text = try String(contentsOf: output, encoding: .utf8)
      guard text.contains("Ctrl-C ends it") else { continue }
      found = text.firstMatch(of: /127\.0\.0\.1:[0-9]+/).map { String($0.0) }
    }
    let text = try String(contentsOf: output, encoding: .utf8)
    address = try #require(found, "'\(line)' does not serve:\n\(text)")
  }

  deinit {
    guard process.isRunning else { return }
    process.terminate()
    process.waitUntilExit()
  }

  /// What it has printed.
  var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

  /// A command as it is to be run.
  func typed(_ command: String) -> String {
    command.replacingOccurrences(of: Self.usualAddress, with: address)
  }

  /// A text as a page shows it.
  func shown(_ text: String) -> String {
    text.replacingOccurrences(of: address, with: Self.usualAddress)
  }
}
