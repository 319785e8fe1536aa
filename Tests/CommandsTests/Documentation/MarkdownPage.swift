import Foundation
import Testing

/// A page of the documentation, taken apart as far as tests need it.
struct MarkdownPage: CustomTestStringConvertible {
  /// The path below the package's folder.
  let path: String
  let lines: [Substring]

  var testDescription: String { path }

  /// A fenced block.
  struct Block {
    /// What stands behind the opening fence, such as `yaml file=berth.yaml`.
    let info: String
    /// The line of the opening fence, from 1.
    let line: Int
    let lines: [Substring]

    var text: String { lines.map { $0 + "\n" }.joined() }

    /// The file that the block shows, where it says so.
    var file: String? {
      info.split(separator: " ").first { $0.hasPrefix("file=") }.map { String($0.dropFirst(5)) }
    }
  }

  init(path: String) throws {
    self.path = path
    let url = BerthBinary.packageFolder.appendingPathComponent(path)
    lines = try String(contentsOf: url, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  var blocks: [Block] { parts.blocks }

  /// The lines outside of fenced blocks, with their numbers from 1.
  var prose: [(line: Int, text: Substring)] { parts.prose }

  private var parts: (blocks: [Block], prose: [(line: Int, text: Substring)]) {
    var blocks: [Block] = []
    var prose: [(line: Int, text: Substring)] = []
    var open: (info: String, line: Int, lines: [Substring])?
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("```") {
        if let block = open {
          blocks.append(Block(info: block.info, line: block.line, lines: block.lines))
          open = nil
        } else {
          open = (String(line.dropFirst(3)), index + 1, [])
        }
      } else if open != nil {
        open?.lines.append(line)
      } else {
        prose.append((index + 1, line))
      }
    }
    return (blocks, prose)
  }

  /// The words in backticks outside of blocks.
  var codeSpans: [(line: Int, text: String)] {
    // A span may go over a line's end.
    var spans: [(line: Int, text: String)] = []
    var open: (line: Int, text: String)?
    for (line, text) in prose {
      if text.isEmpty { open = nil }
      for (index, piece) in text.split(separator: "`", omittingEmptySubsequences: false)
        .enumerated()
      {
        if index > 0 {
          if let span = open {
            spans.append(span)
            open = nil
          } else {
            open = (line, "")
          }
        }
        open?.text += piece
      }
      open?.text += " "
    }
    return spans
  }

  /// The targets of its links, without those to other sites.
  var relativeLinks: [(line: Int, target: String)] {
    prose.flatMap { line, text in
      text.matches(of: /\]\(([^)\s]+)\)/).map { (line, String($0.1)) }
    }.filter { !$0.target.contains("://") && !$0.target.hasPrefix("mailto:") }
  }

  /// Every page that users read, sorted by path.
  static let all: [MarkdownPage] = {
    let root = BerthBinary.packageFolder
    var paths = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
    for folder in ["docs", "examples", "schemas", "Benchmarks"] {
      let files = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)
      for case let file as String in files ?? .init() where file.hasSuffix(".md") {
        paths.append("\(folder)/\(file)")
      }
    }
    return paths.sorted().compactMap { try? MarkdownPage(path: $0) }
  }()
}
