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
    let stop = UInt8(ascii: ".")
    guard text.utf8.contains(stop) else {
      self.init([text])
      return
    }
    // By bytes: finding letters takes ten times as long, and checks name paths for every target.
    let pieces = text.utf8.split(separator: stop, omittingEmptySubsequences: false)
    self.init(pieces.map { String(Substring($0)) })
  }

  /// The value that a literal stands for.
  public init(stringLiteral text: String) { self.init(text) }

  /// The text that people read.
  public var description: String {
    var text = segments.first ?? ""
    for segment in segments.dropFirst() {
      text += "."
      text += segment
    }
    return text
  }

  /// The order in which they are listed.
  public static func < (left: AttributePath, right: AttributePath) -> Bool {
    left.segments.lexicographicallyPrecedes(right.segments)
  }
}
