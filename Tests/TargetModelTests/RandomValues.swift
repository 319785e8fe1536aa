import TargetModel
import TestSupport

extension AttributeValue {
  /// Any value that JSON can say, no deeper than this.
  static func random(depth: Int, _ random: inout SeededRandom) -> AttributeValue {
    switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2: return .integer(.random(in: -10...10, using: &random))
    case 3: return .integer(Int(truncatingIfNeeded: random.next()))
    case 4:
      let number = Double(bitPattern: random.next())
      return .number(number.isFinite ? number : 0.5)
    case 5: return .text(randomText(&random))
    case 6:
      return .list(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in
          AttributeValue.random(depth: depth - 1, &random)
        })
    default:
      var entries: AttributeMap = [:]
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        entries[randomText(&random)] = AttributeValue.random(depth: depth - 1, &random)
      }
      return .map(entries)
    }
  }

  /// Letters, and what writers and readers of text stumble over.
  static func randomText(_ random: inout SeededRandom) -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "b", "Z", "0", ".", " ", "\"", "\\", "/", "\n", "\r", "\t", "\u{0}", "\u{1B}", "\u{7F}",
      "\u{85}", "\u{2028}", "\u{202E}", "\u{FEFF}", "é", "ß", "中", "\u{301}", "🙂", "\u{10FFFF}",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      if let scalar = scalars.randomElement(using: &random) { text.unicodeScalars.append(scalar) }
    }
    return text
  }
}
