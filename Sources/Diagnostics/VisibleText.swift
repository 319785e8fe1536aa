extension String {
  /// The text with everything that a terminal might act on, or that might deceive the eye, spelled
  /// out: `\e` for escape, `\n`, `\r`, `\t`, and `\u{202E}` for the rest (reliability.md T31).
  ///
  /// Names, tags and messages come from manifests and from the service; nobody vouches for either.
  /// Apply this to every such text on its way to a person, never on its way to JSON.
  public var visible: String {
    if utf8.arePlain { return self }
    guard unicodeScalars.contains(where: \.isInvisible) else { return withoutRunnerCommands }
    var result = ""
    for scalar in unicodeScalars {
      if scalar.isInvisible {
        result += scalar.spelledOut
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result.withoutRunnerCommands
  }

  /// Made visible line by line: our own line breaks stay.
  var visibleKeepingLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).visible }
      .joined(separator: "\n")
  }

  /// A whole line on its way to a person, so that no build system takes it for a command
  /// (reliability.md T32): GitHub's runner obeys a line that begins with `::`, spaces aside.
  package var asPlainLine: String {
    guard let start = unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }),
      utf8[start...].starts(with: "::".utf8)
    else { return self }
    return String(self[..<start]) + #"\u{3A}"# + String(self[start...].unicodeScalars.dropFirst())
  }

  /// Azure's agent obeys `##vso[` and GitHub's runner `##[`, wherever they stand in a line.
  private var withoutRunnerCommands: String {
    let bytes = Array(utf8)
    let mark = UInt8(ascii: "#")
    guard zip(bytes, bytes.dropFirst()).contains(where: { $0 == mark && $1 == mark }) else {
      return self
    }
    return replacing(/##(?=\[|[Vv][Ss][Oo]\[)/, with: #"#\u{23}"#)
  }
}

extension String.UTF8View {
  /// True for printable ASCII in which no command can stand, as nearly every text is.
  fileprivate var arePlain: Bool {
    let arePlain = withContiguousStorageIfAvailable { bytes in
      let passed = UnsafeRawBufferPointer(bytes).passed {
        $0.unprintable | $0.equal(to: UInt8(ascii: "#"))
      }
      var last: UInt8 = 0
      for byte in bytes[passed...] {
        if byte < 0x20 || byte >= 0x7F || (byte == UInt8(ascii: "#") && last == byte) {
          return false
        }
        last = byte
      }
      return true
    }
    return arePlain ?? false
  }
}

extension Unicode.Scalar {
  /// True if a terminal might act on it, or an eye be deceived by it.
  package var isInvisible: Bool {
    switch value {
    case 0x20..<0x7F: false
    case 0..<0x20, 0x7F..<0xA0: true
    // Soft hyphen, zero width, bidi controls, line separators, invisible operators, BOM,
    // interlinear marks, tags.
    case 0xAD, 0x061C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F, 0x200B...0x200F,
      0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFC,
      0xE0000...0xE0FFF:
      true
    default: false
    }
  }

  fileprivate var spelledOut: String {
    switch self {
    case "\n": #"\n"#
    case "\r": #"\r"#
    case "\t": #"\t"#
    case "\u{1B}": #"\e"#
    default: "\\u{\(String(value, radix: 16, uppercase: true))}"
    }
  }
}
