internal import TargetModel

/// Rows that several kinds share. What a change costs differs, and is said by each kind.
extension Field {
  /// The resource that an attachment holds.
  static func resourceID(_ types: [String], isRequired: Bool = true) -> Field {
    Field(
      "resource_id", .resourceID(types), "The resource to attach, by its Azure resource id",
      isRequired: isRequired, onChange: .recreate, comparison: .resourceID,
      wire: "properties.resourceId", source: "Azure ML REST API, Compute")
  }

  static var description: Field {
    Field(
      "description", .text(), "What the target is for", onChange: .recreate,
      wire: "properties.description", source: "Azure ML REST API, Compute")
  }

  static func tags(onChange: ChangeEffect) -> Field {
    Field(
      "tags", .map(of: .text()), "Tags of your own", onChange: onChange, wire: "tags",
      source: "Azure Resource Manager, tags")
  }

  /// The region; for kinds that always live in the workspace's own region it has no wire path.
  static func location(wire: AttributePath?) -> Field {
    Field(
      "location", .region,
      wire == nil
        ? "Accepted and without effect: the workspace's region counts"
        : "The region, where it is not the workspace's own",
      onChange: .recreate, comparison: .region, wire: wire,
      source: "Azure ML REST API, ComputeResource")
  }

  /// The managed identity: its type, and which user-assigned ones.
  static func identity(onChange: ChangeEffect) -> [Field] {
    [
      Field(
        "identity.type",
        .choice([
          .init("none", wire: "None"), .init("system_assigned", wire: "SystemAssigned"),
          .init("user_assigned", wire: "UserAssigned"),
          .init("system_assigned,user_assigned", wire: "SystemAssigned,UserAssigned"),
        ]),
        "The sort of managed identity", olderNames: ["identity_type"], default: "none",
        onChange: onChange, wire: "identity.type", source: "Azure ML REST API, Identity"),
      Field(
        "identity.user_assigned_identities",
        .list(
          of: .object([
            Field(
              "resource_id", .text(), "The identity's resource id", isRequired: true,
              onChange: onChange, comparison: .resourceID, wire: "resource_id")
          ])),
        "The user-assigned identities", default: .null, onChange: onChange,
        comparison: .listByKey("resource_id"), wire: "identity.userAssignedIdentities",
        shape: .keyedByResourceID, source: "Azure ML REST API, Identity"),
    ]
  }

  /// The network, as `az ml` has it: a network and a subnet name, or a subnet's full id. `fold`
  /// makes an id of the two names.
  static var network: [Field] {
    [
      Field(
        "network_settings.vnet_name", .text(), "The virtual network, by name",
        olderNames: ["vnet_name"], onChange: .recreate, wire: nil,
        source: "az ml, network_settings"),
      Field(
        "network_settings.subnet", .text(), "The subnet, by name or by its full resource id",
        olderNames: ["subnet_name"], default: .null, onChange: .recreate, comparison: .resourceID,
        wire: "properties.properties.subnet.id", source: "Azure ML REST API, ResourceId"),
      Field(
        "enable_node_public_ip", .boolean, "Whether machines have public addresses; false needs a subnet",
        default: true, onChange: .recreate, wire: "properties.properties.enableNodePublicIp",
        source: "Azure ML REST API, enableNodePublicIp"),
    ]
  }

  /// A field that only the service sets.
  static func fromService(
    _ path: AttributePath, _ type: FieldType, _ summary: String, wire: AttributePath
  ) -> Field {
    Field(path, type, summary, setBy: .server, onChange: .recreate, wire: wire)
  }
}

extension WireShape {
  /// A list of `{resource_id}` in manifests is a map by id on the wire.
  static let keyedByResourceID = WireShape(
    encode: { value in
      let ids = (value.list ?? []).compactMap { $0["resource_id"]?.text }
      return .map(Dictionary(ids.map { ($0, .map([:])) }, uniquingKeysWith: { first, _ in first }))
    },
    decode: { value in
      .list((value.map ?? [:]).keys.sorted().map { ["resource_id": .text($0)] })
    })
}

/// Makes a subnet's id of a network's and a subnet's name, in the workspace's own subscription and
/// group, as `az ml` does.
@Sendable func foldNetwork(
  _ kind: KindDescriptor, _ attributes: inout Attributes, _ workspace: WorkspaceIdentity
) {
  guard let networkSlot = kind.slot("network_settings.vnet_name"),
    let subnetSlot = kind.slot("network_settings.subnet"),
    let subnet = attributes[subnetSlot]?.text, !subnet.hasPrefix("/"),
    let network = attributes[networkSlot]?.text
  else { return }
  attributes[networkSlot] = nil
  attributes[subnetSlot] = .text(
    "/subscriptions/\(workspace.subscriptionID)/resourceGroups/\(workspace.resourceGroup)"
      + "/providers/Microsoft.Network/virtualNetworks/\(network)/subnets/\(subnet)")
}
