/// What version 4 of Terraform's `azurerm` provider knows of a resource: its arguments, and the
/// attributes that it exports.
///
/// A dot leads into a block.
/// Source: the provider's own reference of its resources.
struct TerraformResource {
  let name: String
  /// The kind of ours.
  let kind: String
  let attributes: Set<String>

  static let all: [TerraformResource] = [
    TerraformResource(
      name: "azurerm_machine_learning_compute_cluster", kind: "amlcompute",
      attributes: common.union([
        "local_auth_enabled", "node_public_ip_enabled", "scale_settings.max_node_count",
        "scale_settings.min_node_count", "scale_settings.scale_down_nodes_after_idle_duration",
        "ssh.admin_password", "ssh.admin_username", "ssh.key_value", "ssh_public_access_enabled",
        "subnet_resource_id", "vm_priority", "vm_size",
      ])),
    TerraformResource(
      name: "azurerm_machine_learning_compute_instance", kind: "computeinstance",
      attributes: common.union([
        "assign_to_user.object_id", "assign_to_user.tenant_id", "authorization_type",
        "local_auth_enabled", "node_public_ip_enabled", "ssh.port", "ssh.public_key",
        "ssh.username", "subnet_resource_id", "virtual_machine_size",
      ])),
    TerraformResource(
      name: "azurerm_machine_learning_inference_cluster", kind: "aks",
      attributes: common.union([
        "cluster_purpose", "kubernetes_cluster_id", "ssl.cert", "ssl.cname", "ssl.key",
        "ssl.leaf_domain_label", "ssl.overwrite_existing_domain",
      ])),
    TerraformResource(
      name: "azurerm_machine_learning_synapse_spark", kind: "synapsespark",
      attributes: common.union(["local_auth_enabled", "synapse_spark_pool_id"])),
  ]

  private static let common: Set<String> = [
    "description", "id", "identity.identity_ids", "identity.principal_id", "identity.tenant_id",
    "identity.type", "location", "machine_learning_workspace_id", "name", "tags", "timeouts",
  ]
}

/// The attributes that a block of Terraform's language sets, as far as examples go: one attribute
/// or brace to a line.
struct TerraformBlock {
  /// The words behind `resource`.
  private(set) var resource = ""
  /// Each attribute with the text of its value.
  private(set) var attributes: [(path: String, value: String)] = []

  init(_ text: String) {
    var blocks: [String] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words.first == "resource", words.count > 1 {
        resource = words[1].replacing("\"", with: "")
        blocks.append("")
      } else if words == ["}"] {
        _ = blocks.popLast()
      } else if words.count > 2, words[1] == "=" {
        let isMap = words[2] == "{"
        // What stands in a map is no attribute of the resource.
        if !blocks.contains("=") {
          let path = (blocks.dropFirst() + [words[0]]).joined(separator: ".")
          attributes.append((path, words[2...].joined(separator: " ")))
        }
        if isMap { blocks.append("=") }
      } else if words.last == "{" {
        blocks.append(words[0])
      }
    }
  }
}
