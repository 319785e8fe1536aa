/// The service's rule for names (api.md section 4): 3 to 24 letters, digits and hyphens, the first
/// a letter, and not ending in a hyphen and digits only.
enum ComputeName {
  static func isValid(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard (3...24).contains(bytes.count), isLetter(bytes[0]),
      bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == hyphen })
    else { return false }
    let beforeDigits = bytes.last { !isDigit($0) }
    return !(isDigit(bytes[bytes.count - 1]) && beforeDigits == hyphen)
  }

  private static let hyphen = UInt8(ascii: "-")

  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: false
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
