internal import Diagnostics

/// Why a text is not JSON that Berth reads.
public struct JSONFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// Why, in words.
  public let reason: String
  /// The distance from the start, in UTF-8 bytes.
  public let offset: Int

  /// The text that people read.
  public var description: String { "\(reason) at byte \(offset)" }
}

extension AttributeValue {
  /// Reads JSON strictly: one value, no repeated keys, no more than 64 levels (reliability.md T18,
  /// T25).
  ///
  /// Numbers without fraction or exponent that fit become integers.
  public init(json bytes: some Collection<UInt8>) throws(JSONFailure) {
    var reader = JSONReader(bytes: Array(bytes))
    self = try reader.document()
  }

  /// Reads JSON strictly from text.
  public init(json text: String) throws(JSONFailure) {
    try self.init(json: text.utf8)
  }

  /// Reads JSON as strictly, and makes of it what is wanted only.
  ///
  /// What a selection names is there as if all had been read; of the rest anything may be missing.
  init(json text: String, keeping wanted: JSONSelection) throws(JSONFailure) {
    var reader = JSONReader(bytes: Array(text.utf8), wanted: wanted)
    self = try reader.document()
  }
}

private struct JSONReader {
  static let depthLimit = 64

  let bytes: [UInt8]
  var position = 0
  /// What is made of the text; nil for all of it.
  private let wanted: JSONSelection?

  init(bytes: [UInt8], wanted: JSONSelection? = nil) {
    self.bytes = bytes
    self.wanted = wanted
  }

  mutating func document() throws(JSONFailure) -> AttributeValue {
    let value =
      if let wanted {
        try self.value(depth: 0, wanted.whole, of: wanted) ?? .null
      } else {
        try self.value(depth: 0)
      }
    skipSpace()
    guard position == bytes.count else { throw failure("something follows the value") }
    return value
  }

  /// Reads any value; what recurses is kept apart from the rest, since stacks may be small.
  private mutating func value(depth: Int) throws(JSONFailure) -> AttributeValue {
    skipSpace()
    let isMap = next == UInt8(ascii: "{")
    guard isMap || next == UInt8(ascii: "[") else { return try scalar() }
    guard depth < Self.depthLimit else { throw failure("more than \(Self.depthLimit) levels") }
    return isMap ? try map(depth: depth) : try list(depth: depth)
  }

  private mutating func scalar() throws(JSONFailure) -> AttributeValue {
    switch next {
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true".utf8, .bool(true))
    case UInt8(ascii: "f"): return try word("false".utf8, .bool(false))
    case UInt8(ascii: "n"): return try word("null".utf8, .null)
    case let byte? where Self.isOfNumber(byte): return try number()
    default: throw failure("a value is due")
    }
  }

  private mutating func map(depth: Int) throws(JSONFailure) -> AttributeValue {
    position += 1
    skipSpace()
    if take("}") { return .map([:]) }
    var entries = AttributeMap.Builder()
    repeat {
      let key = try key(&entries)
      entries.add(try value(depth: depth + 1), under: key)
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("',' or '}' is due") }
    return .map(entries.map)
  }

  /// Reads a key and the colon behind it.
  private mutating func key(_ entries: inout AttributeMap.Builder) throws(JSONFailure) -> String {
    skipSpace()
    let start = position
    let key = try string()
    guard entries.takes(key) else {
      throw JSONFailure(reason: "a key is repeated", offset: start)
    }
    skipSpace()
    guard take(":") else { throw failure("':' is due") }
    return key
  }

  private mutating func list(depth: Int) throws(JSONFailure) -> AttributeValue {
    position += 1
    var elements: [AttributeValue] = []
    skipSpace()
    if take("]") { return .list(elements) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("',' or ']' is due") }
    return .list(elements)
  }

  // MARK: What is wanted only

