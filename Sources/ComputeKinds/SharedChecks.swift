package import Diagnostics
internal import TargetModel

/// Checks that several kinds share.
extension CrossFieldCheck {
  /// A network and a subnet come together, and machines without public addresses need one.
  static let networkIsComplete = CrossFieldCheck(.networkIncomplete, .publicAddressNeeded) {
    target, findings in
    let network = target["network_settings.vnet_name"]?.text
    let subnet = target["network_settings.subnet"]?.text
    if let fault = networkFault(network: network, subnet: subnet) {
      findings.append(.networkIncomplete(target, fault.path, fault.what))
    }
    if target["enable_node_public_ip"] == .bool(false), network == nil, subnet == nil {
      findings.append(.publicAddressNeeded(target))
    }
  }

  /// A network that is named beside a subnet's full id is the subnet's own.
  ///
  /// The id counts, as for `az ml`, so this only warns.
  static let oneNetwork = CrossFieldCheck(.networkIgnored) { target, findings in
    guard let network = target["network_settings.vnet_name"]?.text,
      let subnet = target["network_settings.subnet"]?.text, subnet.hasPrefix("/"),
      let id = try? ARMResourceID(parsing: subnet), id.isOf(type: subnetType)
    else { return }
    // .../virtualNetworks/NAME/subnets/NAME
    let segments = id.text.split(separator: "/")
    guard segments.count >= 3 else { return }
    let own = String(segments[segments.count - 3])
    if own.lowercased() != network.lowercased() {
      findings.append(.networkIgnored(target, network, own))
    }
  }

  /// One system-assigned identity, or user-assigned ones with their ids (domain.md R28).
  static let identityFits = CrossFieldCheck(.identityMismatch, .identityNotAnID) {
    target, findings in
    let type = target["identity.type"]?.text
    let identities = target["identity.user_assigned_identities"]?.list ?? []
    if type == nil, identities.isEmpty { return }
    let types = FieldType.identityTypes
    let choice = type.flatMap { type in
      types.first { $0.name == type } ?? types.first { $0.isMeant(by: type) }
    }?.wire
    if choice == "SystemAssigned,UserAssigned" {
      findings.append(
        .identityMismatch(
          target, "identity.type",
          "a target has one system-assigned identity or user-assigned ones, never both"))
    } else if choice == "UserAssigned" && identities.isEmpty {
      findings.append(
        .identityMismatch(
          target, "identity.type", "'user_assigned' needs 'user_assigned_identities' beside it"))
    } else if choice != "UserAssigned" && !identities.isEmpty {
      findings.append(
        .identityMismatch(
          target, "identity.user_assigned_identities",
          "'user_assigned_identities' needs 'type: user_assigned' beside it"))
    }
    for identity in identities {
      if let text = identity[key: "resource_id"]?.text, !isIdentityID(text) {
        findings.append(.identityNotAnID(target))
        return
      }
    }
  }

  /// A kind that may be reached by an address is attached by exactly one of its two ways.
  static let resourceOrAddress = CrossFieldCheck(.resourceOrAddress) { target, findings in
    guard let resource = target.kind.resource, let hostField = resource.hostField else { return }
    switch (target[resource.idField] != nil, target[hostField] != nil) {
    case (true, true), (false, false):
      findings.append(.resourceOrAddress(target, resource.idField, hostField))
    case (true, false), (false, true): break
    }
  }
}

private let subnetType = "microsoft.network/virtualnetworks/subnets"

/// What does not fit between a network and a subnet, as the end of a sentence.
func networkFault(
  network: String?, subnet: String?
) -> (path: AttributePath, what: String)? {
  guard let subnet else {
    return network == nil
      ? nil : ("network_settings.vnet_name", "'vnet_name' needs a 'subnet' beside it")
  }
  let path: AttributePath = "network_settings.subnet"
  guard subnet.hasPrefix("/") else {
    if network == nil {
      return (path, "a subnet's name needs 'vnet_name' beside it; or give the subnet's full id")
    }
    return subnet.wholeMatch(of: /[A-Za-z0-9_.-]{1,80}/) == nil
      ? (path, "a subnet's name has letters, digits, '_', '.' and '-'") : nil
  }
  let id = try? ARMResourceID(parsing: subnet)
  return id?.isOf(type: subnetType) == true
    ? nil
    : (
      path,
      "a subnet's id looks like '/subscriptions/SUB/resourceGroups/GROUP/providers/"
        + "Microsoft.Network/virtualNetworks/NAME/subnets/NAME'"
    )
}

