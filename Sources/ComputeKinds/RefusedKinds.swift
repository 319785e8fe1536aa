public import Diagnostics
internal import TargetModel

/// The finding about a type that Berth knows and does not manage on purpose; nil for any other.
///
/// What comes to be by a deployment can't be declared (domain.md R73, R74). What is retired (R51,
/// R72) has a successor, and the message has the document that declares it.
///
/// - Parameters:
///   - field: what the document says at a path.
///   - location: the place of the type.
public func refusedKind(
  _ type: String, _ field: (String) -> String?, at location: SourceLocation
) -> Diagnostic? {
  switch type.lowercased() {
  case "containerinstance", "aci": .madeByDeployment(containerInstance, location)
  case "functions": .madeByDeployment(functions, location)
  case "iotedge": .madeByDeployment(iotEdge, location)
  case "batchai": .retiredType(batchAI, clusterDocument(field), location)
  case "dsvm": .retiredType(dsvm, machineDocument(field), location)
  default: nil
  }
}

private let containerInstance = """
  A container instance can't be created or attached: it comes to be when a model is deployed, and \
  goes with the deployment. Remove the document, and deploy to a container instance with your \
  deployment configuration. To train, declare a cluster ('type: amlcompute').
  """

private let functions = """
  Azure Functions are no compute of a workspace: the service builds a container of the model, and \
  the function app that runs it is deployed with the tools of Azure Functions. Remove the document.
  """

private let iotEdge = """
  A device of IoT Edge is no compute of a workspace: the service builds a container of the model, \
  and IoT Hub brings it to the device. Remove the document.
  """

private let batchAI = "Batch AI is retired. A compute cluster took its place:"

private let dsvm = """
  A data science virtual machine is not created from a workspace any more. Create it in the portal \
  or with 'az vm create', and attach it as what it is, a remote machine:
  """

// MARK: The equivalent documents

private func clusterDocument(_ field: (String) -> String?) -> String {
  var lines = ["name: \(name(field))", "type: amlcompute"]
  if let size = value(field, "size", "vm_size", matching: /[A-Za-z0-9_-]{2,64}/) {
    lines.append("size: \(size)")
  }
  if let tier = value(field, "tier", "vm_priority", matching: /[A-Za-z_]{1,20}/) {
    let isLow = tier.lowercased().hasPrefix("low")
    lines.append("tier: \(isLow ? "low_priority" : "dedicated")")
  }
  let number = /[0-9]{1,6}/
  if let least = value(field, "min_instances", "cluster_min_nodes", "min_nodes", matching: number) {
    lines.append("min_instances: \(least)")
  }
  if let most = value(field, "max_instances", "cluster_max_nodes", "max_nodes", matching: number) {
    lines.append("max_instances: \(most)")
  }
  return lines.map { "  \($0)" }.joined(separator: "\n")
}

private func machineDocument(_ field: (String) -> String?) -> String {
  let name = name(field)
  let given = field("resource_id").flatMap { try? ARMResourceID(parsing: $0) }
  let isMachine = given?.type == "microsoft.compute/virtualmachines"
  let id =
    isMachine ? field("resource_id") : nil
  var lines = [
    "name: \(name)", "type: virtualmachine",
    "resource_id: "
      + (id
        ?? "/subscriptions/SUB/resourceGroups/GROUP/providers/Microsoft.Compute/virtualMachines/\(name)"),
    "ssh_settings:", "  admin_username: azureuser",
  ]
  let port = value(field, "ssh_settings.ssh_port", "ssh_port", matching: /[0-9]{1,5}/)
  if let port, port != "22" { lines.append("  ssh_port: \(port)") }
  lines.append("  ssh_private_key_file: secrets/id_rsa")
  return lines.map { "  \($0)" }.joined(separator: "\n")
}

private func name(_ field: (String) -> String?) -> String {
  value(field, "name", matching: /[A-Za-z][A-Za-z0-9-]{0,63}/) ?? "NAME"
}

/// The first of some fields that is given and harmless: what stands there is printed.
private func value(
  _ field: (String) -> String?, _ paths: String..., matching pattern: Regex<some Any>
) -> String? {
  paths.lazy.compactMap(field).first.flatMap { $0.wholeMatch(of: pattern) != nil ? $0 : nil }
}

extension Rule {
  /// What comes to be when a model is deployed.
  package static let madeByDeployment = Rule("made-by-deployment")
  /// What the service does not have any more.
  package static let retiredType = Rule("retired-type")
}

extension Diagnostic {
  fileprivate static func madeByDeployment(
    _ why: String, _ location: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .error, .madeByDeployment, "Type is made by a deployment", detail: why, at: location)
  }

  fileprivate static func retiredType(
    _ why: String, _ document: String, _ location: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .error, .retiredType, "Type is retired",
      detail: "\(why)\n\n\(document)\n\nWrite that in place of this document.", at: location)
  }
}
