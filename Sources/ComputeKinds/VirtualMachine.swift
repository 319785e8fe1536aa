public import TargetModel

extension KindDescriptor {
  /// `virtualmachine`: a remote Linux machine, reached by SSH.
  public static let virtualMachine = KindDescriptor(
    name: "virtualmachine", computeType: "VirtualMachine", title: "remote virtual machine",
    summary: "A remote Ubuntu machine with a reachable address, used over SSH.",
    origin: .attached,
    fields: [
      .resourceID(["Microsoft.Compute/virtualMachines"], isRequired: false),
      .address(from: "VirtualMachineProperties"),
      .description, .tags(onChange: .recreate), .location(wire: nil),
    ] + Field.remoteLogin(from: "VirtualMachineSshCredentials", client: "RemoteCompute"),
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
