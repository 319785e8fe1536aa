package import TargetModel

/// Kinds that exist only in tests, so that planning and executing are tested without the domain's
/// own tables.
extension KindDescriptor {
  /// Created: `size` replaces, `count` changes in place.
  package static let inventedPool = KindDescriptor(
    name: "pool", computeType: "Pool", title: "pool", summary: "A created kind.",
    origin: .created,
    fields: [
      Field(
        "size", .text(), "Size of a machine", default: "small", onChange: .recreate,
        comparison: .ignoringCase, wire: "properties.properties.size"),
      Field(
        "count", .integer(0...100), "How many", default: 1, onChange: .inPlace,
        wire: "properties.properties.count"),
      Field(
        "tags", .map(of: .text()), "Tags", default: .map([:]), onChange: .inPlace, wire: "tags"),
    ],
    updatesMarks: true, sample: "name: a-pool\ntype: pool\n")

  /// Attached: `resource_id` is held, `tls` and `password` (a secret) re-attach.
  package static let inventedLink = KindDescriptor(
    name: "link", computeType: "Link", title: "link", summary: "An attached kind.",
    origin: .attached,
    fields: [
      Field(
        "resource_id", .resourceID([]), "What it holds", isRequired: true, onChange: .recreate,
        comparison: .resourceID, wire: "properties.resourceId"),
      Field("tls", .text(), "TLS", onChange: .recreate, wire: "properties.properties.tls"),
      Field(
        "password", .text(), "Password", isSecret: true, onChange: .recreate,
        wire: "properties.properties.password"),
    ],
    resource: HeldResource(), sample: "name: a-link\ntype: link\nresource_id: /x\n")

  /// Attached and shareable: attachments with different namespaces live side by side.
  package static let inventedSharedLink = KindDescriptor(
    name: "sharedlink", computeType: "SharedLink", title: "shared link",
    summary: "An attached kind that may hold a resource more than once.", origin: .attached,
    fields: [
      Field(
        "resource_id", .resourceID([]), "What it holds", isRequired: true, onChange: .recreate,
        comparison: .resourceID, wire: "properties.resourceId"),
      Field(
        "namespace", .text(), "Its share", default: "default", onChange: .recreate,
        wire: "properties.properties.namespace"),
    ],
    resource: HeldResource(shareField: "namespace"), sample: "name: a-shared\ntype: sharedlink\n")

  /// Created, can be switched off, and loses its disk when replaced.
  package static let inventedBox = KindDescriptor(
    name: "box", computeType: "Box", title: "box", summary: "A created kind with a disk.",
    origin: .created,
    fields: [
      Field(
        "size", .text(), "Size", default: "small", onChange: .recreate,
        comparison: .ignoringCase, wire: "properties.properties.size"),
      Field(
        "idle", .integer(0...100), "Idle minutes", default: 15,
        onChange: .inPlaceBy(action: "setIdle"),
        wire: "properties.properties.idle"),
    ],
    losesData: true, hasPower: true, sample: "name: a-box\ntype: box\n")
}

/// Kinds that come to be in more than one way.
extension KindDescriptor {
  /// Created, or attached when it names a resource; TLS re-attaches, `agents` changes in place, and
  /// marks can be written at any time.
  package static let inventedHub = KindDescriptor(
    name: "hub", computeType: "Hub", title: "hub", summary: "A kind that is created or attached.",
    origin: .createdOrAttached,
    fields: [
      Field(
        "resource_id", .resourceID([]), "What it holds", onChange: .recreate,
        comparison: .resourceID, wire: "properties.resourceId"),
      Field(
        "agents", .integer(0...100), "How many", default: 1, onChange: .inPlace,
        wire: "properties.properties.agents"),
      Field(
        "tls.status", .text(), "TLS", default: .null, onChange: .recreate,
        wire: "properties.properties.tls.status"),
      Field(
        "tls.key", .text(), "Key", isSecret: true, onChange: .recreate,
        wire: "properties.properties.tls.key"),
      Field(
        "version", .text(), "Version", setBy: .server, onChange: .inPlace,
        wire: "properties.properties.version"),
    ],
    resource: HeldResource(), updatesMarks: true, sample: "name: a-hub\ntype: hub\n")
}

extension KindCatalog {
  /// The invented kinds together.
  package static let invented = KindCatalog([
    .inventedPool, .inventedLink, .inventedSharedLink, .inventedBox, .inventedHub,
  ])
}