  /// Reads a value of which a part is wanted; nil where nothing is made of it.
  private mutating func value(
    depth: Int, _ part: JSONSelection.Part, of wanted: JSONSelection
  ) throws(JSONFailure) -> AttributeValue? {
    if part == .all { return try value(depth: depth) }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard depth < Self.depthLimit else { throw failure("more than \(Self.depthLimit) levels") }
      guard take("[") else { return .map(try map(depth: depth, part, of: wanted)) }
      try passElements(depth: depth, wanted)
    case UInt8(ascii: "\""): if plainString() == nil { _ = try string() }
    default: _ = try scalar()
    }
    return nil
  }

  private mutating func map(
    depth: Int, _ part: JSONSelection.Part, of wanted: JSONSelection
  ) throws(JSONFailure) -> AttributeMap {
    let start = position
    if let map = try mapInOrder(depth: depth, part, of: wanted) { return map }
    // Whether a key is repeated shows only where all of them are kept.
    position = start
    return try map(depth: depth).map ?? [:]
  }

  /// Reads a map; nil if its keys are not plain, or not in their order.
  private mutating func mapInOrder(
    depth: Int, _ part: JSONSelection.Part, of wanted: JSONSelection
  ) throws(JSONFailure) -> AttributeMap? {
    position += 1
    skipSpace()
    var map = AttributeMap(minimumCapacity: part == .nothing ? 0 : 8)
    if take("}") { return map }
    var last: Range<Int>?
    repeat {
      skipSpace()
      guard let key = plainString(), last.map({ isInOrder($0, key) }) != false else { return nil }
      last = key
      skipSpace()
      guard take(":") else { throw failure("':' is due") }
      let entry = bytes.withUnsafeBufferPointer {
        wanted.entry(UnsafeBufferPointer(rebasing: $0[key]), in: part)
      }
      let value = try value(depth: depth + 1, wanted.part(of: entry), of: wanted)
      if let entry, let value { map.append(value, under: wanted.key(of: entry)) }
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("',' or '}' is due") }
    return map
  }

  private mutating func passElements(
    depth: Int, _ wanted: JSONSelection
  ) throws(JSONFailure) {
    skipSpace()
    if take("]") { return }
    repeat {
      _ = try value(depth: depth + 1, .nothing, of: wanted)
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("',' or ']' is due") }
  }

  /// Passes a string in which everything stands for itself; nil, and nothing passed, if it is another.
  private mutating func plainString() -> Range<Int>? {
    guard next == UInt8(ascii: "\"") else { return nil }
    let start = position + 1
    let end = endOfPlain(from: start)
    guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
    position = end + 1
    return start..<end
  }

  /// True if a key comes behind another.
  private func isInOrder(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
    bytes[first].lexicographicallyPrecedes(bytes[second])
  }

  private mutating func number() throws(JSONFailure) -> AttributeValue {
    let start = position
    while let byte = next, Self.isOfNumber(byte) { position += 1 }
    let form = Self.form(of: bytes[start..<position])
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if form == .integer, let integer = Int(text) { return .integer(integer) }
    guard form != nil, let number = Double(text), number.isFinite else {
      throw JSONFailure(reason: "not a number", offset: start)
    }
    return .number(number)
  }

  private enum NumberForm { case integer, other }

  /// How a number is written, by the grammar of JSON: `Int` and `Double` read `+5` and `007` too.
  private static func form(of bytes: ArraySlice<UInt8>) -> NumberForm? {
    var rest = bytes
    let isNegative = rest.drop("-")
    let digits = rest.dropDigits()
    guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else {
      return nil
    }
    // There is no integer -0.
    var form: NumberForm = isNegative && first == UInt8(ascii: "0") ? .other : .integer
    if rest.drop(".") {
      form = .other
      if rest.dropDigits().isEmpty { return nil }
    }
    if rest.drop("e") || rest.drop("E") {
      form = .other
      if !rest.drop("-") { _ = rest.drop("+") }
      if rest.dropDigits().isEmpty { return nil }
    }
    return rest.isEmpty ? form : nil
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func string() throws(JSONFailure) -> String {
    guard take("\"") else { throw failure("a string is due") }
    let start = position
    position = endOfPlain(from: start)
    guard next == UInt8(ascii: "\"") else {
      return try stringWithMore(after: Array(bytes[start..<position]))
    }
    defer { position += 1 }
    return bytes.withUnsafeBufferPointer {
      String(decoding: UnsafeBufferPointer(rebasing: $0[start..<position]), as: UTF8.self)
    }
  }

  /// Passes what stands for itself, eight at a time where there is nothing else among them.
  private func endOfPlain(from start: Int) -> Int {
    bytes.withUnsafeBytes { bytes in
      var end = bytes.passed(from: start) {
        $0.controls | $0.notASCII | $0.equal(to: UInt8(ascii: "\""))
          | $0.equal(to: UInt8(ascii: "\\"))
      }
      while end < bytes.count, Self.isPlain(bytes[end]) { end += 1 }
      return end
    }
  }

  /// True for what stands for itself in a string, and is ASCII.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// The rest of a string in which there is more than plain ASCII.
  private mutating func stringWithMore(after head: [UInt8]) throws(JSONFailure) -> String {
    var text = head
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw failure("a string is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw failure("a control character in a string")
      default: text.append(byte)
      }
    }
    throw failure("a string has no end")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONFailure) {
    guard let byte = next else { throw failure("a string has no end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code) {
        guard take("\\"), take("u") else { throw failure("half a surrogate pair") }
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
      text.append(contentsOf: String(scalar).utf8)
    default: throw failure("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws(JSONFailure) -> UInt32 {
    guard position + 4 <= bytes.count,
      bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw failure("four hexadecimal digits are due") }
    position += 4
    return code
  }

  private mutating func word(
    _ word: String.UTF8View, _ value: AttributeValue
  ) throws(JSONFailure) -> AttributeValue {
    guard bytes[position...].starts(with: word) else { throw failure("a value is due") }
    position += word.count
    return value
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private func failure(_ reason: String) -> JSONFailure {
    JSONFailure(reason: reason, offset: position)
  }
}

extension ArraySlice<UInt8> {
  /// Takes a character away from the start; false if it is not there.
  fileprivate mutating func drop(_ character: Unicode.Scalar) -> Bool {
    guard first == UInt8(ascii: character) else { return false }
    removeFirst()
    return true
  }

  /// Takes the digits away from the start.
  fileprivate mutating func dropDigits() -> Self {
    let digits = prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    removeFirst(digits.count)
    return digits
  }
}
