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

  /// A cron trigger has an expression of five fields; a recurrence its frequency and interval.
  static let scheduleTriggers = CrossFieldCheck(.scheduleTrigger) { target, findings in
    let items = target["schedules.compute_start_stop"]?.list ?? []
    for (index, item) in items.enumerated() {
      if let fault = triggerFault(item["trigger"] ?? .map([:])) {
        findings.append(.scheduleTrigger(target, number: index + 1, fault))
      }
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
      item["action"]?.text?.lowercased() == "stop"
        && item["state"]?.text?.lowercased() != "disabled"
    }
    let isSwitchedOff =
      target["idle_time_before_shutdown_minutes"]?.integer != nil || isScheduled
      || target.settings.power == .stopped
    if !isSwitchedOff { findings.append(.neverSwitchedOff(target)) }
  }
}

/// What a trigger lacks or has too much, as the end of a sentence.
private func triggerFault(_ trigger: AttributeValue) -> String? {
  let ofCron = ["expression"]
  let ofRecurrence = ["frequency", "interval", "schedule"]
  let isCron = trigger["type"]?.text?.lowercased() == "cron"
  if let stray = (isCron ? ofRecurrence : ofCron).first(where: { trigger[key: $0] != nil }) {
    return "'\(stray)' belongs to a trigger of type '\(isCron ? "recurrence" : "cron")'"
  }
  if isCron {
    let fields = trigger["expression"]?.text?.split(separator: " ").count ?? 0
    return fields == 5
      ? nil : "a cron trigger needs an 'expression' of five fields, such as '0 18 * * *'"
  }
  let missing = ["frequency", "interval"].filter { trigger[$0] == nil }.map { "'\($0)'" }
  return missing.isEmpty ? nil : "a recurrence needs \(missing.joined(separator: " and "))"
}

extension Rule {
  /// A user has an object id and a tenant.
  package static let behalfIncomplete = Rule("behalf-incomplete")
  /// A schedule's trigger is complete.
  package static let scheduleTrigger = Rule("schedule-trigger")
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

  fileprivate static func scheduleTrigger(
    _ target: ComputeTarget, number: Int, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .scheduleTrigger, "Schedule does not fit together",
      detail: "In schedule \(number) of 'schedules.compute_start_stop', \(what).",
      address: target.address.description, at: target.location(of: "schedules.compute_start_stop"))
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
