/// The way to an attribute: `ssh_settings.admin_username`.
public struct AttributePath: Hashable, Sendable, Comparable, CustomStringConvertible,
  ExpressibleByStringLiteral
{
  /// The keys from the outside in.
  public let segments: [String]

  /// A path of these keys.
  public init(_ segments: [String]) { self.segments = segments }

  /// Splits at full stops.
  public init(_ text: String) {
    guard text.utf8.contains(UInt8(ascii: ".")) else {
      self.init([text])
      return
    }
    self.init(text.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
  }

  /// The value that a literal stands for.
  public init(stringLiteral text: String) { self.init(text) }

  /// The text that people read.
  public var description: String { segments.joined(separator: ".") }

  /// The order in which they are listed.
  public static func < (left: AttributePath, right: AttributePath) -> Bool {
    left.segments.lexicographicallyPrecedes(right.segments)
  }
}
