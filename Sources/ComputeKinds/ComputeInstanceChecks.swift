package import Diagnostics
internal import TargetModel

/// Checks of a compute instance.
extension CrossFieldCheck {
  /// Whoever a machine is made for has an object id and a tenant.
  static let behalfIsComplete = CrossFieldCheck(.behalfIncomplete) { target, findings in
    let user = target["create_on_behalf_of.user_object_id"]
    let tenant = target["create_on_behalf_of.user_tenant_id"]
    if (user == nil) != (tenant == nil) {
      findings.append(.behalfIncomplete(target, given: user == nil ? "tenant" : "object"))
    }
  }

  /// Names and published ports of applications are unique on a machine.
  static let applicationsFit = CrossFieldCheck(.applicationClash) { target, findings in
    var names: Set<String> = []
    var ports: Set<Int> = []
    for application in target["custom_applications"]?.list ?? [] {
      if let name = application["name"]?.text, !names.insert(name.lowercased()).inserted {
        findings.append(.applicationClash(target, "the name '\(name)'"))
      }
      for endpoint in application["endpoints"]?.list ?? [] {
        if let port = endpoint["published"]?.integer, !ports.insert(port).inserted {
          findings.append(.applicationClash(target, "the published port \(port)"))
        }
      }
    }
  }
}

extension CrossFieldCheck {
  /// A machine that nothing switches off is paid for day and night (domain.md R39).
  static let switchedOff = CrossFieldCheck(.idleCost) { target, findings in
    let schedules = target["schedules.compute_start_stop"]?.list ?? []
    let isScheduled = schedules.contains { item in
      item[key: "action"]?.text?.lowercased() == "stop"
        && item[key: "state"]?.text?.lowercased() != "disabled"
    }
    let isSwitchedOff =
      target["idle_time_before_shutdown_minutes"]?.integer != nil || isScheduled
      || target.settings.power == .stopped
    if !isSwitchedOff { findings.append(.neverSwitchedOff(target)) }
  }
}

extension Rule {
  /// A user has an object id and a tenant.
  package static let behalfIncomplete = Rule("behalf-incomplete")
  /// Custom applications have names and ports of their own.
  package static let applicationClash = Rule("application-clash")
}

extension Diagnostic {
  fileprivate static func behalfIncomplete(_ target: ComputeTarget, given: String) -> Diagnostic {
    Diagnostic(
      .error, .behalfIncomplete, "User is incomplete",
      detail: "'create_on_behalf_of' needs both 'user_object_id' and 'user_tenant_id'.",
      address: target.address.description,
      at: target.location(of: AttributePath("create_on_behalf_of.user_\(given)_id")))
  }

  fileprivate static func applicationClash(_ target: ComputeTarget, _ what: String) -> Diagnostic {
    Diagnostic(
      .error, .applicationClash, "Applications clash",
      detail: "Two custom applications share \(what). Give each its own.",
      address: target.address.description, at: target.location(of: "custom_applications"))
  }

  fileprivate static func neverSwitchedOff(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .warning, .idleCost, "Nothing switches the machine off",
      detail: """
        A compute instance is paid for until it is switched off. Write \
        'idle_time_before_shutdown_minutes: 60', a schedule that stops it, or \
        'berth: {power_state: stopped}'.
        """,
      address: target.address.description, at: target.location)
  }
}
