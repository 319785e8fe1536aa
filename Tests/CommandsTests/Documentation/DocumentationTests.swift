import Foundation
import Testing

/// The documentation does not lie.
@Suite("Documentation") struct DocumentationTests {
  /// Pages that tell a story; a diagnostic's page shows one mistake and has a test of its own.
  static let stories = MarkdownPage.all.filter { !$0.path.hasPrefix("docs/diagnostics/") }

  @Test("every command of a page does what the page says", arguments: stories)
  func story(page: MarkdownPage) throws {
    var story = try PageStory(page)
    try story.run()
  }

  @Test("every command that a page names exists, with its options", arguments: MarkdownPage.all)
  func namedCommands(page: MarkdownPage) throws {
    for (line, span) in page.codeSpans {
      let words = span.split(separator: " ").map(String.init)
      guard words.first == "berth", words.count > 1, !words[1].hasPrefix("-") else { continue }
      let help = try Self.help(of: words)
      #expect(help != nil, "\(page.path):\(line) names `\(span)`")
      for option in words where option.hasPrefix("--") {
        let name = String(option.prefix { $0 != "=" && $0 != "," })
        #expect(
          help?.contains(name) == true, "\(page.path):\(line) gives \(name) to `\(span)`")
      }
    }
  }

  @Test("every link leads somewhere", arguments: MarkdownPage.all)
  func links(page: MarkdownPage) throws {
    let folder = BerthBinary.packageFolder.appendingPathComponent(page.path)
      .deletingLastPathComponent()
    for (line, target) in page.relativeLinks {
      let parts = target.split(separator: "#", omittingEmptySubsequences: false)
      let file = parts[0].isEmpty ? nil : String(parts[0])
      let url = file.map { folder.appendingPathComponent($0).standardizedFileURL }
      if let url {
        #expect(
          FileManager.default.fileExists(atPath: url.path), "\(page.path):\(line) -> \(target)")
      }
      guard parts.count > 1 else { continue }
      let text = try String(
        contentsOf: url ?? BerthBinary.packageFolder.appendingPathComponent(page.path),
        encoding: .utf8)
      #expect(
        Self.anchors(in: text).contains(String(parts[1])), "\(page.path):\(line) -> \(target)")
    }
  }

  /// The help of the command that these words begin with; nil if there is none.
  private static func help(of words: [String]) throws -> String? {
    var command = [words[1]]
    if words[1] == "workspace", words.count > 2, !words[2].hasPrefix("-") {
      command.append(words[2])
    }
    if command == ["help"] { return "" }
    let run = try BerthBinary.run(
      command + ["--help"], in: FileManager.default.temporaryDirectory)
    return run.status == 0 ? run.output : nil
  }

  /// The names that headings get on the site that shows them.
  private static func anchors(in text: String) -> Set<String> {
    Set(
      text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { heading in
        heading.drop { $0 == "#" || $0 == " " }.lowercased()
          .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
          .replacing(" ", with: "-")
      })
  }
}
