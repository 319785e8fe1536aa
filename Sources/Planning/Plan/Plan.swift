public import Diagnostics
public import TargetModel

/// What would be done, why, and in which order.
///
/// Data: it can be printed, stored and compared.
///
/// Law: whatever an apply does is described by `steps` entirely, whichever way the plan was made.
/// The same desired and observed worlds give the same plan, to the byte.
public struct Plan: Hashable, Sendable {
  /// Who owns the targets.
  public var stack: String
  /// The workspace it is about.
  public var workspace: WorkspaceIdentity
  /// What it is for.
  public var mode: PlanMode
  /// What differs, in the order of execution; ties by address.
  ///
  /// Targets without a change are not here.
  public var changes: [Change]
  /// What moved behind our back since it was last applied; told, not acted on.
  public var drift: [DriftedTarget]
  /// The acts, in one valid order.
  public var steps: [Step]
  /// How many targets are as they should be.
  public var unchangedCount: Int
  /// The targets that differ and that the selection leaves out, sorted by address.
  public var leftOut: [TargetAddress] = []
  /// Live targets that are not this stack's, sorted by address; only where the plan is to look
  /// (`refresh-only`).
  public var unmanaged: [UnmanagedTarget] = []

  /// Makes a plan of its parts.
  public init(
    stack: String, workspace: WorkspaceIdentity, mode: PlanMode, changes: [Change] = [],
    drift: [DriftedTarget] = [], steps: [Step] = [], unchangedCount: Int = 0
  ) {
    self.stack = stack
    self.workspace = workspace
    self.mode = mode
    self.changes = changes
    self.drift = drift
    self.steps = steps
    self.unchangedCount = unchangedCount
  }

  /// True if there is nothing to do.
  public var isEmpty: Bool { changes.isEmpty }
}

/// What a plan is for.
public enum PlanMode: String, Hashable, Sendable {
  /// Bring reality to the manifests.
  case apply
  /// Remove everything the stack owns.
  case destroy
  /// Look only: what differs is told as drift, and nothing is to be done.
  case refreshOnly = "refresh-only"
}

/// What is to happen to a target.
///
/// Where something is removed and made again the case names the order, and whether the resource
/// behind it is kept.
public enum Action: String, Hashable, Sendable, CaseIterable {
  case create
  case attach
  case update
  /// Re-attach: the resource is kept.
  case detachThenAttach
  /// Replace: the resource is lost.
  case deleteThenCreate
  /// An attachment gives way to a target that the service makes.
  case detachThenCreate
  /// A target that the service made gives way to an attachment.
  case deleteThenAttach
  case detach
  case delete
  /// Take over a live target as it is: only the mark changes.
  case adopt
  /// Give up owning a live target, which stays.
  case forget
  case start
  case stop

  /// The act that removes what is there, if any.
  public var release: Act? {
    switch self {
    case .detach, .detachThenAttach, .detachThenCreate: .detach
    case .delete, .deleteThenCreate, .deleteThenAttach: .delete
    case .create, .attach, .update, .adopt, .forget, .start, .stop: nil
    }
  }

  /// The act that makes what is due, if any.
  public var acquisition: Act? {
    switch self {
    case .create, .deleteThenCreate, .detachThenCreate: .create
    case .attach, .detachThenAttach, .deleteThenAttach: .attach
    case .update, .detach, .delete, .adopt, .forget, .start, .stop: nil
    }
  }

  /// True if a target is taken away and made again.
  public var isReplacement: Bool { release != nil && acquisition != nil }
}

/// Why a change is due.
public struct Reason: Hashable, Sendable {
  /// A stable word: `not-in-workspace`, `not-in-configuration`, `tls-needs-detach`, ...
  public var rule: Rule
  /// A sentence, without a full stop.
  public var text: String

  /// Makes a reason of its parts.
  public init(_ rule: Rule, _ text: String) {
    self.rule = rule
    self.text = text
  }
}

/// One attribute that differs.
public struct AttributeChange: Hashable, Sendable {
  /// Where it is.
  public var path: AttributePath
  /// What is there; nil if nothing is.
  public var before: AttributeValue?
  /// What will be there; nil if nothing will.
  public var after: AttributeValue?
  /// True for a secret: both values are nil and only the difference is known.
  public var isSensitive: Bool
  /// The effect.
  public var effect: Effect
  /// How grave it is that reality moved here; nil where it did not.
  public var severity: DriftSeverity?

  /// Makes an attribute change of its parts.
  public init(
    path: AttributePath, before: AttributeValue?, after: AttributeValue?,
    isSensitive: Bool = false, effect: Effect, severity: DriftSeverity? = nil
  ) {
    self.path = path
    self.before = before
    self.after = after
    self.isSensitive = isSensitive
    self.effect = effect
    self.severity = severity
  }

  /// What this difference costs.
  public enum Effect: String, Hashable, Sendable {
    case inPlace = "in-place"
    case forcesReplacement = "forces-replacement"
    case forcesReattachment = "forces-reattachment"
  }
}

/// A target of ours that is not as we left it.
public struct DriftedTarget: Hashable, Sendable {
  /// The target concerned.
  public var address: TargetAddress
  /// The attributes that differ: before is what the manifest says, after is what is live.
  ///
  /// Empty if the target is gone.
  public var attributes: [AttributeChange]
  /// True if the live target is gone.
  public var isMissing: Bool
  /// True where the mark can't tell whether the manifest moved as well, or instead.
  public var isUnclear: Bool
  /// Where the manifest names it.
  public var source: SourceLocation?

  /// Makes a drifted target of its parts.
  public init(
    address: TargetAddress, attributes: [AttributeChange], isMissing: Bool = false,
    isUnclear: Bool = false, source: SourceLocation? = nil
  ) {
    self.address = address
    self.attributes = attributes
    self.isMissing = isMissing
    self.isUnclear = isUnclear
    self.source = source
  }

  /// The worst of it; a target that is gone is as grave as it gets.
  public var severity: DriftSeverity {
    isMissing ? .high : attributes.compactMap(\.severity).max() ?? .medium
  }
}

/// A live target that is not this stack's: another stack's, or nobody's.
public struct UnmanagedTarget: Hashable, Sendable {
  /// The target concerned.
  public var address: TargetAddress
  /// The stack that owns it; nil if none does.
  public var owner: String?
  /// What it holds.
  public var resource: String?
  /// False for a kind that Berth does not know.
  public var isKnownKind: Bool

  /// Makes an unmanaged target of its parts.
  public init(
    address: TargetAddress, owner: String? = nil, resource: String? = nil,
    isKnownKind: Bool = true
  ) {
    self.address = address
    self.owner = owner
    self.resource = resource
    self.isKnownKind = isKnownKind
  }
}
