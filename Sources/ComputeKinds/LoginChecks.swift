package import Diagnostics
internal import TargetModel

/// Checks of the ways in to machines that the service makes.
extension CrossFieldCheck {
  /// A cluster's password is as strong as the older SDK and the studio want it.
  ///
  /// `az ml` checks nothing, and an example of Microsoft's has a weaker one, so this only warns.
  static let passwordStrength = CrossFieldCheck(.weakPassword) { target, findings in
    guard case .secret(let password) = target[adminPassword], password.isResolved else { return }
    if characterClasses(in: password.reveal()) < 3 { findings.append(.weakPassword(target)) }
  }

  /// A public key is one, and neither a private key nor the name of a file.
  static let publicKeyForm = CrossFieldCheck(.notAPublicKey) { target, findings in
    guard let text = target[publicKey]?.text else { return }
    if text.contains("PRIVATE KEY") {
      findings.append(.notAPublicKey(target, "this is a private key, which nobody else may see"))
    } else if !isPublicKey(text) {
      findings.append(
        .notAPublicKey(target, "it is one line, such as 'ssh-rsa AAAAB3... ana@example.com'"))
    }
  }

  /// SSH to a compute instance is open and has a key, or neither: passwords it has none.
  static let instanceLogin = CrossFieldCheck(.instanceSSH) { target, findings in
    let isOpen = target["ssh_public_access_enabled"] == true
    let hasKey = target[publicKey] != nil
    if isOpen != hasKey { findings.append(.instanceSSH(target, isOpen: isOpen)) }
  }
}

private let adminPassword = "ssh_settings.admin_password"
private let publicKey = "ssh_settings.ssh_key_value"

/// True for a line of OpenSSH's `.pub` files: the algorithm, the key in Base64, a comment.
private func isPublicKey(_ text: String) -> Bool {
  let line =
    /\s*(ssh|ecdsa|sk)-[A-Za-z0-9@.-]+[ \t]+[A-Za-z0-9+\/]+={0,3}([ \t][^\r\n]*)?\s*/
  return text.wholeMatch(of: line) != nil
}

/// How many of small letters, large letters, digits and other characters a text has.
///
/// The older SDK counts neither letters of other alphabets nor blanks, nor a hyphen (azureml-core,
/// AmlComputeProvisioningConfiguration).
private func characterClasses(in text: String) -> Int {
  let classes: [Set<Unicode.Scalar>] = [
    Set("abcdefghijklmnopqrstuvwxyz".unicodeScalars),
    Set("ABCDEFGHIJKLMNOPQRSTUVWXYZ".unicodeScalars),
    Set("0123456789".unicodeScalars),
    Set("`~!@#$%^&*()=+_[]{}|;:./'\",<>?".unicodeScalars),
  ]
  return classes.count { !$0.isDisjoint(with: text.unicodeScalars) }
}

extension Rule {
  /// A password is hard to guess.
  package static let weakPassword = Rule("weak-password")
  /// A public key looks like one.
  package static let notAPublicKey = Rule("not-a-public-key")
  /// SSH to a compute instance has all that it needs, or nothing.
  package static let instanceSSH = Rule("instance-ssh")
}

extension Diagnostic {
  fileprivate static func weakPassword(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .warning, .weakPassword, "Password is weak",
      detail: """
        '\(adminPassword)' should have three of these: a small letter, a large letter, a digit, \
        and one of `~!@#$%^&*()=+_[]{}|;:./'",<>?. The studio and the Python SDK v1 refuse any \
        other, and the service may.
        """,
      address: target.address.description, at: target.location(of: AttributePath(adminPassword)),
      hidesSource: true
    )
  }

  fileprivate static func notAPublicKey(_ target: ComputeTarget, _ what: String) -> Diagnostic {
    Diagnostic(
      .error, .notAPublicKey, "Not a public key",
      detail: """
        '\(publicKey)' is the content of a file such as 'id_rsa.pub': \(what). Paste the public \
        key.
        """,
      address: target.address.description, at: target.location(of: AttributePath(publicKey)),
      hidesSource: true)
  }

  fileprivate static func instanceSSH(_ target: ComputeTarget, isOpen: Bool) -> Diagnostic {
    Diagnostic(
      .warning, .instanceSSH, isOpen ? "Nobody can log in" : "Key has no effect",
      detail: isOpen
        ? """
        'ssh_public_access_enabled: true' opens SSH, and without '\(publicKey)' nobody has a way \
        in. Give a public key now: adding it later replaces the machine.
        """
        : """
        '\(publicKey)' counts only with 'ssh_public_access_enabled: true'. Add that now, or \
        remove the key: either change replaces a machine that is there.
        """,
      address: target.address.description,
      at: target.location(of: AttributePath(isOpen ? "ssh_public_access_enabled" : publicKey)))
  }
}
