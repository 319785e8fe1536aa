/// A target as the service shows it.
public struct ObservedTarget: Hashable, Sendable {
  /// Copies share it, as those of a `ComputeTarget` do.
  private var facts: Shared<Facts>

  private struct Facts: Hashable, Sendable {
    var attributes: Attributes
    let name: String
    let kind: KindName
    let isKnownKind: Bool
    var state: ProvisioningState
    var errors: [String]
    var isAttached: Bool
    var resource: ResourceIdentity?
    var marks: OwnershipMarks
    var power: PowerState?
  }

  /// Makes an observed target of its parts.
  public init(
    name: String, kind: KindName, isKnownKind: Bool = true, attributes: Attributes,
    state: ProvisioningState = .succeeded, errors: [String] = [], isAttached: Bool,
    resource: ResourceIdentity? = nil, marks: OwnershipMarks = OwnershipMarks(),
    power: PowerState? = nil
  ) {
    facts = Shared(
      Facts(
        attributes: attributes, name: name, kind: kind, isKnownKind: isKnownKind, state: state,
        errors: errors, isAttached: isAttached, resource: resource, marks: marks, power: power))
  }

  /// One slot for each field of the kind; no slots for an unknown kind.
  ///
  /// Secrets are never here.
  public var attributes: Attributes {
    get { facts.value.attributes }
    set { facts.value.attributes = newValue }
  }

  /// The target's name.
  public var name: String { facts.value.name }

  /// The kind's name; for a kind Berth does not know, the service's own word.
  public var kind: KindName { facts.value.kind }

  /// True if the kind is in the catalog.
  ///
  /// Others are shown, count as holders of their resource, and are never touched.
  public var isKnownKind: Bool { facts.value.isKnownKind }

  /// How far it is.
  public var state: ProvisioningState {
    get { facts.value.state }
    set { facts.value.state = newValue }
  }

  /// Why the service says it is broken.
  public var errors: [String] {
    get { facts.value.errors }
    set { facts.value.errors = newValue }
  }

  /// True if it was brought from outside, false if the service made it.
  public var isAttached: Bool {
    get { facts.value.isAttached }
    set { facts.value.isAttached = newValue }
  }

  /// What it holds.
  public var resource: ResourceIdentity? {
    get { facts.value.resource }
    set { facts.value.resource = newValue }
  }

  /// What Berth left on it.
  public var marks: OwnershipMarks {
    get { facts.value.marks }
    set { facts.value.marks = newValue }
  }

  /// The stack that owns it, by its marks; nil if nobody does.
  public var owner: String? { facts.value.marks.stack }

  /// The fingerprints of its marks.
  package var secretMarks: [AttributePath: String] { facts.value.marks.secrets }

  /// Nil for kinds that can't be switched off, and while it is between states.
  public var power: PowerState? {
    get { facts.value.power }
    set { facts.value.power = newValue }
  }

  /// The target concerned.
  public var address: TargetAddress { TargetAddress(kind: kind, name: name) }

  /// The name as the service compares it.
  public var nameKey: String { name.inLowerCase }
}

/// The service's word on how far a target is.
///
/// Extensible: an unknown word counts as in transition neither way, and is shown as it came.
public enum ProvisioningState: Hashable, Sendable {
  case creating
  case updating
  case deleting
  case succeeded
  case failed
  case canceled
  case unknown(String)

  /// Reads the service's word without regard to case.
  public init(_ text: String) {
    switch text.lowercased() {
    case "creating": self = .creating
    case "updating": self = .updating
    case "deleting": self = .deleting
    case "succeeded": self = .succeeded
    case "failed": self = .failed
    case "canceled": self = .canceled
    default: self = .unknown(text)
    }
  }

  /// The service's word.
  public var text: String {
    switch self {
    case .creating: "Creating"
    case .updating: "Updating"
    case .deleting: "Deleting"
    case .succeeded: "Succeeded"
    case .failed: "Failed"
    case .canceled: "Canceled"
    case .unknown(let text): text
    }
  }

  /// True while the service is at work on the target.
  public var isTransitional: Bool {
    switch self {
    case .creating, .updating, .deleting: true
    case .succeeded, .failed, .canceled, .unknown: false
    }
  }
}

/// What Berth leaves on a target, as tags.
///
/// Marks are claims, never locks.
public struct OwnershipMarks: Hashable, Sendable {
  /// The stack that owns the target (`berth-stack`); nil if nobody does.
  public var stack: String?
  /// A digest of the normalised fields last applied (`berth-applied`).
  public var applied: String?
  /// Keyed fingerprints of the secrets last applied (`berth-secrets`), by path.
  public var secrets: [AttributePath: String]
  /// What to do when the document goes away, where it is not the kind's own way
  /// (`berth-on-remove`): when the document is gone, only the mark can tell.
  public var onRemove: RemovalPolicy?
  /// True if the last applied document protected the target (`berth-protect`).
  public var isProtected: Bool

  /// Makes marks of their parts.
  public init(
    stack: String? = nil, applied: String? = nil, secrets: [AttributePath: String] = [:],
    onRemove: RemovalPolicy? = nil, isProtected: Bool = false
  ) {
    self.stack = stack
    self.applied = applied
    self.secrets = secrets
    self.onRemove = onRemove
    self.isProtected = isProtected
  }
}

/// Which workspace a stack is about.
public struct WorkspaceIdentity: Hashable, Sendable, CustomStringConvertible {
  /// The subscription, a GUID.
  public let subscriptionID: String
  /// The resource group.
  public let resourceGroup: String
  /// The target's name.
  public let name: String
  /// The workspace's region.
  public let location: String

  /// Makes a workspace identity of its parts.
  public init(subscriptionID: String, resourceGroup: String, name: String, location: String) {
    self.subscriptionID = subscriptionID
    self.resourceGroup = resourceGroup
    self.name = name
    self.location = location
  }

  /// The workspace's own resource id.
  public var resourceID: String {
    "/subscriptions/\(subscriptionID)/resourceGroups/\(resourceGroup)"
      + "/providers/Microsoft.MachineLearningServices/workspaces/\(name)"
  }

  /// The text that people read.
  public var description: String { name }
}

/// All the targets of a workspace, as read at one moment.
public struct Snapshot: Hashable, Sendable {
  /// The workspace it is about.
  public let workspace: WorkspaceIdentity
  /// The targets, sorted by name without regard to case.
  public let targets: [ObservedTarget]

  /// Makes a snapshot of its parts.
  public init(workspace: WorkspaceIdentity, targets: [ObservedTarget]) {
    self.workspace = workspace
    self.targets = targets.sorted(byKey: \.nameKey)
  }
}
