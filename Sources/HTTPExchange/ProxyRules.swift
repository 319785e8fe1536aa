/// Which requests go by a proxy, as the environment says it to every program.
///
/// - `HTTPS_PROXY`, else `ALL_PROXY`: the proxy of requests over TLS. `http://host:port` (also
///   without the scheme) is asked for a tunnel, `socks5://host:port` for a connection.
/// - `NO_PROXY`: what goes there directly, separated by commas: a host, which stands for what is
///   below it, too, a host with a port, or `*`.
///
/// Names in lower case win. `HTTP_PROXY` changes nothing: plain http goes to this very machine or to
/// its host only (`HTTPRequest.Reach`), and there no proxy has any business.
public struct ProxyRules: Hashable, Sendable {
  /// The proxy of requests over TLS, if there is one.
  let proxy: Proxy?
  private let exceptions: [Exception]

  /// No proxy at all.
  public init() {
    proxy = nil
    exceptions = []
  }

  /// Reads the rules from an environment.
  public init(environment: [String: String]) throws(NetworkSettingsFailure) {
    func value(_ name: String) -> (name: String, text: String)? {
      for name in [name.lowercased(), name] {
        if let text = environment[name], !text.isEmpty { return (name, text) }
      }
      return nil
    }
    if let setting = value("HTTPS_PROXY") ?? value("ALL_PROXY") {
      proxy = try Proxy(setting.text, variable: setting.name)
    } else {
      proxy = nil
    }
    exceptions = (value("NO_PROXY")?.text ?? "").split { ", \t".contains($0) }.map(Exception.init)
  }

  /// The proxy by which a request goes, or nil for directly.
  func proxy(for request: HTTPRequest) -> Proxy? {
    guard request.reach == .network, request.url.scheme == .https, !request.url.isLoopback,
      !exceptions.contains(where: { $0.covers(request.url) })
    else { return nil }
    return proxy
  }

  private struct Exception: Hashable {
    let host: String
    let port: Int?

    init(_ text: Substring) {
      var host = text.lowercased()[...]
      var port: Int?
      // A colon alone is a port's; several are those of an IPv6 address.
      if let colon = host.lastIndex(of: ":"), host.firstIndex(of: ":") == colon {
        port = Int(host[host.index(after: colon)...])
        host = host[..<colon]
      }
      if host.hasPrefix("*.") { host = host.dropFirst() }
      if host.hasPrefix(".") { host = host.dropFirst() }
      self.host = String(host)
      self.port = port
    }

    func covers(_ url: HTTPURL) -> Bool {
      guard port == nil || port == url.port else { return false }
      return host == "*" || url.host == host || (!host.isEmpty && url.host.hasSuffix("." + host))
    }
  }
}

/// A proxy.
///
/// Its name and password can't be printed.
struct Proxy: Hashable, Sendable {
  enum Kind: Hashable { case tunnel, socks }

  let kind: Kind
  let host: String
  let port: Int
  /// `user:password`, decoded; never printed.
  let credentials: String?

  fileprivate init(_ text: String, variable: String) throws(NetworkSettingsFailure) {
    var rest = text[...]
    var scheme = "http"
    if let end = rest.firstRange(of: "://") {
      scheme = rest[..<end.lowerBound].lowercased()
      rest = rest[end.upperBound...]
    }
    var credentials: String?
    if let at = rest.lastIndex(of: "@") {
      credentials = decodingPercents(rest[..<at])
      rest = rest[rest.index(after: at)...]
      guard credentials != nil else { throw .unreadableProxy(variable) }
    }
    guard let url = HTTPURL(parsing: "http://" + rest), url.target == "/" else {
      throw .unreadableProxy(variable)
    }
    let saysPort = rest.hasSuffix(":\(url.port)") || rest.hasSuffix(":\(url.port)/")
    switch scheme {
    case "http":
      kind = .tunnel
      port = url.port
    case "socks5", "socks5h":
      guard credentials == nil else { throw .socksCredentials(variable) }
      kind = .socks
      port = saysPort ? url.port : 1080
    default: throw .proxyScheme(variable)
    }
    host = url.host
    self.credentials = credentials
  }
}

extension Proxy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  var description: String { "\(host):\(port)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The text with its `%XX` decoded; nil if one is broken or the bytes are not UTF-8.
private func decodingPercents(_ text: Substring) -> String? {
  var bytes: [UInt8] = []
  var rest = text.utf8
  while let byte = rest.popFirst() {
    guard byte == UInt8(ascii: "%") else {
      bytes.append(byte)
      continue
    }
    guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue)
    else { return nil }
    bytes.append(high << 4 | low)
  }
  return String(validating: bytes, as: UTF8.self)
}

private func hexValue(_ byte: UInt8) -> UInt8? {
  Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
}
