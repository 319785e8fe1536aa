internal import Diagnostics
internal import ManifestSyntax

/// What `berth.yaml` says under `lock`.
extension ConfigurationReader {
  mutating func lock(in root: YAMLNode) -> LockConfiguration? {
    guard root["lock"] != nil, let node = mapping("lock", in: root, isRequired: false) else {
      return nil
    }
    checkKeys(of: node, known: ["type", "url", "sas", "auth"], in: "lock")
    places["lock"] = node.location.firstLine
    let type = text("type", in: node, at: "lock.type", matching: /blob/, "blob")
    guard let url = lockURL(in: node), type != nil else { return nil }
    var lock = LockConfiguration(url: url)
    lock.signature = signature(in: node)
    if let auth = node["auth"] {
      if node["sas"] != nil { findings.append(.twoWaysIn(auth)) }
      lock.signIn = signIn(auth, at: "lock.auth")
    }
    if lock.signIn?.type == "none", !LockForms.isLoopback(url), let place = places["lock.auth.type"]
    {
      findings.append(.lockNeedsSignIn(at: place))
    }
    return lock
  }

  private mutating func lockURL(in node: YAMLNode) -> String? {
    if let value = node["url"], value.text.contains("?") || value.text.contains("sig=") {
      findings.append(.signatureInURL(value))
      return nil
    }
    return text(
      "url", in: node, at: "lock.url", matching: AzureForms.regex(LockForms.url),
      "the address of a blob, such as https://ACCOUNT.blob.core.windows.net/CONTAINER/berth.lock")
  }

  /// A reference to a shared access signature; the signature itself has no place in a file.
  private mutating func signature(in node: YAMLNode) -> String? {
    guard let value = node["sas"] else { return nil }
    switch value.kind == .scalar ? SecretReference(value.text) : nil {
    case .environment(let name) where RunnerCredentials.contain(name):
      findings.append(.signatureFault(value, "It names a credential of the machine itself."))
    case .environment, .file, .command:
      places["lock.sas"] = value.location
      return value.text
    case .malformed(let why): findings.append(.signatureFault(value, why))
    case nil:
      findings.append(
        .signatureFault(value, "It is written out, and everybody who can read the file has it."))
    }
    return nil
  }
}

/// How the address of a lock's blob looks: for the reader and for the schema.
enum LockForms {
  static let signature = #"\$\{(env|file|command):[^{}\r\n]+\}"#
  static let url = "\(loopback)|\(account)"

  private static let container = "[a-z0-9](-?[a-z0-9])+"
  private static let path = "(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*){1,16}"
  /// Accounts of the clouds that Berth knows: tokens and signatures go nowhere else just because a
  /// file of the repository says so (reliability.md T23, T27).
  private static let suffix =
    #"(blob\.core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)|z[0-9]{1,2}\.blob\.storage\.azure\.net)"#
  private static let account = #"https://[a-z0-9]{3,24}\.\#(suffix)/\#(container)\#(path)"#
  /// As the emulator and Azurite have it, with the account in the path.
  static let loopback =
    #"https?://(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?/[a-z0-9]{3,24}/"#
    + container + path

  static func isLoopback(_ url: String) -> Bool {
    url.wholeMatch(of: AzureForms.regex(loopback)) != nil
  }
}

extension Diagnostic {
  fileprivate static func signatureInURL(_ node: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Address holds a secret",
      detail: """
        'lock.url' is the address of a blob and nothing more: what follows the question mark is a \
        secret, and everybody who can read the file has it now. Make another signature, put it \
        where Berth runs, and refer to it: 'sas: ${env:BERTH_LOCK_SAS}'.
        """,
      at: node.location, hidesSource: true)
  }

  fileprivate static func signatureFault(_ node: YAMLNode, _ why: String) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Reference is not understood",
      detail: """
        'lock.sas' refers to a shared access signature, as in '${env:BERTH_LOCK_SAS}'. \(why)
        """,
      at: node.kind == .scalar ? node.location : node.location.firstLine, hidesSource: true)
  }

  fileprivate static func twoWaysIn(_ node: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Two ways to the lock",
      detail: """
        'lock.sas' lets Berth at the blob without signing in, so 'lock.auth' has nothing to say. \
        Remove one of them.
        """,
      at: node.location.firstLine)
  }

  fileprivate static func lockNeedsSignIn(at place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Nobody would sign in",
      detail: """
        'type: none' is for a storage account on this machine, such as that of 'berth emulate'. \
        Name another way, or a shared access signature as 'lock.sas'.
        """,
      at: place)
  }
}
