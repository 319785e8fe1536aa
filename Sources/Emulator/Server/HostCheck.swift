/// Whether a request names this machine as its host.
///
/// A page in a browser may have a name of its own that leads to 127.0.0.1; it can choose the
/// address, but not the header `Host` (reliability.md T30). A page of another origin is refused
/// too, whatever it asks for.
struct HostCheck: Sendable {
  /// True where whoever can reach the emulator may use it.
  let takesAnyHost: Bool

  /// What URLs in the answer begin with; nil for a request that must not be answered.
  func origin(host: String?, origin: String?, scheme: String) -> String? {
    guard let host, let name = Self.name(of: host) else { return nil }
    let own = "\(scheme)://\(host)"
    if takesAnyHost { return own }
    guard Self.isLoopback(name) else { return nil }
    if let origin, origin.lowercased() != own.lowercased() { return nil }
    return own
  }

  /// The host of a header, without its port; nil for a text that is no host.
  private static func name(of header: String) -> String? {
    let pattern = /(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?/
    guard let match = header.wholeMatch(of: pattern) else { return nil }
    return match.1.hasPrefix("[") ? String(match.1.dropFirst().dropLast()) : String(match.1)
  }

  static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  static func joined(_ host: String, _ port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
