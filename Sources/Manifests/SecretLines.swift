/// Which lines of a manifest may hold a secret, judged by the words in them.
///
/// Findings show the line they are about. Where the text is no YAML, or a key is misspelt, nobody
/// can tell which values are secrets, so the judgement errs on the side of hiding
/// (reliability.md T14).
func linesThatMayHoldSecrets(in bytes: [UInt8]) -> Set<Int> {
  var lines: Set<Int> = []
  // The indentation of the key whose value, perhaps over many lines, is being hidden.
  var hiddenBelow: Int?
  for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
    let indentation = line.prefix { $0 == 0x20 }.count
    let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    if let key = hiddenBelow, !isBlank, indentation <= key { hiddenBelow = nil }
    if String(decoding: line, as: UTF8.self).soundsSecret { hiddenBelow = hiddenBelow ?? indentation }
    if hiddenBelow != nil { lines.insert(index + 1) }
  }
  return lines
}

extension String {
  /// True for what people call secrets, in a key or anywhere in a line.
  var soundsSecret: Bool {
    let text = lowercased()
    return Self.words.contains { text.contains($0) }
  }

  private static let words = [
    "pass", "pwd", "secret", "token", "credential", "private", "key", "certificate", "begin ",
  ]
}
