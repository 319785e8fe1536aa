package import Diagnostics

/// What was learnt of a text before it is parsed.
struct CheckedText {
  /// The text without a byte order mark.
  let bytes: [UInt8]
  let lines: LineTable
}

/// Looks at every byte once: the text must be UTF-8 without characters that YAML does not allow,
/// and must not ask too much of the library below. Nil if it does not pass.
func checkText(
  _ bytes: [UInt8], file: String, limits: YAMLLimits, reporting findings: inout DiagnosticList
) -> CheckedText? {
  guard bytes.count <= limits.fileSize else {
    findings.append(.fileTooLarge(file, bytes.count, limits.fileSize))
    return nil
  }
  if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
    findings.append(.notUTF8(file, "it looks like UTF-16", at: .start))
    return nil
  }
  let prefix = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  var scan = TextScan(bytes: prefix == 0 ? bytes : Array(bytes.dropFirst(prefix)))
  if let fault = scan.run() {
    let position = SourcePosition(
      line: scan.lineStarts.count, column: scan.column(of: fault.index) + 1,
      offset: prefix + fault.index)
    findings.append(
      fault.isEncoding
        ? .notUTF8(file, fault.what, at: position) : .forbidden(file, fault.what, at: position))
    return nil
  }
  guard scan.directives <= limits.directives else {
    findings.append(.tooManyDirectives(file, limits.directives))
    return nil
  }
  return CheckedText(
    bytes: scan.bytes,
    lines: LineTable(bytes: scan.bytes, lineStarts: scan.lineStarts, prefix: prefix))
}

/// One walk over a text.
private struct TextScan {
  struct Fault {
    let index: Int
    let what: String
    let isEncoding: Bool
  }

  let bytes: [UInt8]
  var lineStarts = [0]
  var directives = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.first == UInt8(ascii: "%") { directives = 1 }
  }

  mutating func run() -> Fault? {
    var index = 0
    let count = bytes.count
    while index < count {
      let byte = bytes[index]
      if byte >= 0x20, byte < 0x7F || byte == 0x09 {
        index += 1
      } else if byte == 0x0A {
        index += 1
        beginLine(at: index)
      } else if byte == 0x0D {
        index += index + 1 < count && bytes[index + 1] == 0x0A ? 2 : 1
        beginLine(at: index)
      } else if byte == 0x09 {
        index += 1
      } else if byte < 0x80 {
        return Fault(index: index, what: character(byte), isEncoding: false)
      } else if let fault = multibyte(at: &index) {
        return fault
      }
    }
    return nil
  }

  private func character(_ byte: UInt8) -> String {
    byte == 0
      ? "a NUL character" : "the control character \(String(Unicode.Scalar(byte)).visible)"
  }

  private mutating func beginLine(at index: Int) {
    lineStarts.append(index)
    if index < bytes.count, bytes[index] == UInt8(ascii: "%") { directives += 1 }
  }

  private mutating func multibyte(at index: inout Int) -> Fault? {
    let lead = bytes[index]
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    let invalid = Fault(index: index, what: "a byte that is not UTF-8", isEncoding: true)
    guard lead >= 0xC2, lead <= 0xF4, index + length <= bytes.count else { return invalid }
    var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
    for offset in 1..<length {
      let byte = bytes[index + offset]
      guard byte & 0xC0 == 0x80 else { return invalid }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    let least: UInt32 = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80
    guard value >= least, let scalar = Unicode.Scalar(value) else { return invalid }
    switch value {
    case 0x80...0x84, 0x86...0x9F, 0xFFFE, 0xFFFF:
      return Fault(
        index: index, what: "the control character \(String(scalar).visible)", isEncoding: false)
    case 0xFEFF:
      return Fault(
        index: index, what: "a byte order mark that is not at the start", isEncoding: false)
    case 0x85, 0x2028, 0x2029:
      index += length
      beginLine(at: index)
    default: index += length
    }
    return nil
  }

  /// The column of a byte in the last line, in scalars from 0.
  func column(of index: Int) -> Int {
    bytes[(lineStarts.last ?? 0)..<index].count { $0 & 0xC0 != 0x80 }
  }
}

extension Rule {
  /// A file is too large to read.
  package static let fileTooLarge = Rule("file-too-large")
  /// A manifest is text in UTF-8.
  package static let notUTF8 = Rule("not-utf-8")
  /// A character that YAML does not allow.
  package static let forbiddenCharacter = Rule("forbidden-character")
}

extension Diagnostic {
  fileprivate static func fileTooLarge(_ file: String, _ size: Int, _ limit: Int) -> Diagnostic {
    Diagnostic(
      .error, .fileTooLarge, "File is too large",
      detail: "\(file) has \(size) bytes; a manifest has at most \(limit). Split it.",
      at: SourceLocation(startOf: file))
  }

  fileprivate static func notUTF8(
    _ file: String, _ what: String, at position: SourcePosition
  ) -> Diagnostic {
    Diagnostic(
      .error, .notUTF8, "File is not UTF-8 text",
      detail: "Manifests are text in UTF-8; here is \(what). Save the file as UTF-8.",
      at: SourceLocation(file: file, start: position, end: position))
  }

  fileprivate static func forbidden(
    _ file: String, _ what: String, at position: SourcePosition
  ) -> Diagnostic {
    Diagnostic(
      .error, .forbiddenCharacter, "Character is not allowed in YAML",
      detail: """
        Here is \(what). Remove it; in double quotes it can be written as an escape such as "\\x1b".
        """,
      at: SourceLocation(file: file, start: position, end: position))
  }

  fileprivate static func tooManyDirectives(_ file: String, _ limit: Int) -> Diagnostic {
    Diagnostic(
      .error, .unsupportedDirective, "Too many directives",
      detail: """
        More than \(limit) lines begin with '%'. Manifests need no directives; remove them.
        """,
      at: SourceLocation(startOf: file))
  }
}
