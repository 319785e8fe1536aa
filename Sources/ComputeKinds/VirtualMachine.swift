public import TargetModel

extension KindDescriptor {
  /// `virtualmachine`: a remote Linux machine, reached by SSH.
  public static let virtualMachine = KindDescriptor(
    name: "virtualmachine", computeType: "VirtualMachine", title: "remote virtual machine",
    summary: "A remote Ubuntu machine with a reachable address, used over SSH.",
    facts: machineFacts,
    origin: .attached,
    fields: [
      .resourceID(["Microsoft.Compute/virtualMachines"], isRequired: false),
      .address(from: "VirtualMachineProperties"),
      .description, .tags(onChange: .recreate), .location(wire: nil),
    ] + Field.remoteLogin(from: "VirtualMachineSshCredentials", client: "RemoteCompute"),
    resource: HeldResource(hostField: "address"),
    workloads: [.training, .hyperparameterTuning, .automl, .pipelines],
    checks: [.resourceOrAddress, .machineCredentials, .publicHost],
    sample: """
      name: build-vm
      type: virtualmachine
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml-prod-rg/providers/Microsoft.Compute/virtualMachines/build-vm
      ssh_settings:
        admin_username: azureuser
        ssh_private_key_file: secrets/id_rsa

      """)
}

/// What the service's documents tell (domain.md R47, R48, R51, R54, R84, R94).
private let machineFacts = [
  "The machine runs Ubuntu and has a public address. It is made and removed elsewhere.",
  """
  `resource_id` names a machine in Azure. `address` is the older way, and the only one for a machine \
  that is not, such as a server of your own; Microsoft's later documents speak of Azure's only.
  """,
  """
  Jobs run there in an environment that Conda builds, with a Python that the machine has, or in a \
  container, which needs a Docker engine on the machine.
  """,
]
