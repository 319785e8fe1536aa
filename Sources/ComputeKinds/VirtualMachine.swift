internal import Diagnostics
public import TargetModel

extension KindDescriptor {
  /// `virtualmachine`: a remote Linux machine, reached by SSH.
  public static let virtualMachine = KindDescriptor(
    name: "virtualmachine", computeType: "VirtualMachine", title: "remote virtual machine",
    summary: "A remote Ubuntu machine with a reachable address, used over SSH.",
    origin: .attached,
    fields: [
      .resourceID(["Microsoft.Compute/virtualMachines"], isRequired: false),
      Field(
        "address", .text(pattern: "[A-Za-z0-9]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9.])?"),
        "A host name or IP address, in place of a resource id", onChange: .recreate,
        comparison: .ignoringCase, wire: "properties.properties.address",
        source: "Azure ML REST API, VirtualMachineProperties"),
      .description, .tags(onChange: .recreate), .location(wire: nil),
      Field(
        "ssh_settings.ssh_port", .integer(1...65_535), "The port of SSH",
        olderNames: ["ssh_port"], default: 22, onChange: .recreate,
        wire: "properties.properties.sshPort",
        source: "Azure ML REST API, VirtualMachineProperties"),
      // The service tells no credentials, and the name counts as one of them.
      Field(
        "ssh_settings.admin_username", .text(), "The administrator's name",
        olderNames: ["username"], isRequired: true, isWriteOnly: true, onChange: .recreate,
        wire: "properties.properties.administratorAccount.username",
        source: "Azure ML REST API, VirtualMachineSshCredentials"),
      Field(
        "ssh_settings.admin_password", .text(), "The administrator's password",
        olderNames: ["password"], isSecret: true, onChange: .recreate,
        wire: "properties.properties.administratorAccount.password",
        source: "Azure ML REST API, VirtualMachineSshCredentials"),
      Field(
        "ssh_settings.ssh_private_key_file", .secretFile,
        "The file with the private key, below the stack", olderNames: ["private_key_file"],
        isSecret: true, onChange: .recreate,
        wire: "properties.properties.administratorAccount.privateKeyData",
        source: "Azure ML REST API, VirtualMachineSshCredentials"),
      Field(
        "ssh_settings.ssh_private_key_passphrase", .text(), "The passphrase of that key",
        olderNames: ["private_key_passphrase"], isSecret: true, onChange: .recreate,
        wire: "properties.properties.administratorAccount.passphrase",
        source: "Azure ML SDK v1, RemoteCompute"),
    ],
    resource: HeldResource(hostField: "address"),
    workloads: [.training, .hyperparameterTuning, .automl, .pipelines],
    checks: [.resourceOrAddress, .machineCredentials],
    sample: """
      name: build-vm
      type: virtualmachine
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml-prod-rg/providers/Microsoft.Compute/virtualMachines/build-vm
      ssh_settings:
        admin_username: azureuser
        ssh_private_key_file: secrets/id_rsa

      """)
}

extension CrossFieldCheck {
  /// Exactly one way in: a password or a key.
  fileprivate static let machineCredentials = CrossFieldCheck(.sshCredentials, .passwordNotKey) {
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
