public import TargetModel

/// One of the settings that stand under `berth` in a compute document, for schemas and
/// explanations.
public struct TargetSetting: Sendable {
  /// Its key below `berth`.
  public let key: String
  /// One line for people, without a full stop.
  public let summary: String
  /// What may stand there.
  public let form: Form
  /// What counts where it is not given, in words.
  public let defaultText: String

  /// What may stand under a setting.
  public enum Form: Hashable, Sendable {
    /// `true` or `false`.
    case flag
    /// One of these words, as they are written here.
    case word([String])
    /// One of these words, or several.
    case words([String])
    /// A field of the kind, or several.
    case fields
    /// The address of a target, or several.
    case targets
  }

  /// The settings that have a meaning for a kind, by key.
  public static func all(for kind: KindDescriptor) -> [TargetSetting] {
    var settings = [
      TargetSetting(
        key: "adopt", summary: "Takes over a live target of this name that nobody owns",
        form: .flag, defaultText: "false"),
      TargetSetting(
        key: "allow_replace", summary: "Allows a replacement that loses data", form: .flag,
        defaultText: "false"),
      TargetSetting(
        key: "depends_on", summary: "Targets that must stand before this one", form: .targets,
        defaultText: "none"),
      TargetSetting(
        key: "ignore_changes", summary: "Fields that others may change", form: .fields,
        defaultText: "none"),
      TargetSetting(
        key: "on_remove", summary: "What happens to the live target when its document goes away",
        form: .word(kind.removals), defaultText: kind.removalInWords),
    ]
    if kind.hasPower {
      settings.append(
        TargetSetting(
          key: "power_state", summary: "Whether the machine is on",
          form: .word(PowerState.allCases.map(\.rawValue)), defaultText: "stays as it is"))
    }
    settings.append(
      TargetSetting(
        key: "protect", summary: "While true, the target is never detached, deleted or replaced",
        form: .flag, defaultText: "false"))
    if kind.fields.contains(where: { $0.path.segments.first == "tls" }) {
      settings.append(
        TargetSetting(
          key: "tls_update",
          summary: "Whether a change of TLS is written to the living attachment or re-attaches",
          form: .word(["in_place", "reattach"]), defaultText: "reattach"))
    }
    let workloads = Workload.allCases.filter { kind.workloads?.contains($0) != false }
    settings.append(
      TargetSetting(
        key: "workloads", summary: "What the target is meant to run",
        form: .words(workloads.map(\.rawValue)), defaultText: "none"))
    return kind.isInWorkspace
      ? settings : settings.filter { keysOutsideWorkspace.contains($0.key) }
  }

  /// The settings that mean something where nothing is ever planned.
  static let keysOutsideWorkspace = ["depends_on", "workloads"]
}

extension KindDescriptor {
  /// The removals that fit how its targets come to be.
  fileprivate var removals: [String] {
    RemovalPolicy.allCases.filter { policy in
      switch (policy, origin) {
      case (.retain, _), (_, .createdOrAttached), (.detach, .attached), (.delete, .created): true
      case (.detach, .created), (.delete, .attached): false
      }
    }.map(\.rawValue)
  }

  fileprivate var removalInWords: String {
    switch origin {
    case .created: "delete"
    case .attached: "detach"
    case .createdOrAttached: "detach for what is attached, otherwise delete"
    }
  }
}
