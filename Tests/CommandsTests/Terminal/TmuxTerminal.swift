import Foundation
import Storage
import Testing

/// A real terminal emulator in which the binary runs, as somebody sees it: tmux, of which
/// `scripts/install-test-tools` sees to it that there is one.
final class TmuxTerminal {
  private static let program = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
    .map { $0 + "/tmux" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  /// False, and said, where there is no tmux.
  static let isThere: Bool = {
    if program == nil {
      print("Skipped: there is no tmux. scripts/install-test-tools installs it.")
    }
    return program != nil
  }()

  private let socket: String

  init(_ arguments: [String], in folder: URL, columns: Int = 80, rows: Int = 24) throws {
    // The path of a socket may not be long.
    socket = "/tmp/berth-\(UUID().uuidString.prefix(8))"
    let quoted = ([BerthBinary.location.path] + arguments).map { "'\($0)'" }
      .joined(separator: " ")
    let script = folder.appendingPathComponent(".run.sh")
    try Data(
      """
      # Ctrl-C is for the binary; the shell stays to tell how that ended.
      trap : INT
      cd '\(folder.path)'
      env -i PATH=/usr/bin:/bin LANG=C.UTF-8 TERM="$TERM" \(quoted)
      echo "STATUS $?"
      exec sleep 1000

      """.utf8
    ).write(to: script)
    try tmux(
      "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
      "exec sh '\(script.path)'")
  }

  deinit { _ = try? tmux("kill-server") }

  /// Types keys, by tmux's names for them.
  func type(_ keys: String...) throws {
    try tmux(["send-keys"] + keys)
  }

  func resize(columns: Int, rows: Int) throws {
    try tmux("resize-window", "-x", "\(columns)", "-y", "\(rows)")
  }

  /// The lines of the screen.
  func screen() throws -> [String] { try capture() }

  /// All that is on the screen and went past above it, long lines whole.
  func history() throws -> String {
    try capture("-J", "-S", "-").joined(separator: "\n")
  }

  private func capture(_ options: String...) throws -> [String] {
    var lines = try tmux(["capture-pane", "-p"] + options)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in
        var line = line
        while line.last == " " { line.removeLast() }
        return String(line)
      }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// Looks until the screen is as wanted, for a long while if need be.
  ///
  /// - Returns: the screen as it was then.
  @discardableResult
  func wait(
    until isWanted: ([String]) -> Bool, _ what: String,
    _ source: SourceLocation = #_sourceLocation
  ) throws -> [String] {
    let latest = Date(timeIntervalSinceNow: 300)
    var lines = try screen()
    while !isWanted(lines) {
      guard Date() < latest else {
        Issue.record("never \(what):\n\(lines.joined(separator: "\n"))", sourceLocation: source)
        return lines
      }
      usleep(30_000)
      lines = try screen()
    }
    return lines
  }

  /// Waits until a line on the screen holds a text.
  @discardableResult
  func wait(for text: String, _ source: SourceLocation = #_sourceLocation) throws -> [String] {
    try wait(until: { $0.contains { $0.contains(text) } }, "'\(text)'", source)
  }

  /// Waits for the end of the binary; its exit code.
  func waitUntilExit(_ source: SourceLocation = #_sourceLocation) throws -> Int32? {
    try wait(for: "STATUS ", source)
    return try history().firstMatch(of: /STATUS ([0-9]+)/).flatMap { Int32($0.1) }
  }

  @discardableResult
  private func tmux(_ arguments: String...) throws -> String { try tmux(arguments) }

  /// Its server goes on, so it must not keep what this process has open.
  ///
  /// Others wait for the end of that. Nor may it have signals blocked, as Foundation's children
  /// have.
  private static let withoutFiles = """
    for file in /proc/self/fd/*; do
      number=${file##*/}
      if [ "$number" -gt 2 ]; then eval "exec $number>&-"; fi
    done
    exec "$@"
    """

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    let output = try programOutput(
      of: ["/bin/bash", "-c", Self.withoutFiles, "tmux", Self.program ?? "tmux", "-S", socket]
        + arguments,
      environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm"], in: "/",
      limit: 1 << 20, timeLimit: .seconds(600))
    return String(decoding: output, as: UTF8.self)
  }
}
