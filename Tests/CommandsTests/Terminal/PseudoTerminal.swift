import Foundation
import TestSupport

/// A run of the binary on a terminal, and every byte that the terminal was sent.
///
/// Both streams end there, as in a shell, and answers come from there where there are any.
final class PseudoTerminal {
  let process: Process
  private let master: Int32
  private(set) var bytes: [UInt8] = []

  struct Unavailable: Error {}

  /// - Parameter isAnswered: true if somebody sits there who can be asked.
  init(
    _ arguments: [String], in folder: URL, columns: Int = 80, rows: Int = 24,
    environment: [String: String] = [:], outputOnly: Bool = false, messagesOnly: Bool = false,
    isAnswered: Bool = false
  ) throws {
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    var (master, slave): (Int32, Int32) = (-1, -1)
    guard openpty(&master, &slave, nil, nil, &size) == 0 else { throw Unavailable() }
    self.master = master
    // The binary must not hold the other end.
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    process = BerthBinary.process(
      arguments, in: folder,
      environment: ["TERM": "xterm", "LANG": "C.UTF-8"].merging(environment) { $1 })
    let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
    process.standardInput = isAnswered ? terminal : FileHandle.nullDevice
    process.standardOutput = messagesOnly ? FileHandle.nullDevice : terminal
    process.standardError = outputOnly ? FileHandle.nullDevice : terminal
    try process.run()
    try terminal.close()
  }

  deinit {
    if process.isRunning {
      process.terminate()
      process.waitUntilExit()
    }
    close(master)
  }

  /// What the terminal was sent.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Types a line.
  func type(_ line: String) {
    let keys = Array((line + "\n").utf8)
    _ = write(master, keys, keys.count)
  }

  /// Reads until something was sent, or to the end.
  func wait(for text: String) {
    while !self.text.contains(text), readMore() {}
  }

  /// Reads to the end; the exit code.
  @discardableResult
  func waitUntilExit() -> Int32 {
    while readMore() {}
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// False when everybody who could write has gone.
  private func readMore() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(master, &buffer, buffer.count)
    guard count > 0 else { return false }
    bytes += buffer.prefix(count)
    return true
  }

  /// What one sees in the end, with what went past above.
  func model(columns: Int = 80, rows: Int = 24) -> TerminalModel {
    var model = TerminalModel(columns: columns, rows: rows)
    model.write(text)
    return model
  }
}
