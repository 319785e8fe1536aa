import Diagnostics

/// The place of a stretch of text within a file.
func place(of needle: String, in text: String, file: String = "compute.yml") -> SourceLocation {
  let before = text.components(before: needle)
  let start = position(after: before)
  return SourceLocation(file: file, start: start, end: position(after: before + needle))
}

private func position(after text: String) -> SourcePosition {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  return SourcePosition(
    line: lines.count, column: (lines.last?.unicodeScalars.count ?? 0) + 1,
    offset: text.utf8.count)
}

extension String {
  fileprivate func components(before needle: String) -> String {
    String(self[..<(firstRange(of: needle)?.lowerBound ?? endIndex)])
  }
}

extension SourceTexts {
  init(_ text: String, file: String = "compute.yml") {
    self.init()
    add(file, Array(text.utf8))
  }
}

extension Rule {
  static let sample = Rule("sample-rule")
}
