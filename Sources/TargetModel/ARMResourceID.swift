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
  }

  /// Reads an id in which nothing is odd, in one go; nil leaves it to the careful way, which says
  /// what is wrong.
  private init?(plain text: String) {
    var text = text
    guard let canonical = text.withUTF8(Self.lowercased) else { return nil }
    self.text = text
    self.canonical = canonical
  }

  /// An id in lower case; nil for one in which anything is odd.
  private static func lowercased(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    let slash = UInt8(ascii: "/")
    guard bytes.first == slash, bytes.last != slash else { return nil }
    let lowercase = lowercase
    var isOdd = false
    var segment = 0
    let canonical = String(unsafeUninitializedCapacity: bytes.count) { target in
      target[0] = slash
      var start = 1
      for index in 1..<bytes.count {
        let byte = lowercase[Int(bytes[index])]
        target[index] = byte
        // A segment may be nothing but full stops, and none may be empty.
        isOdd = isOdd || byte == 0 || (index == start && (byte == slash || byte == fullStop))
        guard byte == slash else { continue }
        let isKnown =
          switch segment {
          case 0: target[start..<index].reads("subscriptions")
          case 2: target[start..<index].reads("resourcegroups")
          case 4: target[start..<index].reads("providers")
          default: true
          }
        isOdd = isOdd || !isKnown
        segment += 1
        start = index + 1
      }
      return isOdd ? 0 : bytes.count
    }
    return isOdd || segment < 7 || segment.isMultiple(of: 2) ? nil : canonical
  }

  private static let fullStop = UInt8(ascii: ".")

  /// What may stand in an id, in lower case; 0 for anything else.
  private static let lowercase: [UInt8] = (0...UInt8.max).map { byte in
    let scalar = Unicode.Scalar(byte)
    guard scalar.isAllowedInResourceID || scalar == "/" else { return 0 }
    return ("A"..."Z").contains(scalar) ? byte | 0x20 : byte
  }

  /// The provider and resource type in lower case, for example
  /// `microsoft.containerservice/managedclusters`.
  public var type: String {
    var text = canonical
    return text.withUTF8 { bytes in
      String(unsafeUninitializedCapacity: bytes.count) { target in
        var (length, segment) = (0, 0)
        for byte in bytes {
          let isSlash = byte == UInt8(ascii: "/")
          if isSlash { segment += 1 }
          // The namespace, and each type; names stand between them.
          guard segment == 6 || (segment > 6 && !segment.isMultiple(of: 2)) else { continue }
          if isSlash, length == 0 { continue }
          target[length] = byte
          length += 1
        }
        return length
      }
    }
  }

  /// The subscription, in lower case.
  public var subscription: String {
    let rest = canonical.utf8.dropFirst("/subscriptions/".utf8.count)
    return String(Substring(rest.prefix { $0 != UInt8(ascii: "/") }))
  }

  /// The resource's own name, as it was written.
  public var name: String { text.split(separator: "/").last.map(String.init) ?? "" }

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

extension Slice<UnsafeMutableBufferPointer<UInt8>> {
  fileprivate func reads(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    return indices.allSatisfy { self[$0] == word.utf8Start[$0 - startIndex] }
  }
}
