internal import Diagnostics

/// The `type` a manifest names, such as `amlcompute`; for a live target of a kind Berth does not
/// know, the service's own `computeType`.
public struct KindName: Hashable, Sendable, Comparable, CustomStringConvertible,
  ExpressibleByStringLiteral
{
  /// The text itself.
  public let text: String

  /// Names a kind.
  public init(_ text: String) { self.text = text }
  /// The value that a literal stands for.
  public init(stringLiteral text: String) { self.text = text }

  /// The text that people read.
  public var description: String { text }

  /// The order in which they are listed.
  public static func < (left: KindName, right: KindName) -> Bool { left.text < right.text }
}

/// What users type to name a target: `KIND.NAME`, for example `amlcompute.gpu-a100`.
///
/// Within a workspace the name alone identifies a target, whatever its kind and whatever the case
/// of its letters (api.md section 4): two targets clash when their `nameKey`s are equal.
public struct TargetAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The kind.
  public let kind: KindName
  /// The target's name.
  public let name: String

  /// Makes a target address of its parts.
  public init(kind: KindName, name: String) {
    self.kind = kind
    self.name = name
  }

  /// Reads `KIND.NAME`; nil where there is no full stop or one side is empty.
  public init?(_ text: String) {
    guard let dot = text.firstIndex(of: ".") else { return nil }
    let name = text[text.index(after: dot)...]
    guard dot != text.startIndex, !name.isEmpty else { return nil }
    self.init(kind: KindName(String(text[..<dot])), name: String(name))
  }

  /// The name as the service compares it.
  public var nameKey: String { name.inLowerCase }

  /// The text that people read.
  public var description: String { "\(kind).\(name)" }

  /// The order in which they are listed.
  public static func < (left: TargetAddress, right: TargetAddress) -> Bool {
    left.kind != right.kind ? left.kind < right.kind : left.name < right.name
  }
}

extension Sequence {
  /// What belongs to targets, by their names, as names compare; of several with one name the first.
  package func byName(of address: (Element) -> TargetAddress) -> [String: Element] {
    Dictionary(map { (address($0).nameKey, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

extension UnsafeRawBufferPointer {
  /// True for ASCII without capitals.
  fileprivate var isLowerASCII: Bool {
    !holdsAny(eight: { $0.capitals | $0.notASCII }, byte: { $0 >= 0x80 || $0.isCapital })
  }
}

extension String {
  /// In lower case, as most names are already: that is told without making another text.
  package var inLowerCase: String {
    let isLower = utf8.withContiguousStorageIfAvailable { UnsafeRawBufferPointer($0).isLowerASCII }
    return isLower == true ? self : lowercased()
  }
}
