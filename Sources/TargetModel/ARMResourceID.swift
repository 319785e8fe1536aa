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
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var starts: [Int] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "/"):
        if bytes.last == UInt8(ascii: "/") { return nil }
        starts.append(bytes.count + 1)
        bytes.append(byte)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "("), UInt8(ascii: ")"):
        bytes.append(byte)
      // A segment may be nothing but full stops.
      case UInt8(ascii: ".") where bytes.last != UInt8(ascii: "/"): bytes.append(byte)
      default: return nil
      }
    }
    guard starts.first == 1, bytes.last != UInt8(ascii: "/"), starts.count >= 8,
      starts.count.isMultiple(of: 2)
    else { return nil }
    func key(_ index: Int) -> ArraySlice<UInt8> {
      bytes[starts[index]..<(index + 1 < starts.count ? starts[index + 1] - 1 : bytes.count)]
    }
    guard key(0).elementsEqual("subscriptions".utf8), key(2).elementsEqual("resourcegroups".utf8),
      key(4).elementsEqual("providers".utf8)
    else { return nil }
    var type = Array(key(5))
    for index in stride(from: 6, to: starts.count, by: 2) {
      type.append(UInt8(ascii: "/"))
      type += key(index)
    }
    self.text = text
    self.canonical = String(decoding: bytes, as: UTF8.self)
    self.type = String(decoding: type, as: UTF8.self)
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
