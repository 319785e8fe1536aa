/// Where the emulator listens.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
  /// The host: a name or an address, without brackets.
  public let host: String
  /// The port; 0 for any that is free.
  public let port: Int

  /// The usual place.
  public static let standard = ListenAddress(host: "127.0.0.1", port: 8440)

  private init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// The place of a text such as `127.0.0.1:8440`, `[::1]:0` or `8440`; nil if it is none.
  public init?(_ text: String) {
    let (host, digits): (Substring, Substring)
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      guard rest.hasPrefix(":") else { return nil }
      digits = rest.dropFirst()
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      digits = text[text.index(after: colon)...]
    } else {
      host = "127.0.0.1"
      digits = text[...]
    }
    guard let port = Int(digits), (0...65_535).contains(port), digits.allSatisfy(\.isNumber),
      !host.isEmpty
    else { return nil }
    self.init(host: String(host), port: port)
  }

  /// True for what only this machine can reach.
  public var isLoopback: Bool { HostCheck.isLoopback(host) }

  /// The host by which clients on this machine reach it: "any address" is none to ask for.
  var hostFromHere: String {
    switch host {
    case "0.0.0.0": "127.0.0.1"
    case "::": "::1"
    default: host
    }
  }

  /// The text that people read.
  public var description: String { HostCheck.joined(host, port) }
}
