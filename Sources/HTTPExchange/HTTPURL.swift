/// An absolute URL of http or https, taken apart once.
///
/// No user-info and no fragment: credentials travel in headers, and a fragment never travels.
public struct HTTPURL: Hashable, Sendable {
  /// The scheme.
  public enum Scheme: String, Hashable, Sendable {
    case http, https

    /// The port that goes without saying.
    public var defaultPort: Int { self == .https ? 443 : 80 }
  }

  /// The scheme.
  public let scheme: Scheme
  /// The host, in lower case; an IPv6 address without its brackets.
  public let host: String
  /// The port, said or not.
  public let port: Int
  /// Path and query as they are sent; begins with `/`.
  public var target: String

  /// Takes a URL apart; nil if it is relative, of another scheme, has user-info or no host, or holds
  /// a character that does not belong into a URL (blanks, controls, anything but ASCII).
  public init?(parsing text: String) {
    guard text.utf8.count <= Self.longest,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !#"<>"\^`{|}"#.utf8.contains($0) }),
      let colon = text.firstRange(of: "://"),
      let scheme = Scheme(rawValue: text[..<colon.lowerBound].lowercased())
    else { return nil }
    let rest = text[colon.upperBound...]
    let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    guard let (host, port) = Self.authority(rest[..<end]) else { return nil }
    let tail = rest[end...].prefix { $0 != "#" }
    self.scheme = scheme
    self.host = host
    self.port = port ?? scheme.defaultPort
    self.target = tail.first == "/" ? String(tail) : "/" + tail
  }

  /// The root of a host that is known when Berth is built, over TLS.
  package init(https host: StaticString) {
    self.scheme = .https
    self.host = "\(host)"
    self.port = 443
    self.target = "/"
  }

  /// What clients of the service must be able to follow is 4 KiB (api.md section 6); this leaves
  /// room.
  private static let longest = 16 * 1024

  private static func authority(_ text: Substring) -> (host: String, port: Int?)? {
    guard !text.isEmpty, !text.contains("@") else { return nil }
    var host = text
    var portText: Substring?
    if text.first == "[" {
      guard let close = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<close]
      let after = text[text.index(after: close)...]
      guard after.isEmpty || after.first == ":" else { return nil }
      portText = after.isEmpty ? nil : after.dropFirst()
      guard host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
    } else {
      if let colon = text.firstIndex(of: ":") {
        host = text[..<colon]
        portText = text[text.index(after: colon)...]
      }
      guard host.utf8.allSatisfy({ isHostByte($0) }) else { return nil }
    }
    guard !host.isEmpty else { return nil }
    guard let portText else { return (host.lowercased(), nil) }
    guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(portText),
      (1...65535).contains(port)
    else { return nil }
    return (host.lowercased(), port)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// True for this very machine: `localhost`, 127.0.0.0/8, `::1`.
  public var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// True if both go to the same place: scheme, host and port agree.
  public func hasOrigin(of other: HTTPURL) -> Bool {
    scheme == other.scheme && host == other.host && port == other.port
  }

  /// Another path and query at the same place.
  public func at(_ target: String) -> HTTPURL {
    var url = self
    url.target = target.first == "/" ? target : "/" + target
    return url
  }

  /// The URL up to its path, as it is written: `https://management.azure.com`.
  public var origin: String {
    let shown = host.contains(":") ? "[\(host)]" : host
    return "\(scheme.rawValue)://\(shown)" + (port == scheme.defaultPort ? "" : ":\(port)")
  }
}

extension HTTPURL: CustomStringConvertible {
  /// The whole URL.
  public var description: String { origin + target }
}
