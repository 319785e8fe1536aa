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
    guard bytes.first == slash, bytes.last != slash else { return nil }
    var slashes = 0
    let canonical = String(unsafeUninitializedCapacity: bytes.count) { target in
      lowercase.withUnsafeBufferPointer { lowercase in
        var segment = 0
        for index in bytes.indices {
          let byte = lowercase[Int(bytes[index])]
          target[index] = byte
          // Letters and digits come behind all that needs a look.
          guard byte <= slash else { continue }
          guard byte != 0 else { return 0 }
          guard byte == slash else { continue }
          // A segment may be nothing but full stops, and none may be empty.
          let next = bytes[index + 1]
          guard next != slash, next != UInt8(ascii: "."),
            isPlausible(UnsafeBufferPointer(rebasing: target[segment..<index]), slashes)
          else { return 0 }
          slashes += 1
          segment = index + 1
        }
        return bytes.count
      }
    }
    return canonical.isEmpty || slashes < 8 || !slashes.isMultiple(of: 2) ? nil : canonical
  }

  /// False if a segment should be one of the words that every id has, and is none.
  ///
  /// - Parameter slashes: how many slashes stand before the one in front of it, and that one.
  private static func isPlausible(_ segment: UnsafeBufferPointer<UInt8>, _ slashes: Int) -> Bool {
    switch slashes {
    case 1: reads(segment, "subscriptions")
    case 3: reads(segment, "resourcegroups")
    case 5: reads(segment, "providers")
    default: true
    }
  }

  private static func reads(_ segment: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    segment.elementsEqual(
      UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  private static let slash = UInt8(ascii: "/")

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

  /// True if its provider and resource type are these, however they are spelled.
  ///
  /// Many ids are asked, so that nothing is put together for it.
  public func isOf(type: String) -> Bool {
    var (id, type) = (canonical, type)
    return id.withUTF8 { id in
      type.withUTF8 { type in
        Self.lowercase.withUnsafeBufferPointer { Self.isType(type, of: id, inLowerCase: $0) }
      }
    }
  }

  private static func isType(
    _ type: UnsafeBufferPointer<UInt8>, of id: UnsafeBufferPointer<UInt8>,
    inLowerCase lowercase: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    var (segment, length) = (0, 0)
    // The namespace, and each type; names stand between them.
    var isPart = false
    for byte in id {
      if byte == slash {
        segment += 1
        isPart = segment == 6 || (segment > 6 && !segment.isMultiple(of: 2))
        if segment == 6 { continue }
      }
      guard isPart else { continue }
      guard length < type.count, lowercase[Int(type[length])] == byte else { return false }
      length += 1
    }
    return length == type.count
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
