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
  /// The offset of the provider's namespace in its text.
  private let provider: Int

  /// The form in which ids compare.
  ///
  /// Put together where it is asked for: most ids are only checked.
  public var canonical: String { text.lowercased() }

  /// Why a text is not a resource id, as the end of a sentence.
  public struct Malformed: Error, Hashable, Sendable {
    /// Why, in words.
    public let reason: String
  }

  /// Reads an id; refuses whatever the service could read in two ways.
  public init(parsing text: String) throws(Malformed) {
    if let provider = Self.providerOfPlainID(text) {
      self.text = text
      self.provider = provider
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
    provider = segments[..<5].reduce(1) { $0 + $1.utf8.count + 1 }
  }

  /// Where the provider's namespace begins in an id in which nothing is odd.
  ///
  /// Nil leaves an id to the careful way, which says what is wrong.
  private static func providerOfPlainID(_ text: String) -> Int? {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.first == slash, bytes.last != slash else { return nil }
      return isInWord.withUnsafeBufferPointer { isInWord in
        var (slashes, segment, provider, index) = (1, 1, 0, 0)
        while true {
          repeat { index += 1 } while index < bytes.count && isInWord[Int(bytes[index])]
          guard index < bytes.count else { break }
          switch bytes[index] {
          // A segment may be nothing but full stops.
          case UInt8(ascii: "."): if index == segment { return nil }
          case slash:
            let word = UnsafeRawBufferPointer(
              UnsafeBufferPointer(rebasing: bytes[segment..<index]))
            guard isPlausible(word, slashes) else { return nil }
            slashes += 1
            segment = index + 1
            if slashes == 6 { provider = segment }
          default: return nil
          }
        }
        return slashes >= 8 && slashes.isMultiple(of: 2) ? provider : nil
      }
    }
  }

  /// False if a segment is empty, or should be one of the words that every id has and is none.
  ///
  /// - Parameter number: from 1.
  private static func isPlausible(_ segment: UnsafeRawBufferPointer, _ number: Int) -> Bool {
    switch number {
    case 1: reads(segment, "subscriptions")
    case 3: reads(segment, "resourcegroups")
    case 5: reads(segment, "providers")
    default: !segment.isEmpty
    }
  }

  private static func reads(_ segment: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    segment.holdsSameLetters(
      as: UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  private static let slash = UInt8(ascii: "/")

  /// What may stand in a segment and needs no look: all but full stops.
  private static let isInWord: [Bool] = (0...UInt8.max).map {
    $0 != UInt8(ascii: ".") && Unicode.Scalar($0).isAllowedInResourceID
  }

  /// The provider and resource type in lower case, for example
  /// `microsoft.containerservice/managedclusters`.
  public var type: String {
    // The namespace, and each type; names stand between them.
    let segments = canonical.utf8.dropFirst(provider).split(separator: Self.slash)
    return segments.indices.filter { $0 == 0 || !$0.isMultiple(of: 2) }
      .map { String(Substring(segments[$0])) }.joined(separator: "/")
  }

  /// True if its provider and resource type are these, however they are spelled.
  ///
  /// Many ids are asked, so that nothing is put together for it.
  public func isOf(type: String) -> Bool {
    var (id, type) = (text, type)
    return id.withUTF8 { id in
      type.withUTF8 { type in
        isType(UnsafeRawBufferPointer(type), of: UnsafeRawBufferPointer(id))
      }
    }
  }

  private func isType(
    _ type: UnsafeRawBufferPointer, of id: UnsafeRawBufferPointer
  ) -> Bool {
    var rest = type[...]
    var (index, start) = (0, provider)
    while start < id.count {
      var end = start
      while end < id.count, id[end] != Self.slash { end += 1 }
      if index == 0 || !index.isMultiple(of: 2) {
        // Types have their slash in front.
        let part = UnsafeRawBufferPointer(rebasing: id[(index == 0 ? start : start - 1)..<end])
        let due = UnsafeRawBufferPointer(rebasing: rest.prefix(part.count))
        guard part.holdsSameLetters(as: due) else { return false }
        rest = rest.dropFirst(part.count)
      }
      index += 1
      start = end + 1
    }
    return rest.isEmpty
  }

  /// The subscription, in lower case.
  public var subscription: String { writtenSubscription.lowercased() }

  /// True if it is in a subscription, however that is spelled.
  public func isIn(subscription: String) -> Bool {
    let own = writtenSubscription
    return own == subscription || own.lowercased() == subscription.lowercased()
  }

  private var writtenSubscription: Substring {
    let rest = text.utf8.dropFirst("/subscriptions/".utf8.count)
    return Substring(rest.prefix { $0 != Self.slash })
  }

  /// The resource's own name, as it was written.
  public var name: String { text.split(separator: "/").last.map(String.init) ?? "" }

  /// The text that people read.
  public var description: String { text }

  /// True if the two mean the same.
  public static func == (left: ARMResourceID, right: ARMResourceID) -> Bool {
    left.text == right.text || left.canonical == right.canonical
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
