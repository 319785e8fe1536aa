internal import Diagnostics

/// Markdown that says what was meant, whoever chose the words (reliability.md T33).
enum MarkdownText {
  /// Text of somebody else's within a paragraph or a cell of a table.
  ///
  /// Nothing in it is markup, a link, a mention or a reference to an issue.
  static func plain(_ text: String) -> String {
    let isWord = { (byte: UInt8) in
      byte == 0x20 || byte == 0x2D || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
    if text.utf8.allSatisfy(isWord) { return text }
    var result = ""
    for scalar in text.visible.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      // Sites look for these in the finished text, where an escape is not seen any more.
      case "@", "#": result += "\\\(scalar)&#8203;"
      case "\\", "`", "*", "_", "{", "}", "[", "]", "|", "~", "!", "$":
        result += "\\\(scalar)"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return
      result
      .replacing("://", with: ":&#8203;//")
      .replacing(/(?i)(www)\./, with: { "\($0.1)&#8203;." })
  }

  /// Text as code, within a paragraph or a cell of a table.
  static func code(_ text: String) -> String {
    let text = text.visible.replacing("|", with: "\\|")
    let fence = String(repeating: "`", count: longestRun(of: "`", in: text) + 1)
    let pad = text.hasPrefix("`") || text.hasSuffix("`") || text.isEmpty ? " " : ""
    return fence + pad + text + pad + fence
  }

  /// Lines in a fence that none of them can end.
  static func block(_ text: String, language: String) -> String {
    let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: text) + 1))
    return "\(fence)\(language)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)\n"
  }

  private static func longestRun(of character: Character, in text: String) -> Int {
    var longest = 0
    var current = 0
    for each in text {
      current = each == character ? current + 1 : 0
      longest = max(longest, current)
    }
    return longest
  }
}
