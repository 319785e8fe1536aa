public import TargetModel

/// Which addresses are meant: one, or all that a pattern fits.
///
/// `*` stands for any letters but a full stop, and `**` for any letters at all: `amlcompute.*`,
/// `*.gpu-*`, `**`. As in the service, the case of letters does not count.
public struct AddressPattern: Hashable, Sendable {
  /// What was typed.
  public let text: String
  /// In lower case; nil for a place where anything may stand.
  private let parts: [Part]

  private enum Part: Hashable, Sendable {
    case letter(UInt8)
    /// `*`
    case anyInName
    /// `**`
    case anything
  }

  /// Reads what was typed; nil if no address can be meant by it.
  public init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= Self.lengthLimit else { return nil }
    var parts: [Part] = []
    for byte in text.lowercased().utf8 {
      guard byte == UInt8(ascii: "*") else {
        parts.append(.letter(byte))
        continue
      }
      switch parts.last {
      case .anyInName: parts[parts.count - 1] = .anything
      case .anything: break
      case .letter, nil: parts.append(.anyInName)
      }
    }
    guard parts.contains(where: { $0 != .letter(UInt8(ascii: ".")) }) else { return nil }
    self.text = text
    self.parts = parts
  }

  /// Bytes in a pattern.
  public static let lengthLimit = 512

  /// The address, if just one is meant.
  var exact: String? {
    let isExact = parts.allSatisfy { if case .letter = $0 { true } else { false } }
    return isExact ? text.lowercased() : nil
  }

  /// True if an address is meant.
  public func matches(_ address: TargetAddress) -> Bool {
    // `reached[i]` tells whether what was read so far can be the first `i` parts.
    var reached = [true] + Array(repeating: false, count: parts.count)
    skipStars(&reached)
    for byte in address.description.lowercased().utf8 {
      var next = Array(repeating: false, count: parts.count + 1)
      for (index, part) in parts.enumerated() where reached[index] {
        switch part {
        case .letter(let letter): if letter == byte { next[index + 1] = true }
        case .anyInName: if byte != UInt8(ascii: ".") { next[index] = true }
        case .anything: next[index] = true
        }
      }
      reached = next
      skipStars(&reached)
    }
    return reached[parts.count]
  }

  /// A star may stand for nothing.
  private func skipStars(_ reached: inout [Bool]) {
    for (index, part) in parts.enumerated() where reached[index] {
      if part == .anyInName || part == .anything { reached[index + 1] = true }
    }
  }
}
