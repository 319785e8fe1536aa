package import Diagnostics
internal import TargetModel

/// Checks that several kinds share.
extension CrossFieldCheck {
  /// A network and a subnet come together, and machines without public addresses need one.
  static let networkIsComplete = CrossFieldCheck(.networkIncomplete, .publicAddressNeeded) {
    target, findings in
    let network = target["network_settings.vnet_name"]
    let subnet = target["network_settings.subnet"]?.text
    if network != nil && subnet == nil {
      findings.append(
        .networkIncomplete(
          target, "network_settings.vnet_name", "'vnet_name' needs a 'subnet' beside it"))
    }
    if let subnet, network == nil, !subnet.hasPrefix("/") {
      findings.append(
        .networkIncomplete(
          target, "network_settings.subnet",
          "a subnet's name needs 'vnet_name' beside it; or give the subnet's full resource id"))
    }
    if let subnet, subnet.hasPrefix("/"), (try? ARMResourceID(parsing: subnet)) == nil {
      findings.append(
        .networkIncomplete(
          target, "network_settings.subnet",
          "it must be a name, or look like '/subscriptions/SUB/resourceGroups/GROUP/providers/"
            + "Microsoft.Network/virtualNetworks/NAME/subnets/NAME'"))
    }
    if target["enable_node_public_ip"] == .bool(false), subnet == nil {
      findings.append(.publicAddressNeeded(target))
    }
  }

  /// One system-assigned identity, or user-assigned ones with their ids (domain.md R28).
  static let identityFits = CrossFieldCheck(.identityMismatch, .identityNotAnID) {
    target, findings in
    let type = target["identity.type"]?.text?.lowercased() ?? "none"
    let identities = target["identity.user_assigned_identities"]?.list ?? []
    if type == "system_assigned,user_assigned" {
      findings.append(
        .identityMismatch(
          target, "identity.type",
          "a target has one system-assigned identity or user-assigned ones, never both"))
    } else if type == "user_assigned" && identities.isEmpty {
      findings.append(
        .identityMismatch(
          target, "identity.type", "'user_assigned' needs 'user_assigned_identities'"))
    } else if type != "user_assigned" && !identities.isEmpty {
      findings.append(
        .identityMismatch(
          target, "identity.user_assigned_identities",
          "'user_assigned_identities' needs 'type: user_assigned'"))
    }
    for identity in identities {
      guard let id = identity["resource_id"]?.text, (try? ARMResourceID(parsing: id)) == nil else {
        continue
      }
      findings.append(.identityNotAnID(target))
    }
  }

  /// A resource in another subscription than the workspace is possible and worth a look. The
  /// check needs the workspace, which the planner knows; here only the shape is looked at.
  static let resourceOrAddress = CrossFieldCheck(.resourceOrAddress) { target, findings in
    guard let resource = target.kind.resource, let hostField = resource.hostField else { return }
    switch (target[resource.idField] != nil, target[hostField] != nil) {
    case (true, true), (false, false): findings.append(.resourceOrAddress(target, resource))
    case (true, false), (false, true): break
    }
  }
}

extension Rule {
  /// A network and its subnet come together.
  package static let networkIncomplete = Rule("network-incomplete")
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
  fileprivate static func networkIncomplete(
    _ target: ComputeTarget, _ path: AttributePath, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .networkIncomplete, "Network is incomplete",
      detail: "In 'network_settings', \(what).", address: target.address.description,
      at: target.location(of: path))
  }

  fileprivate static func publicAddressNeeded(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .error, .publicAddressNeeded, "Machines could not be reached",
      detail: """
        Without public addresses, machines need a subnet: give 'network_settings.subnet', or \
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
        The service wants an identity's full resource id: '/subscriptions/SUB/resourceGroups/\
        GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME'.
        """,
      address: target.address.description,
      at: target.location(of: "identity.user_assigned_identities"))
  }

  fileprivate static func resourceOrAddress(
    _ target: ComputeTarget, _ resource: KindDescriptor.HeldResource
  ) -> Diagnostic {
    let host = resource.hostField.map(\.description) ?? "address"
    return Diagnostic(
      .error, .resourceOrAddress, "Resource is not clear",
      detail: """
        A \(target.kind.name) is attached by '\(resource.idField)' or by '\(host)': give exactly \
        one of them.
        """,
      address: target.address.description, at: target.location(of: resource.idField))
  }

  static func sshCredentials(_ target: ComputeTarget, _ what: String) -> Diagnostic {
    Diagnostic(
      .error, .sshCredentials, "SSH credentials do not fit together",
      detail: "In 'ssh_settings', \(what).", address: target.address.description,
      at: target.location(of: "ssh_settings.admin_username"), hidesSource: true)
  }

  static func passwordNotKey(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .warning, .passwordNotKey, "Password instead of a key",
      detail: "A password can be guessed; an SSH key can't. Prefer a key.",
      address: target.address.description, at: target.location(of: "ssh_settings.admin_password"),
      hidesSource: true)
  }
}
