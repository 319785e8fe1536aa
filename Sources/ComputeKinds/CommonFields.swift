internal import TargetModel

/// Rows that several kinds share.
///
/// What a change costs differs, and is said by each kind.
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

  /// Tags of the user's own.
  ///
  /// Only clusters are known to take other tags while they live; nothing proves it of any other
  /// kind, so there a change of tags is a change like any other.
  static func tags(onChange: ChangeEffect) -> Field {
    Field(
      "tags", .map(of: .text()), "Tags of your own", onChange: onChange, wire: "tags",
      source: "Azure ML REST API, ComputeResource")
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

  static func vmSize(_ summary: String, from section: String) -> Field {
    Field(
      "size", .text(pattern: "[A-Za-z0-9_-]{2,64}"), summary, olderNames: ["vm_size"],
      default: "STANDARD_DS3_V2", onChange: .recreate, comparison: .ignoringCase,
      wire: "properties.properties.vmSize", source: "Azure ML REST API, \(section)")
  }

  /// The managed identity: its type, and which user-assigned ones.
  static func identity(onChange: ChangeEffect) -> [Field] {
    [
      Field(
        "identity.type", .choice(FieldType.identityTypes), "The sort of managed identity",
        olderNames: ["identity_type"], default: "none", onChange: onChange, ifDrifted: .high,
        wire: "identity.type", source: "Azure ML REST API, Identity"),
      Field(
        "identity.user_assigned_identities",
        .list(
          of: .object([
            // Not of type `resourceID`: Microsoft's own example has a text that is none, so a
            // check warns instead.
            Field(
              "resource_id", .text(), "The identity's resource id", isRequired: true,
              onChange: onChange, comparison: .resourceID, wire: "resource_id")
          ])),
        "The user-assigned identities",
        olderForms: [OlderForm("identity_id", .texts), OlderForm("identity_ids", .texts)],
        default: .null, onChange: onChange, ifDrifted: .high, comparison: .set,
        wire: "identity.userAssignedIdentities", shape: .keyedByResourceID,
        source: "Azure ML REST API, Identity"),
      .fromService(
        "identity.principal_id", .text(), "The system-assigned identity's principal",
        wire: "identity.principalId"),
      .fromService(
        "identity.tenant_id", .text(), "The system-assigned identity's tenant",
        wire: "identity.tenantId"),
    ]
  }

  /// The network, as `az ml` has it: a network's and a subnet's name, or a subnet's full id.
  ///
  /// `foldNetwork` makes an id of the two names.
  static func network(from section: String) -> [Field] {
    [
      networkName,
      Field(
        "network_settings.subnet", .text(), "The subnet, by name or by its full resource id",
        olderNames: ["subnet_name"], default: .null, onChange: .recreate, comparison: .resourceID,
        wire: "properties.properties.subnet.id", source: "Azure ML REST API, \(section)"),
      Field(
        "enable_node_public_ip", .boolean,
        "Whether machines have public addresses; `false` needs a subnet", default: true,
        onChange: .recreate, wire: "properties.properties.enableNodePublicIp",
        source: "Azure ML REST API, \(section)"),
    ]
  }

  /// The network's name, which has no place of its own on the wire.
  static var networkName: Field {
    Field(
      "network_settings.vnet_name", .text(pattern: "[A-Za-z0-9_.()-]{1,80}"),
      "The virtual network, by name, in the workspace's own resource group",
      olderNames: ["vnet_name"], onChange: .recreate, wire: nil,
      source: "az ml, network_settings")
  }

  /// A field that only the service sets.
  ///
  /// No manifest can change it, so what a change costs is never asked.
  static func fromService(
    _ path: AttributePath, _ type: FieldType, _ summary: String, wire: AttributePath
  ) -> Field {
    Field(path, type, summary, setBy: .server, onChange: .recreate, wire: wire)
  }

  /// A field inside a list or object; the row of the whole says what a change costs.
  static func nested(
    _ path: AttributePath, _ type: FieldType, _ summary: String, isRequired: Bool = false,
    default defaultValue: AttributeValue? = nil, comparison: Comparison = .exact
  ) -> Field {
    Field(
      path, type, summary, isRequired: isRequired, default: defaultValue, onChange: .recreate,
      comparison: comparison, wire: path)
  }
}