private func isIdentityID(_ text: String) -> Bool {
  (try? ARMResourceID(parsing: text))?
    .isOf(type: "microsoft.managedidentity/userassignedidentities") == true
}

extension Rule {
  /// A network and its subnet come together.
  package static let networkIncomplete = Rule("network-incomplete")
  /// No network is named in vain.
  package static let networkIgnored = Rule("network-ignored")
  /// Machines without public addresses need a subnet.
  package static let publicAddressNeeded = Rule("public-address-needed")
  /// The identity's type and its ids fit.
  package static let identityMismatch = Rule("identity-mismatch")
  /// An identity's id looks like a resource id.
  package static let identityNotAnID = Rule("identity-not-an-id")
  /// Exactly one of a resource id and an address.
  package static let resourceOrAddress = Rule("resource-or-address")
  /// Credentials for SSH are complete and not contradictory.
  package static let sshCredentials = Rule("ssh-credentials")
  /// A key is safer than a password (domain.md R50).
  package static let passwordNotKey = Rule("password-not-key")
}

extension Diagnostic {
  static func networkIncomplete(
    _ target: ComputeTarget, _ path: AttributePath, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .networkIncomplete, "Network is incomplete",
      detail: "In 'network_settings', \(what).", address: target.address.description,
      at: target.location(of: path))
  }

  fileprivate static func networkIgnored(
    _ target: ComputeTarget, _ network: String, _ own: String
  ) -> Diagnostic {
    Diagnostic(
      .warning, .networkIgnored, "Network's name has no effect",
      detail: """
        'network_settings.subnet' is a full id, and its network is '\(own)', not '\(network)'. The \
        id counts. Remove 'vnet_name', or mend the one that is wrong.
        """,
      address: target.address.description, at: target.location(of: "network_settings.vnet_name"))
  }

  fileprivate static func publicAddressNeeded(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .error, .publicAddressNeeded, "Machines could not be reached",
      detail: """
        Without public addresses, machines need a subnet. Give 'network_settings.subnet', or \
        remove 'enable_node_public_ip: false'.
        """,
      address: target.address.description, at: target.location(of: "enable_node_public_ip"))
  }

  fileprivate static func identityMismatch(
    _ target: ComputeTarget, _ path: AttributePath, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .identityMismatch, "Identity does not fit together",
      detail: "In 'identity', \(what).", address: target.address.description,
      at: target.location(of: path))
  }

  fileprivate static func identityNotAnID(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .warning, .identityNotAnID, "Identity is not a resource id",
      detail: """
        The service wants the full resource id of a user-assigned identity: '/subscriptions/SUB/\
        resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME'.
        """,
      address: target.address.description,
      at: target.location(of: "identity.user_assigned_identities"))
  }

  fileprivate static func resourceOrAddress(
    _ target: ComputeTarget, _ idField: AttributePath, _ hostField: AttributePath
  ) -> Diagnostic {
    let isMissing = target[idField] == nil
    return Diagnostic(
      .error, .resourceOrAddress, isMissing ? "Nothing to attach" : "Two things to attach",
      detail: """
        A target of type '\(target.kind.name)' is attached by '\(idField)' or by '\(hostField)'. \
        Give exactly one of them.
        """,
      address: target.address.description,
      at: target.location(of: isMissing ? idField : hostField))
  }

  static func sshCredentials(
    _ target: ComputeTarget, at path: AttributePath = "ssh_settings.admin_username", _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .sshCredentials, "SSH credentials do not fit together",
      detail: "In 'ssh_settings', \(what).", address: target.address.description,
      at: target.location(of: path), hidesSource: true)
  }

  static func passwordNotKey(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .warning, .passwordNotKey, "Password instead of a key",
      detail: "A password can be guessed and an SSH key can't. Prefer a key.",
      address: target.address.description, at: target.location(of: "ssh_settings.admin_password"),
      hidesSource: true)
  }
}
