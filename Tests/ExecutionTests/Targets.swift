import Diagnostics
import Planning
import TargetModel
import TestSupport

let workspace = WorkspaceIdentity(
  subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "g", name: "w",
  location: "westeurope")

func resourceID(_ name: String) -> String {
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/"
    + "Microsoft.Compute/virtualMachines/\(name)"
}

/// A target of an invented kind.
func desired(
  _ kind: KindDescriptor, _ name: String, _ values: [AttributePath: AttributeValue] = [:]
) -> ComputeTarget {
  var target = ComputeTarget(
    name: name, kind: kind, attributes: Attributes(for: kind),
    location: SourceLocation(startOf: "\(name).yml"))
  for (path, value) in values { target[path] = value }
  target.settings.allowReplace = true
  return target
}

func link(_ name: String, holding resource: String, tls: String = "one") -> ComputeTarget {
  desired(
    .inventedLink, name, ["resource_id": .text(resourceID(resource)), "tls": .text(tls)])
}

func sharedLink(_ name: String, holding resource: String, in namespace: String) -> ComputeTarget {
  desired(
    .inventedSharedLink, name,
    ["resource_id": .text(resourceID(resource)), "namespace": .text(namespace)])
}

func pool(_ name: String, count: Int = 1, size: String = "small") -> ComputeTarget {
  desired(.inventedPool, name, ["count": .integer(count), "size": .text(size)])
}

func box(_ name: String, power: PowerState? = nil) -> ComputeTarget {
  var target = desired(.inventedBox, name)
  target.settings.power = power
  return target
}

/// A target as the service shows it once it was made.
func observed(
  _ target: ComputeTarget, stack: String? = "ours", state: ProvisioningState = .succeeded
) -> ObservedTarget {
  var attributes = target.attributes
  for (slot, field) in target.kind.fields.enumerated() {
    if field.isWriteOnly { attributes[slot] = nil }
  }
  return ObservedTarget(
    name: target.name, kind: target.kind.name, attributes: attributes, state: state,
    isAttached: target.isAttached, resource: target.heldResource,
    marks: stack.map { target.marks(of: $0) } ?? OwnershipMarks(),
    power: target.kind.hasPower ? .running : nil)
}

func snapshot(_ targets: [ObservedTarget]) -> Snapshot {
  Snapshot(workspace: workspace, targets: targets)
}

func planning(
  _ desired: [ComputeTarget], _ live: [ObservedTarget], mode: PlanMode = .apply
) -> PlanningResult {
  makePlan(
    PlanningRequest(
      stack: "ours", desired: desired, observed: snapshot(live), mode: mode, catalog: .invented))
}
