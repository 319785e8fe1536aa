/// What a scalar means by the core schema of YAML 1.2: `no` is a text, and so are `1:30` and
/// `1_000`.
public enum YAMLScalar: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  /// A number with a fraction or an exponent, or a whole one too large for `Int`.
  case number(Double)
  case text(String)

  /// How a scalar was written, as far as its meaning depends on it.
  enum Reading: Hashable, Sendable {
    /// Without quotes or tag: the text tells.
    case plain
    /// In quotes or as a block: a text.
    case quoted
    /// With a tag of the core schema.
    case tagged(CoreTag)
  }

  /// The tags of the core schema that scalars may have.
  enum CoreTag: String, Hashable, Sendable {
    case str
    case int
    case float
    case bool
    case null

    /// True if a text is what the tag says.
    func fits(_ text: String) -> Bool {
      switch (self, YAMLScalar(plain: text)) {
      case (.str, _), (.null, .null), (.bool, .bool), (.int, .integer), (.float, .integer),
        (.float, .number):
        true
      // A whole number too large for `Int`.
      case (.int, .number(let number)): number.magnitude >= 0x1p63 && !text.contains(".")
      default: false
      }
    }
  }

  init(_ text: String, read reading: Reading) {
    switch reading {
    case .quoted, .tagged(.str): self = .text(text)
    case .plain, .tagged(.int), .tagged(.bool), .tagged(.null): self = YAMLScalar(plain: text)
    case .tagged(.float):
      if case .integer(let integer) = YAMLScalar(plain: text) {
        self = .number(Double(integer))
      } else {
        self = YAMLScalar(plain: text)
      }
    }
  }

  /// True for a scalar that means null, told without finding out what others mean.
  static func isNull(_ text: String, read reading: Reading) -> Bool {
    guard reading == .plain else { return YAMLScalar(text, read: reading) == .null }
    return isNullWord(text)
  }

  private static func isNullWord(_ text: String) -> Bool {
    switch text.utf8.count {
    case 0: true
    case 1: text == "~"
    case 4: text == "null" || text == "Null" || text == "NULL"
    default: false
    }
  }

  /// What a plain scalar means.
  public init(plain text: String) {
    guard text.utf8.first?.mayBeginAMeaning ?? true else {
      self = .text(text)
      return
    }
    guard text.utf8.count <= Self.longestWord else {
      self = Self.number(in: text) ?? .text(text)
      return
    }
    switch text {
    case _ where Self.isNullWord(text): self = .null
    case "true", "True", "TRUE": self = .bool(true)
    case "false", "False", "FALSE": self = .bool(false)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": self = .number(.infinity)
    case "-.inf", "-.Inf", "-.INF": self = .number(-.infinity)
    case ".nan", ".NaN", ".NAN": self = .number(.nan)
    default: self = Self.number(in: text) ?? .text(text)
    }
  }

  /// The length of `false` and `+.inf`.
  private static let longestWord = 5

  private static func number(in text: String) -> YAMLScalar? {
    if let integer = shortInteger(in: text.utf8) { return .integer(integer) }
    guard let first = text.utf8.first, isNumberStart(first) else { return nil }
    let bytes = Array(text.utf8)
    if bytes.count > 2, first == UInt8(ascii: "0") {
      if bytes[1] == UInt8(ascii: "o") { return integer(text.dropFirst(2), radix: 8) }
      if bytes[1] == UInt8(ascii: "x") { return integer(text.dropFirst(2), radix: 16) }
    }
    var index = first == UInt8(ascii: "+") || first == UInt8(ascii: "-") ? 1 : 0
    let whole = digits(bytes, &index)
    if index == bytes.count, whole > 0 {
      if let integer = Int(text) { return .integer(integer) }
      return Double(text).map(YAMLScalar.number)
    }
    var fraction = 0
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      fraction = digits(bytes, &index)
    }
    guard whole + fraction > 0 else { return nil }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-")
      {
        index += 1
      }
      guard digits(bytes, &index) > 0 else { return nil }
    }
    guard index == bytes.count else { return nil }
    return Double(text).map(YAMLScalar.number)
  }

  /// A number of nothing but a few digits, as nearly all are.
  static func shortInteger(in text: some Collection<UInt8>) -> Int? {
    guard (1...18).contains(text.count) else { return nil }
    var integer = 0
    for byte in text {
      guard (0x30...0x39).contains(byte) else { return nil }
      integer = integer * 10 + Int(byte - 0x30)
    }
    return integer
  }

  private static func isNumberStart(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E
  }

  private static func digits(_ bytes: [UInt8], _ index: inout Int) -> Int {
    let start = index
    while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
    return index - start
  }

  private static func integer(_ digits: Substring, radix: Int) -> YAMLScalar? {
    let areDigits = digits.utf8.allSatisfy { byte in
      radix == 8
        ? (0x30...0x37).contains(byte)
        : (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }
    guard areDigits, !digits.isEmpty else { return nil }
    return Int(digits, radix: radix).map { .integer($0) } ?? .number(.infinity)
  }
}

extension UInt8 {
  /// False for the first byte of what can only be a text, as most scalars are.
  fileprivate var mayBeginAMeaning: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"),
      UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
