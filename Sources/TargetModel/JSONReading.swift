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
    self = try Array(bytes).withUnsafeBufferPointer { bytes throws(JSONFailure) in
      var reader = JSONReader(bytes)
      return try reader.document()
    }
  }

  /// Reads JSON strictly from text.
  public init(json text: String) throws(JSONFailure) {
    try self.init(json: text.utf8)
  }
}

/// Reads JSON from bytes, which must be there for as long as it is.
struct JSONReader {
  private static let depthLimit = 64

  let bytes: UnsafeBufferPointer<UInt8>
  private(set) var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func document() throws(JSONFailure) -> AttributeValue {
    let value = try value(depth: 0)
    try end()
    return value
  }

  /// Reads the value that begins somewhere.
  func value(from start: Int) throws(JSONFailure) -> AttributeValue {
    var reader = self
    reader.position = start
    return try reader.value(depth: 0)
  }

  /// Nothing may follow the value.
  private mutating func end() throws(JSONFailure) {
    skipSpace()
    guard position == bytes.count else { throw failure("something follows the value") }
  }

  /// Reads any value; what recurses is kept apart from the rest, since stacks may be small.
  private mutating func value(depth: Int) throws(JSONFailure) -> AttributeValue {
    skipSpace()
    let isMap = next == UInt8(ascii: "{")
    guard isMap || next == UInt8(ascii: "[") else { return try scalar() }
    guard depth < Self.depthLimit else { throw tooDeep }
    return isMap ? try map(depth: depth) : try list(depth: depth)
  }

  private mutating func scalar() throws(JSONFailure) -> AttributeValue {
    switch next {
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
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

  // MARK: Places

  /// Reads a text as strictly as `document`, makes nothing of it, and answers with where what is
  /// wanted begins, by the numbers of the paths; nothing begins at -1, and null counts as nothing.
  mutating func places(of wanted: JSONSelection) throws(JSONFailure) -> [Int] {
    var passed = Passed(count: wanted.count)
    try pass(wanted, wanted.whole, &passed, depth: 0)
    try end()
    return passed.places
  }

  private struct Passed {
    var places: [Int]
    /// The keys of the maps around the place that has been reached, each map's in their order.
    var keys: [Range<Int>] = []

    init(count: Int) {
      places = Array(repeating: -1, count: count)
      keys.reserveCapacity(32)
    }
  }

  @inline(__always)
  private mutating func pass(
    _ wanted: JSONSelection, _ part: JSONSelection.Part, _ passed: inout Passed, depth: Int
  ) throws(JSONFailure) {
    skipSpace()
    if part.number >= 0, next != UInt8(ascii: "n") { passed.places[part.number] = position }
    switch next {
    case UInt8(ascii: "{"): try passEntries(wanted, part, &passed, depth: depth)
    case UInt8(ascii: "["): try passElements(wanted, &passed, depth: depth)
    case UInt8(ascii: "\""): if plainString() == nil { _ = try string() }
    default: _ = try scalar()
    }
  }

  private mutating func passEntries(
    _ wanted: JSONSelection, _ part: JSONSelection.Part, _ passed: inout Passed, depth: Int
  ) throws(JSONFailure) {
    guard depth < Self.depthLimit else { throw tooDeep }
    position += 1
    skipSpace()
    if take("}") { return }
    let first = passed.keys.count
    // Keys mostly come in their order, and then none is repeated; from the first one on that does
    // not, or has escapes, they are kept.
    var seen: Set<String>?
    var last: Range<Int>?
    repeat {
      skipSpace()
      let start = position
      let entry: JSONSelection.Part
      if seen == nil, let key = plainString(), last.map({ isInOrder($0, key) }) != false {
        last = key
        passed.keys.append(key)
        entry = wanted.entry(UnsafeBufferPointer(rebasing: bytes[key]), of: part)
      } else {
        position = start
        let key = try string()
        if seen == nil { seen = Set(passed.keys[first...].map(text)) }
        guard seen?.insert(key).inserted == true else {
          throw JSONFailure(reason: "a key is repeated", offset: start)
        }
        entry = wanted.entry(key, of: part)
      }
      skipSpace()
      guard take(":") else { throw failure("':' is due") }
      try pass(wanted, entry, &passed, depth: depth + 1)
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("',' or '}' is due") }
    passed.keys.removeLast(passed.keys.count - first)
  }

  private mutating func passElements(
    _ wanted: JSONSelection, _ passed: inout Passed, depth: Int
  ) throws(JSONFailure) {
    guard depth < Self.depthLimit else { throw tooDeep }
    position += 1
    skipSpace()
    if take("]") { return }
    repeat {
      try pass(wanted, .nothing, &passed, depth: depth + 1)
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
    // Mostly their first letters tell.
    if !first.isEmpty, !second.isEmpty, bytes[first.lowerBound] != bytes[second.lowerBound] {
      return bytes[first.lowerBound] < bytes[second.lowerBound]
    }
    return bytes[first].lexicographicallyPrecedes(bytes[second])
  }

  // MARK: Words and numbers

  private mutating func number() throws(JSONFailure) -> AttributeValue {
    if let integer = shortInteger() { return .integer(integer) }
    let start = position
    while let byte = next, Self.isOfNumber(byte) { position += 1 }
    let form = Self.form(of: bytes[start..<position])
    let text = text(start..<position)
    if form == .integer, let integer = Int(text) { return .integer(integer) }
    guard form != nil, let number = Double(text), number.isFinite else {
      throw JSONFailure(reason: "not a number", offset: start)
    }
    return .number(number)
  }

  /// Reads an integer of plain digits that surely fits; nil, and nothing read, if it is another one.
  private mutating func shortInteger() -> Int? {
    var (integer, end) = (0, position)
    while end < bytes.count, case let digit = bytes[end] &- UInt8(ascii: "0"), digit < 10 {
      guard end - position < 18, end == position || integer > 0 else { return nil }
      integer = integer * 10 + Int(digit)
      end += 1
    }
    guard end > position, end == bytes.count || !Self.isOfNumber(bytes[end]) else { return nil }
    position = end
    return integer
  }

  private enum NumberForm { case integer, other }

  /// How a number is written, by the grammar of JSON: `Int` and `Double` read `+5` and `007` too.
  private static func form(of bytes: Slice<UnsafeBufferPointer<UInt8>>) -> NumberForm? {
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
    return text(start..<position)
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  /// Passes what stands for itself, eight at a time where there is nothing else among them.
  private func endOfPlain(from start: Int) -> Int {
    UnsafeRawBufferPointer(bytes).firstIndex(
      from: start, eight: { $0.notPlainInJSON }, byte: { !$0.isPlainInJSON })
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
    _ word: StaticString, _ value: AttributeValue
  ) throws(JSONFailure) -> AttributeValue {
    let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
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
    while let byte = next, byte <= 0x20,
      byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    {
      position += 1
    }
  }

  private var tooDeep: JSONFailure { failure("more than \(Self.depthLimit) levels") }

  private func failure(_ reason: String) -> JSONFailure {
    JSONFailure(reason: reason, offset: position)
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
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
