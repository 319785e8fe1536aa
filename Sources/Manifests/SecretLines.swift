internal import Diagnostics

/// Which lines of a manifest may hold a secret, judged by the words in them.
///
/// Findings show the line they are about. Where the text is no YAML, or a key is misspelt, nobody
/// can tell which values are secrets, so the judgement errs on the side of hiding
/// (reliability.md T14).
package func linesThatMayHoldSecrets(in bytes: [UInt8]) -> Set<Int> {
  var lines: Set<Int> = []
  // The indentation of the key whose value, perhaps over many lines, is being hidden.
  var hiddenBelow: Int?
  // True while the value of such a key has not begun.
  var isDue = false
  for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
    let text = String(decoding: line, as: UTF8.self)
    let indentation = line.prefix { $0 == 0x20 }.count
    if let key = hiddenBelow, indentation <= key, !isDue, text.beginsAnEntry { hiddenBelow = nil }
    if text.soundsSecret { hiddenBelow = hiddenBelow ?? indentation }
    if hiddenBelow != nil { lines.insert(index + 1) }
    let isBlank = text.allSatisfy(\.isWhitespace)
    if !isBlank || hiddenBelow == nil { isDue = hiddenBelow != nil && text.endsWithKey }
  }
  return lines
}

extension String {
  /// True for what people call secrets, in a key or anywhere in a line.
  var soundsSecret: Bool {
    let text = Array(lowercased().utf8)
    return text.indices.contains { start in
      Self.words.contains { text[start...].starts(with: $0) }
    }
  }

  // By bytes: a mark above a letter hides no word.
  private static let words = [
    "pass", "pwd", "secret", "token", "credential", "private", "key", "cert", "begin ",
    "connection", "sas:", "sig=",
  ].map { Array($0.utf8) }

  /// True for a line whose last key has its value on the next one, as it may within brackets.
  fileprivate var endsWithKey: Bool {
    let text = trimmingSuffix(while: \.isWhitespace)
    return text.hasSuffix(":") && text.contains("{")
  }

  /// True for a line that can't be the rest of a value above it.
  fileprivate var beginsAnEntry: Bool {
    let text = drop { $0 == " " }
    if text.hasPrefix(":") { return false }
    return text.hasPrefix("- ") || text.hasPrefix("---") || text.hasPrefix("#")
      || text.contains(": ") || text.trimmingSuffix(while: \.isWhitespace).hasSuffix(":")
  }
}

extension StringProtocol where SubSequence == Substring {
  fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> Substring {
    var rest = self[...]
    while let last = rest.last, isDropped(last) { rest.removeLast() }
    return rest
  }
}

extension Diagnostic {
  /// The finding, without the text it is about if that stands on one of these lines.
  func hidingSource(on lines: Set<Int>) -> Diagnostic {
    guard let location, !lines.isEmpty,
      !lines.isDisjoint(with: location.start.line...max(location.start.line, location.end.line))
    else { return self }
    var finding = self
    finding.hidesSource = true
    return finding
  }
}
