extension String {
  /// How many columns of a terminal the text takes once it has been made `visible`: two for each
  /// East Asian wide character or emoji, none for marks that stand on the character before.
  package var columnCount: Int {
    let isASCII = utf8.withContiguousStorageIfAvailable { bytes in
      bytes.allSatisfy { $0 < 0x80 }
    }
    if isASCII == true { return utf8.count }
    return unicodeScalars.reduce(0) { $0 + $1.columnCount }
  }

  /// The text with spaces behind it, so that it takes at least so many columns.
  package func padded(to columns: Int) -> String {
    self + .blanks(max(0, columns - columnCount))
  }

  /// So many spaces.
  ///
  /// From bytes: repeating a `String` costs more than everything else on a plan's line.
  package static func blanks(_ count: Int) -> String {
    String(unsafeUninitializedCapacity: count) { bytes in
      for index in 0..<count { bytes[index] = UInt8(ascii: " ") }
      return count
    }
  }

  /// How many lines a terminal of so many columns makes of the text; a wide character is not parted.
  package func lineCount(wrappedAt columns: Int) -> Int {
    var (lines, column) = (1, 0)
    for scalar in unicodeScalars {
      let width = scalar.columnCount
      if column + width > columns { (lines, column) = (lines + 1, 0) }
      column += width
    }
    return lines
  }

  /// The text, cut so that it takes at most so many columns; three dots stand for what is missing.
  package func cut(toColumns columns: Int) -> String {
    guard columnCount > columns else { return self }
    let dots = String(repeating: ".", count: max(0, min(3, columns)))
    var room = columns - dots.utf8.count
    let kept = unicodeScalars.prefix { scalar in
      room -= scalar.columnCount
      return room >= 0
    }
    return String(String.UnicodeScalarView(kept)) + dots
  }
}

extension Unicode.Scalar {
  /// After Unicode's East Asian Width, by blocks.
  fileprivate var columnCount: Int {
    if value < 0x300 { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    // What is an emoji without being asked to.
    if properties.isEmojiPresentation { return 2 }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
      0x16FE0...0x1B2FF, 0x1F300...0x1F64F, 0x1F680...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
