/// How a machine reaches the network: what only the administrator of a run says, never a manifest.
public struct NetworkSettings: Hashable, Sendable {
  /// Which requests go by a proxy.
  public var proxies: ProxyRules
  /// A file of certificates in PEM form, trusted beside those of the system.
  ///
  /// There is no way to trust everybody.
  public var authorities: String?

  /// Direct connections, and the system's authorities alone, unless said otherwise.
  public init(proxies: ProxyRules = ProxyRules(), authorities: String? = nil) {
    self.proxies = proxies
    self.authorities = authorities
  }

  /// What the environment says: the proxies (`ProxyRules`), and `BERTH_CA_FILE` for more
  /// authorities.
  public init(environment: [String: String]) throws(NetworkSettingsFailure) {
    let authorities = environment["BERTH_CA_FILE"] ?? ""
    self.init(
      proxies: try ProxyRules(environment: environment),
      authorities: authorities.isEmpty ? nil : authorities)
  }
}

/// Why the network can't be set up, as full sentences for people; without any credentials.
public struct NetworkSettingsFailure: Error, Hashable, Sendable {
  /// What is wrong, and a way out.
  public let message: String

  static func unreadableProxy(_ variable: String) -> Self {
    Self(
      message: """
        The value of \(variable) is not the address of a proxy. Write it as \
        'http://HOST:PORT' or 'http://USER:PASSWORD@HOST:PORT', with special characters of the \
        password as '%XX'.
        """)
  }

  static func proxyScheme(_ variable: String) -> Self {
    Self(
      message: """
        The proxy in \(variable) is of a kind that Berth does not speak. Use a proxy of \
        'http://' or 'socks5://'; what goes through it is encrypted all the same.
        """)
  }

  static func socksCredentials(_ variable: String) -> Self {
    Self(
      message: """
        The SOCKS proxy in \(variable) asks for a name and a password, which Berth can't tell it. \
        Use a proxy of 'http://', or one without a password.
        """)
  }

  static func unreadableAuthorities(_ path: String) -> Self {
    Self(
      message: """
        The file of certificate authorities '\(path)' can't be read, or holds no certificates in \
        PEM form ('-----BEGIN CERTIFICATE-----').
        """)
  }
}
