/// A time as schedules write it: `2026-01-05`, `2026-01-05T08:00`, `2026-01-05 08:00:00.5Z`.
///
/// The form alone; whether there is such a day or hour is another question.
struct StartTime {
  let year: Int
  let month: Int
  let day: Int
  private(set) var hour = 0
  private(set) var minute = 0
  private(set) var second = 0
  /// What stands behind: `Z`, `+01:00` or `+0100`.
  private(set) var offset: Substring?

  /// Nil for a text of another form.
  init?(_ text: String) {
    if let plain = Self(plain: text) {
      self = plain
      return
    }
    var rest = text.utf8[...]
    guard let year = rest.number(digits: 4), rest.take("-"), let month = rest.number(digits: 2),
      rest.take("-"), let day = rest.number(digits: 2)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    if rest.take("T") || rest.take(" ") {
      guard readTime(&rest) else { return nil }
    }
    guard rest.isEmpty || rest.isOffset else { return nil }
    if !rest.isEmpty { offset = Substring(rest) }
  }

  /// A time to the second with nothing behind it, as nearly all are; nil for any other.
  private init?(plain text: String) {
    var text = text
    let isPlain = text.withUTF8 { bytes in
      bytes.count == 19
        && bytes.indices.allSatisfy { index in
          switch index {
          case 4, 7: bytes[index] == UInt8(ascii: "-")
          case 10: bytes[index] == UInt8(ascii: "T")
          case 13, 16: bytes[index] == UInt8(ascii: ":")
          default: bytes[index].isDigit
          }
        }
    }
    guard isPlain else { return nil }
    func number(_ stretch: Range<Int>) -> Int {
      text.withUTF8 { bytes in
        bytes[stretch].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
      }
    }
    (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
  }

  private mutating func readTime(_ rest: inout Substring.UTF8View) -> Bool {
    guard let hour = rest.number(digits: 2), rest.take(":"), let minute = rest.number(digits: 2)
    else { return false }
    (self.hour, self.minute) = (hour, minute)
    guard rest.take(":") else { return true }
    guard let second = rest.number(digits: 2) else { return false }
    self.second = second
    guard rest.take(".") else { return true }
    let fraction = rest.prefix { $0.isDigit }
    rest = rest.dropFirst(fraction.count)
    return (1...7).contains(fraction.count)
  }
}

extension Substring.UTF8View {
  /// Takes a character, if it comes next.
  fileprivate mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard first == UInt8(ascii: character) else { return false }
    removeFirst()
    return true
  }

  /// Takes a number of so many digits, if it comes next.
  fileprivate mutating func number(digits: Int) -> Int? {
    let text = prefix(digits)
    guard text.count == digits, text.allSatisfy(\.isDigit) else { return nil }
    self = dropFirst(digits)
    return Int(Substring(text))
  }

  /// `Z`, or hours and minutes behind a sign.
  fileprivate var isOffset: Bool {
    var rest = self
    if rest.take("Z") { return rest.isEmpty }
    guard rest.take("+") || rest.take("-"), rest.number(digits: 2) != nil else { return false }
    _ = rest.take(":")
    return rest.number(digits: 2) != nil && rest.isEmpty
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