extension FieldType {
  /// The service knows both at once, but only one sort is documented to work; a check refuses it.
  ///
  /// `az ml` takes the service's own words too (`IdentitySchema`: `camel_to_snake`).
  static let identityTypes: [Choice] = [
    Choice("none", wire: "None"),
    Choice(
      "system_assigned", wire: "SystemAssigned", olderNames: ["SystemAssigned"], takesWire: true),
    Choice("user_assigned", wire: "UserAssigned", olderNames: ["UserAssigned"], takesWire: true),
    Choice(
      "system_assigned,user_assigned", wire: "SystemAssigned,UserAssigned",
      olderNames: ["SystemAssigned,UserAssigned"], takesWire: true),
  ]

  /// A choice of words that are capitalised on the wire.
  static func words(_ words: String...) -> FieldType {
    .choice(words.map { Choice($0, wire: $0.capitalisedWord) })
  }
}

extension String {
  /// The first letter large and the rest small, as the service writes words of a fixed set.
  var capitalisedWord: String { prefix(1).uppercased() + dropFirst().lowercased() }
}

extension WireShape {
  /// A list of `{resource_id}` in manifests is a map by id on the wire.
  ///
  /// Two spellings of one id are one identity.
  static let keyedByResourceID = WireShape(
    encode: { value in
      var entries: AttributeMap = [:]
      var seen: Set<String> = []
      for id in (value.list ?? []).compactMap({ $0["resource_id"]?.text }) {
        let key = (try? ARMResourceID(parsing: id))?.canonical ?? id.lowercased()
        if seen.insert(key).inserted { entries[id] = .map([:]) }
      }
      return .map(entries)
    },
    decode: { value in
      // A map's keys come in their order.
      .list((value.map ?? [:]).keys.map { ["resource_id": .text($0)] })
    })

  /// The service writes `null` where a map has nothing to say.
  static let withoutNulls = WireShape(
    encode: { $0 },
    // Most say something everywhere, and stay as they are.
    decode: { $0.holdsNull ? $0.withoutNulls : $0 })
}

extension AttributeValue {
  fileprivate var withoutNulls: AttributeValue {
    switch self {
    case .map(let entries): .map(entries.filter { $0.value != .null }.mapValues(\.withoutNulls))
    case .list(let elements): .list(elements.map(\.withoutNulls))
    case .null, .bool, .integer, .number, .text, .secret: self
    }
  }

  /// True for a null, or anything with one in it.
  fileprivate var holdsNull: Bool {
    switch self {
    case .null: true
    case .map(let entries): entries.contains { $0.value.holdsNull }
    case .list(let elements): elements.contains(where: \.holdsNull)
    case .bool, .integer, .number, .text, .secret: false
    }
  }
}

/// Makes a subnet's id of a network's and a subnet's name, in the workspace's own subscription and
/// group as `az ml` does, and drops the network's name: from there on a subnet is known by its id.
@Sendable func foldNetwork(
  _ kind: KindDescriptor, _ attributes: Attributes, _ workspace: WorkspaceIdentity
) -> Attributes? {
  guard let networkSlot = kind.slot(named: "network_settings.vnet_name"),
    let subnetSlot = kind.slot(named: "network_settings.subnet"),
    let network = attributes[networkSlot]?.text, let subnet = attributes[subnetSlot]?.text
  else { return nil }
  var attributes = attributes
  attributes[networkSlot] = nil
  guard !subnet.hasPrefix("/") else { return attributes }
  attributes[subnetSlot] = .text(
    "/subscriptions/\(workspace.subscriptionID)/resourceGroups/\(workspace.resourceGroup)"
      + "/providers/Microsoft.Network/virtualNetworks/\(network)/subnets/\(subnet)")
  return attributes
}
