internal import Diagnostics

extension AttributeValue {
  /// The value as JSON on one line, keys sorted: equal values give equal bytes.
  ///
  /// A secret is written as its placeholder.
  public var canonicalJSON: String { String(decoding: canonicalJSONBytes, as: UTF8.self) }

  /// The bytes of `canonicalJSON`.
  public var canonicalJSONBytes: [UInt8] {
    var writer = JSONWriter(isIndented: false)
    writer.add(self)
    return writer.bytes
  }

  /// The value as JSON for people: two spaces of indentation, keys sorted, no newline at the end.
  public var prettyJSON: String {
    var writer = JSONWriter(isIndented: true)
    writer.add(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

/// JSON as it grows: bytes, since a plan's is many megabytes long.
///
/// Lists and maps can be written entry by entry, so that nobody needs to hold all of them.
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []
  private let isIndented: Bool
  /// What is open, the innermost last.
  private var open: [Bracket] = []

  /// - Parameter isIndented: true for two spaces a level; false to write on one line.
  package init(isIndented: Bool) { self.isIndented = isIndented }

  private struct Bracket {
    let isMap: Bool
    var isEmpty = true
  }

  // MARK: Entry by entry

  /// Begins a map, each of whose entries is a key and a value.
  package mutating func beginMap() {
    beginElement()
    begin(isMap: true)
  }

  /// Begins a list.
  package mutating func beginList() {
    beginElement()
    begin(isMap: false)
  }

  /// Writes the key of a map's next entry; its value comes next.
  package mutating func add(key: String) {
    beginEntry()
    addQuoted(key)
    add(isIndented ? ": " : ":")
  }

  /// Writes a value: a list's next entry, what a key stands for, or all there is.
  package mutating func add(_ value: AttributeValue) {
    beginElement()
    write(value)
  }

  /// Ends the innermost list or map.
  package mutating func end() {
    guard let bracket = open.popLast() else { return }
    if isIndented, !bracket.isEmpty { beginLine() }
    bytes.append(UInt8(ascii: bracket.isMap ? "}" : "]"))
  }

  /// Hands over what was written since the last time.
  package mutating func drain<Failure: Error>(
    _ take: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try take(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  private mutating func begin(isMap: Bool) {
    bytes.append(UInt8(ascii: isMap ? "{" : "["))
    open.append(Bracket(isMap: isMap))
  }

  /// A list's elements stand by themselves; a map's values follow their key.
  private mutating func beginElement() {
    if open.last?.isMap == false { beginEntry() }
  }

  private mutating func beginEntry() {
    guard let last = open.indices.last else { return }
    if !open[last].isEmpty { bytes.append(UInt8(ascii: ",")) }
    open[last].isEmpty = false
    if isIndented { beginLine() }
  }

  private mutating func beginLine() {
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * open.count))
  }

  // MARK: Values

  private mutating func write(_ value: AttributeValue) {
    switch value {
    case .null: add("null")
    case .bool(let bool): add(bool ? "true" : "false")
    case .integer(let integer): add(String(integer))
    // JSON has no word for these; they never come from JSON or from a checked manifest.
    case .number(let number) where !number.isFinite: add("null")
    case .number(let number): add("\(number)")
    case .text(let string): addQuoted(string)
    case .secret: addQuoted(SecretText.placeholder)
    case .list(let elements):
      begin(isMap: false)
      for element in elements { add(element) }
      end()
    case .map(let entries):
      begin(isMap: true)
      for (key, value) in entries {
        add(key: key)
        write(value)
      }
      end()
    }
  }

  private mutating func add(_ word: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func addQuoted(_ string: String) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    let isWritten = string.utf8.withContiguousStorageIfAvailable { text in
      guard !UnsafeRawBufferPointer(text).mayNeedEscapes else { return false }
      bytes.append(contentsOf: text)
      return true
    }
    if isWritten != true { addEscaped(string) }
  }

  private mutating func addEscaped(_ string: String) {
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": add("\\\"")
      case "\\": add("\\\\")
      case "\n": add("\\n")
      case "\r": add("\\r")
      case "\t": add("\\t")
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let hex = String(scalar.value, radix: 16, uppercase: false)
        add("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
      default: bytes.append(contentsOf: String(scalar).utf8)
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// False if all of a text stands for itself in JSON, as nearly every text does.
  fileprivate var mayNeedEscapes: Bool {
    holdsAny(
      eight: {
        $0.unprintable | $0.equal(to: UInt8(ascii: "\"")) | $0.equal(to: UInt8(ascii: "\\"))
      }, byte: \.mayNeedEscape)
  }
}

extension UInt8 {
  /// False for what stands for itself in JSON, as nearly everything does.
  fileprivate var mayNeedEscape: Bool {
    self < 0x20 || self >= 0x7F || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\")
  }
}
