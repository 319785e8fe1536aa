package import Diagnostics
internal import TargetModel

/// What targets that are entered by SSH have in common: a remote machine and a Spark cluster.
extension Field {
  /// The host, for a resource that is not named by its id.
  static func address(from section: String) -> Field {
    Field(
      "address", .text(pattern: "[A-Za-z0-9]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9.])?"),
      "A host name or IP address, in place of a resource id", onChange: .recreate,
      comparison: .ignoringCase, wire: "properties.properties.address",
      source: "Azure ML REST API, \(section)")
  }

  /// The port and the account.
  static func remoteLogin(from section: String, client: String) -> [Field] {
    [
      Field(
        "ssh_settings.ssh_port", .integer(1...65_535), "The port of SSH",
        olderNames: ["ssh_port"], default: 22, onChange: .recreate,
        wire: "properties.properties.sshPort", source: "Azure ML REST API, \(section)"),
      // The service tells no credentials, and the name counts as one of them.
      Field(
        "ssh_settings.admin_username", .text(), "The administrator's name",
        olderNames: ["username"], isRequired: true, isWriteOnly: true, onChange: .recreate,
        wire: "properties.properties.administratorAccount.username",
        source: "Azure ML REST API, \(section)"),
      Field(
        "ssh_settings.admin_password", .text(), "The administrator's password",
        olderNames: ["password"], isSecret: true, onChange: .recreate,
        wire: "properties.properties.administratorAccount.password",
        source: "Azure ML REST API, \(section)"),
      Field(
        "ssh_settings.ssh_private_key_file", .secretFile,
        "The file with the private key, below the stack", olderNames: ["private_key_file"],
        isSecret: true, onChange: .recreate,
        wire: "properties.properties.administratorAccount.privateKeyData",
        source: "Azure ML REST API, \(section)"),
      Field(
        "ssh_settings.ssh_private_key_passphrase", .text(), "The passphrase of that key",
        olderNames: ["private_key_passphrase"], isSecret: true, onChange: .recreate,
        wire: "properties.properties.administratorAccount.passphrase",
        source: "Azure ML SDK v1, \(client)"),
    ]
  }
}

extension CrossFieldCheck {
  /// The service reaches public addresses only (domain.md R48, R57).
  static let publicHost = CrossFieldCheck(.privateAddress) { target, findings in
    guard target["resource_id"] == nil, let host = target["address"]?.text else { return }
    if isPrivate(host: host.lowercased()) { findings.append(.privateAddress(target, host)) }
  }

  /// Exactly one way in: a password or a key.
  static let machineCredentials = CrossFieldCheck(.sshCredentials, .passwordNotKey) {
    target, findings in
    let hasPassword = target["ssh_settings.admin_password"] != nil
    let hasKey = target["ssh_settings.ssh_private_key_file"] != nil
    switch (hasPassword, hasKey) {
    case (true, true):
      findings.append(
        .sshCredentials(
          target, at: "ssh_settings.admin_password",
          "give 'admin_password' or 'ssh_private_key_file' but not both: nobody could say which "
            + "one counts"))
    case (false, false):
      findings.append(
        .sshCredentials(target, "'admin_password' or 'ssh_private_key_file' is needed"))
    case (true, false): findings.append(.passwordNotKey(target))
    case (false, true): break
    }
    if target["ssh_settings.ssh_private_key_passphrase"] != nil, !hasKey {
      findings.append(
        .sshCredentials(
          target, at: "ssh_settings.ssh_private_key_passphrase",
          "a passphrase needs 'ssh_private_key_file' beside it"))
    }
  }
}

/// Addresses that mean something within a network or a machine only (RFC 1918, 1122, 3927, 6598).
private let privateRanges = [
  "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16",
  "100.64.0.0/10",
].compactMap { AddressRange($0) }

/// True if a host can't be reached from outside of its network, as far as its name tells.
private func isPrivate(host: String) -> Bool {
  if let address = AddressRange.address(host) {
    return privateRanges.contains { $0.contains(address) }
  }
  // A name without a dot is looked up in one's own network.
  return !host.contains(".") && !host.contains(":")
}

extension Rule {
  /// A machine's address is one that the service can reach.
  package static let privateAddress = Rule("private-address")
}

extension Diagnostic {
  fileprivate static func privateAddress(_ target: ComputeTarget, _ host: String) -> Diagnostic {
    Diagnostic(
      .warning, .privateAddress, "Address is not public",
      detail: """
        The service reaches a \(target.kind.title) from outside of your network, and '\(host)' means \
        something within it only. Give its public address or its full host name.
        """,
      address: target.address.description, at: target.location(of: "address"))
  }
}
