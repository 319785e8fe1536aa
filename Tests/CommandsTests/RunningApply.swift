import Foundation

/// An apply that is under way, and what it has printed.
struct RunningApply {
  let process: Process
  private let pipe = Pipe()
  private let messageFile: URL
  private(set) var output = ""

  init(
    in folder: TemporaryFolder, _ arguments: [String] = ["apply", "--auto-approve"],
    isHinted: Bool = false, through wrapper: [String] = []
  ) throws {
    process = BerthBinary.process(
      arguments, in: folder.url, environment: isHinted ? ["BERTH_IN_AUTOMATION": ""] : [:],
      through: wrapper)
    messageFile = folder.url.appendingPathComponent(".messages-\(UUID().uuidString)")
    process.standardOutput = pipe
    process.standardError = try FileHandle.making(messageFile)
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// What it wrote to the standard error so far.
  var messages: String { (try? String(contentsOf: messageFile, encoding: .utf8)) ?? "" }

  /// Reads until a text has been printed, or to the end.
  mutating func wait(for text: String) {
    while !output.contains(text), readMore() {}
  }

  /// Waits until a text stands on the standard error, or for the end.
  func wait(forMessage text: String) {
    while process.isRunning, !messages.contains(text) { usleep(10_000) }
  }

  /// Reads to the end; the exit code.
  @discardableResult
  mutating func waitUntilExit() -> Int32 {
    while readMore() {}
    process.waitUntilExit()
    return process.terminationStatus
  }

  private mutating func readMore() -> Bool {
    let data = pipe.fileHandleForReading.availableData
    output += String(decoding: data, as: UTF8.self)
    return !data.isEmpty
  }
}
