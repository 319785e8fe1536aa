internal import Diagnostics

/// The id of a resource in Azure Resource Manager.
///
///     /subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/virtualMachines/N
///
/// Ids compare segment by segment, ignoring case, and a trailing slash means nothing: the service
/// itself writes both `resourceGroups` and `resourcegroups` (api.md section 3). Two spellings of
/// one resource are one resource, or the attach-once rule would have a hole (reliability.md T9).
public struct ARMResourceID: Hashable, Sendable, CustomStringConvertible {
  /// As it was written, without a trailing slash.
  public let text: String
  /// The form in which ids compare.
  public let canonical: String
  /// The provider and resource type in lower case, for example
  /// `microsoft.containerservice/managedclusters`.
  public let type: String

  /// Why a text is not a resource id, as the end of a sentence.
  public struct Malformed: Error, Hashable, Sendable {
    /// Why, in words.
    public let reason: String
  }

  /// Reads an id; refuses whatever the service could read in two ways.
  public init(parsing text: String) throws(Malformed) {
    if let plain = Self(plain: text) {
      self = plain
      return
    }
    guard text.hasPrefix("/") else {
      throw Malformed(reason: "it must begin with '/subscriptions/'")
    }
    let trimmed = text.hasSuffix("/") ? text.dropLast() : text[...]
    let segments = trimmed.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for segment in segments {
      if segment.isEmpty { throw Malformed(reason: "it has an empty segment ('//')") }
      if segment == "." || segment == ".." {
        throw Malformed(reason: "it has a '\(segment)' segment")
      }
      if let odd = segment.unicodeScalars.first(where: { !$0.isAllowedInResourceID }) {
        throw Malformed(reason: "it has the character '\(String(odd).visible)'")
      }
    }
    let keys = segments.map { $0.lowercased() }
    guard keys.count >= 8, keys[0] == "subscriptions", keys[2] == "resourcegroups",
      keys[4] == "providers", keys.count.isMultiple(of: 2)
    else {
      throw Malformed(
        reason: "it must look like "
          + "'/subscriptions/SUB/resourceGroups/GROUP/providers/NAMESPACE/TYPE/NAME'")
    }
    self.text = String(trimmed)
    self.canonical = "/" + keys.joined(separator: "/")
    self.type = ([keys[5]] + stride(from: 6, to: keys.count, by: 2).map { keys[$0] })
      .joined(separator: "/")
  }

  /// Reads an id in which nothing is odd, in one go; nil leaves it to the careful way, which says
  /// what is wrong.
  private init?(plain text: String) {
    var text = text
    guard let (canonical, starts) = text.withUTF8(Self.lowercased), starts.count >= 8,
      starts.count.isMultiple(of: 2)
    else { return nil }
    let bytes = canonical.utf8
    func key(_ index: Int) -> Substring {
      let end = index + 1 < starts.count ? starts[index + 1] - 1 : bytes.count
      let start = bytes.index(bytes.startIndex, offsetBy: starts[index])
      return canonical[start..<bytes.index(bytes.startIndex, offsetBy: end)]
    }
    guard key(0) == "subscriptions", key(2) == "resourcegroups", key(4) == "providers" else {
      return nil
    }
    var type = "\(key(5))"
    for index in stride(from: 6, to: starts.count, by: 2) { type += "/" + key(index) }
    self.text = text
    self.canonical = canonical
    self.type = type
  }

  /// An id in lower case, and where its segments start; nil for one in which anything is odd.
  private static func lowercased(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (canonical: String, starts: [Int])? {
    let slash = UInt8(ascii: "/")
    guard bytes.first == slash, bytes.last != slash else { return nil }
    var starts: [Int] = []
    starts.reserveCapacity(10)
    var isOdd = false
    let canonical = String(unsafeUninitializedCapacity: bytes.count) { target in
      for (index, byte) in bytes.enumerated() {
        target[index] = byte
        switch byte {
        case slash:
          if starts.last == index { isOdd = true }
          starts.append(index + 1)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): target[index] = byte | 0x20
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "("), UInt8(ascii: ")"):
          break
        // A segment may be nothing but full stops.
        case UInt8(ascii: ".") where starts.last != index: break
        default: isOdd = true
        }
      }
      return isOdd ? 0 : bytes.count
    }
    return isOdd ? nil : (canonical, starts)
  }

  /// The subscription, in lower case.
  public var subscription: String { segment(1) }
  /// The resource's own name, as it was written.
  public var name: String { text.split(separator: "/").last.map(String.init) ?? "" }

  private func segment(_ index: Int) -> String {
    String(Substring(canonical.utf8.split(separator: UInt8(ascii: "/"))[index]))
  }

  /// The text that people read.
  public var description: String { text }

  /// True if the two mean the same.
  public static func == (left: ARMResourceID, right: ARMResourceID) -> Bool {
    left.canonical == right.canonical
  }

  /// Feeds what makes two values equal.
  public func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
}

extension Unicode.Scalar {
  /// Resource names allow letters, digits and a little punctuation; never an escape, a query or
  /// anything outside ASCII, where two characters can look alike.
  fileprivate var isAllowedInResourceID: Bool {
    switch self {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "(", ")": true
    default: false
    }
  }
}
