package import Diagnostics
package import TargetModel

/// The workspace of tests.
package let testWorkspace = WorkspaceIdentity(
  subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "test-rg",
  name: "test-ws", location: "westeurope")

/// The stack of tests.
package let testStack = "prod"

/// A target as a manifest would want it.
///
///     desired("link", "a", ["resource_id": .resource("r1")]) { $0.protect = true }
///
/// - Parameters:
///   - secrets: the secrets that are set, with their fingerprints; the secret itself is the
///     fingerprint's text.
///   - line: where the manifest (`compute.yml`) names it; fields share the line.
package func desired(
  _ kind: String, _ name: String, _ attributes: AttributeMap = [:],
  secrets: [String: String] = [:], line: Int = 1, in catalog: KindCatalog = .invented,
  settings change: (inout TargetSettings) -> Void = { _ in }
) -> ComputeTarget {
  let kind = inventedKind(kind, in: catalog)
  var target = ComputeTarget(
    name: name, kind: kind, attributes: values(attributes, of: kind),
    location: testLocation(line: line))
  for (path, fingerprint) in secrets {
    let path = AttributePath(path)
    target[path] = .secret(SecretText(fingerprint, from: .environment("TEST_SECRET")))
    target.secretFingerprints[path] = fingerprint
  }
  change(&target.settings)
  return target
}

/// A live target as the service would show it: ours unless said otherwise.
///
/// A kind that is not in the catalog makes a target of an unknown kind. `resource` is only for
/// those; others hold what their attributes name.
package func observed(
  _ kind: String, _ name: String, _ attributes: AttributeMap = [:],
  marks: OwnershipMarks = OwnershipMarks(stack: testStack), state: ProvisioningState = .succeeded,
  power: PowerState? = nil, isAttached: Bool? = nil, resource: ResourceIdentity? = nil,
  in catalog: KindCatalog = .invented
) -> ObservedTarget {
  guard let known = catalog[KindName(kind)] else {
    return ObservedTarget(
      name: name, kind: KindName(kind), isKnownKind: false, attributes: Attributes(slotCount: 0),
      state: state, isAttached: isAttached ?? (resource != nil), resource: resource, marks: marks)
  }
  let values = values(attributes, of: known)
  let held = known.heldResource(of: values)
  return ObservedTarget(
    name: name, kind: known.name, attributes: values, state: state,
    isAttached: isAttached ?? (held != nil), resource: held, marks: marks, power: power)
}

/// The live target that an apply of a document leaves behind.
package func converged(_ target: ComputeTarget, stack: String = testStack) -> ObservedTarget {
  var attributes = target.attributes
  for (slot, field) in target.kind.fields.enumerated() {
    attributes[slot] = field.isSecret ? nil : attributes[slot] ?? field.defaultValue
    if attributes[slot] == .null { attributes[slot] = nil }
  }
  return ObservedTarget(
    name: target.name, kind: target.kind.name, attributes: attributes,
    isAttached: target.isAttached, resource: target.heldResource, marks: target.marks(of: stack),
    power: target.kind.hasPower ? target.settings.power ?? .running : nil)
}

/// A place in the manifest of tests.
package func testLocation(line: Int) -> SourceLocation {
  let start = SourcePosition(line: line, column: 1, offset: line * 100)
  return SourceLocation(
    file: "compute.yml", start: start,
    end: SourcePosition(line: line, column: 5, offset: line * 100 + 4))
}

extension AttributeValue {
  /// The id of an invented resource of this name.
  package static func resource(_ name: String) -> AttributeValue {
    .text("/subscriptions/s/resourceGroups/g/providers/Test.Things/things/\(name)")
  }

  /// The id of a managed cluster of this name.
  package static func cluster(_ name: String) -> AttributeValue {
    .text(
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/\(name)"
    )
  }
}

extension ResourceIdentity {
  /// An invented resource of this name, held as a whole.
  package static func invented(_ name: String) -> ResourceIdentity? {
    AttributeValue.resource(name).text.flatMap { try? ARMResourceID(parsing: $0) }
      .map { ResourceIdentity($0) }
  }
}

private func inventedKind(_ name: String, in catalog: KindCatalog) -> KindDescriptor {
  guard let kind = catalog[KindName(name)] else {
    preconditionFailure("a test names the kind '\(name)', which its catalog does not have")
  }
  return kind
}

private func values(
  _ given: AttributeMap, of kind: KindDescriptor
) -> Attributes {
  var attributes = Attributes(for: kind)
  for (path, value) in given {
    guard let slot = kind.slot(AttributePath(path)) else {
      preconditionFailure("a test gives '\(path)' to a \(kind.name), which has no such field")
    }
    attributes[slot] = value
  }
  return attributes
}
