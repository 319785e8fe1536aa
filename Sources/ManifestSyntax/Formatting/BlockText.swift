/// A literal or folded block of text, taken apart into what it says and what is layout.
struct BlockText {
  /// `|` or `>` with its indicators, a digit for indentation becoming the canonical one.
  private(set) var header: [UInt8] = []
  /// The comment behind the header.
  private(set) var comment: [UInt8]?
  /// Its lines without their indentation.
  private(set) var lines: [ArraySlice<UInt8>] = []
  /// Blank lines behind it that say nothing.
  private(set) var trailingBlankLines = 0
  /// True if the text ends with it and a last line break would be one more than it has.
  private(set) var endsOpen = false

  /// - Parameters:
  ///   - slice: the text from the header on.
  ///   - parent: the column of the block collection around it, in the source.
  init(_ slice: ArraySlice<UInt8>, below parent: Int?) {
    let all = slice.brokenLines
    var rest = all.dropFirst()
    let digit = takeHeader(all[0])
    let keeps = header.contains(UInt8(ascii: "+"))
    if rest.last?.isEmpty == true {
      rest = rest.dropLast()
    } else {
      // Blanks alone count as a line, with or without a break.
      endsOpen =
        !header.contains(UInt8(ascii: "-")) && rest.last?.allSatisfy(\.isBlank) == false
    }
    let indent = digit.map { (parent ?? 0) + $0 } ?? Self.indent(of: rest)
    lines = rest.map { line in
      let spaces = line.prefix { $0 == 0x20 }.count
      return spaces < indent ? line[line.endIndex...] : line.dropFirst(indent)
    }
    if keeps { return }
    while lines.last?.isEmpty == true {
      lines.removeLast()
      trailingBlankLines += 1
      endsOpen = false
    }
  }

  private mutating func takeHeader(_ line: ArraySlice<UInt8>) -> Int? {
    let indicators = line.prefix { !$0.isBlank }
    let digit = indicators.first { (0x31...0x39).contains($0) }.map { Int($0) - 0x30 }
    header = Array(indicators.prefix(1))
    if digit != nil { header.append(UInt8(ascii: "2")) }
    header += indicators.filter { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
    let behind = line.dropFirst(indicators.count).drop { $0.isBlank }
    if !behind.isEmpty { comment = Array(behind.withoutTrailingBlanks) }
    return digit
  }

  /// The indentation of the first line that has text; if there is none, nothing is text.
  private static func indent(of lines: ArraySlice<ArraySlice<UInt8>>) -> Int {
    for line in lines {
      let spaces = line.prefix { $0 == 0x20 }.count
      if spaces < line.count { return spaces }
    }
    return .max
  }
}
