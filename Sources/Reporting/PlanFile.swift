internal import Diagnostics
public import Planning
internal import TargetModel

/// A saved plan: the plan and what must still hold when it is applied (conventions: plan file).
public struct PlanFile: Hashable, Sendable {
  /// The plan.
  public var plan: Plan
  /// The version of Berth that made it.
  public var berthVersion: String
  /// When it was made, as RFC 3339.
  ///
  /// A fact about the file, not part of the digest.
  public var timestamp: String
  /// True if a guard refused it or something failed: such a plan is never applied.
  public var isErrored: Bool
  /// False if the workspace was not read: such a plan is never applied.
  public var isRefreshed: Bool
  /// The commit of the manifests; nil if nobody knows.
  public var commit: String?
  /// The SHA-256 of all manifests, 64 hexadecimal digits.
  public var manifestsSHA256: String

  /// A saved plan.
  public init(
    plan: Plan, berthVersion: String, timestamp: String, isErrored: Bool,
    isRefreshed: Bool = true, commit: String? = nil, manifestsSHA256: String
  ) {
    self.plan = plan
    self.berthVersion = berthVersion
    self.timestamp = timestamp
    self.isErrored = isErrored
    self.isRefreshed = isRefreshed
    self.commit = commit
    self.manifestsSHA256 = manifestsSHA256
  }

  /// The format that this version writes.
  public static let formatVersion = "1.0"

  /// The file's keys, and what stands there.
  ///
  /// What most plans do not have stands there only where it says something.
  var members: [PlanFileMember] {
    let members: [PlanFileMember?] = [
      PlanFileMember("applyable", .bool(!isErrored && isRefreshed && !plan.steps.isEmpty)),
      PlanFileMember("berth_version", in: .text, .text(berthVersion)),
      .digest,
      PlanFileMember("errored", .bool(isErrored)),
      PlanFileMember("format_version", in: .text, .text(Self.formatVersion)),
      plan.leftOut.isEmpty
        ? nil : PlanFileMember("left_out", each: plan.leftOut) { .text($0.description) },
      PlanFileMember("manifests_sha256", in: .digest, .text(manifestsSHA256)),
      PlanFileMember("mode", .text(plan.mode.rawValue)),
      PlanFileMember(
        "planned_values", "root_module", "resources", each: plan.changes, plannedValue),
      isRefreshed ? nil : PlanFileMember("refreshed", false),
      PlanFileMember("resource_changes", each: plan.changes, object),
      PlanFileMember("resource_drift", each: plan.drift, Self.object),
      PlanFileMember("scope", scope),
      PlanFileMember("source", in: .text, source),
      PlanFileMember("steps", each: plan.steps, Self.object),
      PlanFileMember("timestamp", in: .text, .text(timestamp)),
      PlanFileMember("unchanged_count", .integer(plan.unchangedCount)),
      plan.unmanaged.isEmpty
        ? nil : PlanFileMember("unmanaged_targets", each: plan.unmanaged, Self.object),
    ]
    return members.compactMap(\.self)
  }

  private var scope: AttributeValue {
    [
      "stack": .text(plan.stack), "subscription_id": .text(plan.workspace.subscriptionID),
      "resource_group": .text(plan.workspace.resourceGroup),
      "workspace": .text(plan.workspace.name), "location": .text(plan.workspace.location),
    ]
  }

  private var source: AttributeValue {
    [
      "commit": commit.map(AttributeValue.text) ?? .null,
      "manifests_sha256": .text(manifestsSHA256),
    ]
  }

  private func plannedValue(_ change: Change) -> AttributeValue? {
    let after = change.after
    if after == .null { return nil }
    return [
      "address": .text(change.address.description), "mode": "managed",
      "type": .text(change.address.kind.text), "name": .text(change.address.name),
      "provider_name": .text(Self.provider), "values": after,
    ]
  }

  static let provider = "berth/azureml"

