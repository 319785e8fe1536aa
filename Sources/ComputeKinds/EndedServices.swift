package import Diagnostics
internal import TargetModel

/// Notices about kinds whose service or client has come to its end (api.md 1 and 20).
///
/// Each can be silenced for a stack, with `silence` in berth.yaml.
extension CrossFieldCheck {
  /// The service behind the kind is retired.
  static let serviceEnded = CrossFieldCheck(.serviceEnded) { target, findings in
    findings.append(.serviceEnded(target))
  }

  /// Only the older SDK writes the kind; `az ml` and the newer SDK show it as unsupported.
  static let sdkEnded = CrossFieldCheck(.sdkEnded) { target, findings in
    findings.append(.sdkEnded(target))
  }
}

extension Rule {
  /// The service behind a target is still there.
  package static let serviceEnded = Rule("service-ended")
  /// Some present client can manage targets of the kind.
  package static let sdkEnded = Rule("sdk-ended")
}

extension Diagnostic {
  fileprivate static func serviceEnded(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .warning, .serviceEnded, "Service has ended",
      detail: """
        Azure retired what a \(target.kind.title) is part of, so an attach will probably fail. \
        Plan to do without this target. 'silence: [service-ended]' in berth.yaml silences this.
        """,
      address: target.address.description, at: target.location)
  }

  fileprivate static func sdkEnded(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .warning, .sdkEnded, "Only an older client knows this type",
      detail: """
        The Python SDK v1 was the last client of Microsoft's that manages targets of \
        type '\(target.kind.name)'; 'az ml' and the SDK v2 only show them. Make sure that jobs can \
        still use this one. 'silence: [sdk-ended]' in berth.yaml silences this.
        """,
      address: target.address.description, at: target.location)
  }
}
