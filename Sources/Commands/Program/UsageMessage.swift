internal import Diagnostics

/// What is wrong with a command line: the parser's words, and the word that was likely meant.
struct UsageMessage {
  let text: String

  /// - Parameters:
  ///   - parsed: what the parser says.
  ///   - words: the command line.
  init(_ parsed: String, of words: [String]) {
    var lines = parsed.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let first = lines.first {
      lines[0] =
        Self.suggestingOption(first) ?? Self.suggestingValue(first)
        ?? Self.suggestingCommand(first, words) ?? first
    }
    text = lines.joined(separator: "\n")
  }

  /// Names go in double quotes in each of our questions.
  private static func suggestingOption(_ line: String) -> String? {
    guard line.contains("Did you mean '") else { return nil }
    return line.replacing(/Did you mean '([^']+)'\?/) { "Did you mean \"\($0.1)\"?" }
  }

  private static func suggestingValue(_ line: String) -> String? {
    guard let match = line.firstMatch(of: /The value '([^']*)' is invalid for '([^']*)'/) else {
      return nil
    }
    if match.2.hasSuffix("<bool>") { return line + ". It is true or false." }
    guard let list = line.firstRange(of: "Please provide one of ") else { return nil }
    let known = line[list.upperBound...].matches(of: /'([^']+)'/).map { String($0.1) }
    return nearest(to: String(match.1), among: known).map { "\(line) Did you mean \"\($0)\"?" }
  }

  private static func suggestingCommand(_ line: String, _ words: [String]) -> String? {
    guard line.contains("Unexpected argument '") else { return nil }
    var command = CommandTree.berth
    for (index, word) in words.enumerated() {
      guard let next = command.subcommand(word) else {
        guard index > 0, line.contains("'\(word)'") else { return nil }
        return nearest(to: word, among: command.subcommands.map(\.name))
          .map { "\(line). Did you mean \"\($0)\"?" }
      }
      command = next
    }
    return nil
  }
}