  private func object(_ change: Change) -> AttributeValue {
    // A change puts these together when it is asked.
    let (attributes, sensitivePaths) = (change.attributes, change.sensitivePaths)
    var sensitive = AttributeValue.map([:])
    for path in sensitivePaths { sensitive[path] = true }
    let forcing = attributes.filter { $0.effect != .inPlace }
    var object: AttributeValue = [
      "address": .text(change.address.description), "mode": "managed",
      "type": .text(change.address.kind.text), "name": .text(change.address.name),
      "provider_name": .text(Self.provider),
      "change": [
        "actions": .list(change.action.terraformActions), "before": change.before,
        "after": change.after, "after_unknown": .map([:]), "before_sensitive": .map([:]),
        "after_sensitive": sensitive, "replace_paths": .list(forcing.map { Self.path($0.path) }),
      ],
      "sensitive_paths": .list(sensitivePaths.map(Self.path)),
      "operation": .text(change.action.word),
      "underlying_resource": .text(change.action.underlyingResource),
      "reason": [
        "rule": .text(change.reason.rule.id), "text": .text(change.reason.text),
        "doc": .text("https://github.com/berth-iac/berth/blob/main/docs/planning.md"),
      ],
      "attributes": .list(attributes.map(Self.object)),
      "unchanged_attribute_count": .integer(change.unchangedAttributeCount),
      "reversible": .bool(change.action.underlyingResource != "lost"),
    ]
    if let reason = change.actionReason(in: plan.mode) { object["action_reason"] = .text(reason) }
    if let resource = change.resource { object["resource_id"] = .text(resource) }
    if let source = change.source { object["source"] = Self.object(source) }
    if let precondition = change.precondition {
      object["precondition"] = ["fingerprint": .text("sha256:" + precondition)]
    }
    return object
  }

  /// A value that is not there is left out; `null` is a value.
  static func object(_ change: AttributeChange) -> AttributeValue {
    var object: AttributeValue = [
      "path": path(change.path), "sensitive": .bool(change.isSensitive),
      "effect": .text(change.effect.rawValue),
    ]
    if let before = change.before { object["before"] = before }
    if let after = change.after { object["after"] = after }
    if let severity = change.severity { object["severity"] = .text(severity.rawValue) }
    return object
  }

  private static func path(_ path: AttributePath) -> AttributeValue {
    .list(path.segments.map(AttributeValue.text))
  }

  private static func object(_ drift: DriftedTarget) -> AttributeValue {
    var object: AttributeValue = [
      "address": .text(drift.address.description), "mode": "managed",
      "type": .text(drift.address.kind.text), "name": .text(drift.address.name),
      "provider_name": .text(provider),
      "change": ["actions": .list([drift.isMissing ? "delete" : "update"])],
      "attributes": .list(drift.attributes.map(Self.object)),
      "severity": .text(drift.severity.rawValue),
    ]
    if drift.isUnclear { object["unclear"] = true }
    if let source = drift.source { object["source"] = Self.object(source) }
    return object
  }

  private static func object(_ target: UnmanagedTarget) -> AttributeValue {
    [
      "address": .text(target.address.description),
      "owner": target.owner.map(AttributeValue.text) ?? .null,
      "resource_id": target.resource.map(AttributeValue.text) ?? .null,
      "known_type": .bool(target.isKnownKind),
    ]
  }

  static func object(_ location: SourceLocation) -> AttributeValue {
    [
      "file": .text(location.file), "line": .integer(location.start.line),
      "column": .integer(location.start.column),
    ]
  }

  static func object(_ step: Step) -> AttributeValue {
    var object: AttributeValue = [
      "id": .text(step.id.description), "address": .text(step.address.description),
      "act": .text(step.act.rawValue),
      "waits_for": .list(step.waitsFor.map { .text($0.description) }),
    ]
    if let resource = step.resource { object["resource_id"] = .text(resource) }
    let rules = step.waits.compactMap { wait in
      wait.rule.map { (wait.step.description, AttributeValue.text($0.id)) }
    }
    if !rules.isEmpty {
      object["wait_rules"] = .map(AttributeMap(rules, uniquingKeysWith: { first, _ in first }))
    }
    return object
  }
}

extension Change {
  /// The word for a replacement that somebody asked for.
  static let requested = "replace_by_request"

  /// The word that tools made for Terraform know for the reason, where they have one.
  fileprivate func actionReason(in mode: PlanMode) -> String? {
    if isRequested { return Self.requested }
    if attributes.contains(where: { $0.effect != .inPlace }) {
      return "replace_because_cannot_update"
    }
    switch action {
    case .detach, .delete:
      return mode == .apply && source == nil ? "delete_because_no_resource_config" : nil
    case .create, .attach, .update, .detachThenAttach, .deleteThenCreate, .detachThenCreate,
      .deleteThenAttach, .adopt, .forget, .start, .stop:
      return nil
    }
  }
}
