public import TargetModel

/// A kind in a line: how its targets come to be and what changes while they live.
public struct KindOverview: Sendable {
  /// The kind.
  public let kind: KindDescriptor

  /// The overview of a kind.
  public init(_ kind: KindDescriptor) { self.kind = kind }

  /// How its targets come to be.
  public var origin: String {
    guard kind.isInWorkspace else { return "by itself" }
    return switch kind.origin {
    case .created: "created"
    case .attached: "attached"
    case .createdOrAttached: "created or attached"
    }
  }

  /// The keys whose values change on a living target, the outermost ones.
  public var changesInPlace: [String] {
    var keys: [String] = []
    for field in kind.fields where field.setBy == .user && field.onChange != .recreate {
      let key = field.path.segments[0]
      if !keys.contains(key) { keys.append(key) }
    }
    if kind.hasPower { keys.append("berth.power_state") }
    return keys
  }

  /// What any other change does.
  public var otherChanges: String {
    guard kind.isInWorkspace else { return "nothing to do" }
    return switch kind.origin {
    case .created: "replaces"
    case .attached: "re-attaches"
    case .createdOrAttached: "re-attaches or replaces"
    }
  }

  /// What its targets can run, in the order of `Workload`; nil where nobody has said.
  public var workloads: [String]? {
    kind.workloads.map { runs in Workload.allCases.filter(runs.contains).map(\.rawValue) }
  }

  /// The overview as JSON has it.
  public var json: AttributeValue {
    [
      "kind": .text(kind.name.text), "title": .text(kind.title), "summary": .text(kind.summary),
      "origin": .text(origin), "compute_type": .text(kind.computeType),
      "changes_in_place": .list(changesInPlace.map(AttributeValue.text)),
      "other_changes": .text(otherChanges), "loses_data": .bool(kind.losesData),
      "has_power": .bool(kind.hasPower),
      "workloads": workloads.map { .list($0.map(AttributeValue.text)) } ?? .null,
    ]
  }
}
