package import Diagnostics
internal import TargetModel

/// Checks of the schedules of a compute instance.
extension CrossFieldCheck {
  /// A cron trigger has an expression of five fields; a recurrence its frequency and interval.
  static let scheduleTriggers = CrossFieldCheck(.scheduleTrigger, .cronExpression) {
    target, findings in
    for (number, trigger) in triggers(of: target) {
      if let fault = triggerFault(trigger) {
        findings.append(.scheduleTrigger(target, number, fault))
      } else if let expression = trigger[key: "expression"]?.text, let fault = cronFault(expression)
      {
        findings.append(.cronExpression(target, number, expression, fault))
      }
    }
  }

  /// A trigger begins at a time, in a time zone that the service knows.
  static let scheduleTimes = CrossFieldCheck(.scheduleStart, .unknownTimeZone) { target, findings in
    for (number, trigger) in triggers(of: target) {
      if let start = trigger[key: "start_time"]?.text, let fault = startFault(start) {
        findings.append(.scheduleStart(target, number, start, fault))
      }
      if let zone = trigger[key: "time_zone"]?.text, !WindowsTimeZone.isKnown(zone) {
        findings.append(.unknownTimeZone(target, number, zone))
      }
    }
  }

  /// Every part of a recurrence's pattern counts.
  static let schedulePatterns = CrossFieldCheck(.schedulePattern) { target, findings in
    for (number, trigger) in triggers(of: target) {
      if let fault = patternFault(trigger) {
        findings.append(.schedulePattern(target, number, fault))
      }
    }
  }
}

/// The triggers of a target's schedules, each with its schedule's number.
private func triggers(of target: ComputeTarget) -> [(number: Int, trigger: AttributeValue)] {
  let items = target["schedules.compute_start_stop"]?.list ?? []
  return items.enumerated().map { ($0 + 1, $1[key: "trigger"] ?? .map([:])) }
}

// MARK: What is wrong, as the end of a sentence

/// What a trigger lacks or has too much.
private func triggerFault(_ trigger: AttributeValue) -> String? {
  let ofCron = ["expression"]
  let ofRecurrence = ["frequency", "interval", "schedule"]
  let isCron = trigger[key: "type"]?.text?.lowercased() == "cron"
  if let stray = (isCron ? ofRecurrence : ofCron).first(where: { trigger[key: $0] != nil }) {
    return "'\(stray)' belongs to a trigger of type '\(isCron ? "recurrence" : "cron")'"
  }
  if isCron {
    return trigger[key: "expression"]?.text.map(hasCronFields) == true
      ? nil : "a cron trigger needs an 'expression' of five fields, such as '0 18 * * *'"
  }
  let missing = ["frequency", "interval"].filter { trigger[key: $0] == nil }.map { "'\($0)'" }
  return missing.isEmpty ? nil : "a recurrence needs \(missing.joined(separator: " and "))"
}

/// What part of a recurrence's pattern means nothing.
///
/// The older SDK's documentation has hours and minutes for a frequency of days or more, and days of
/// the week for one of weeks (ScheduleRecurrence); `az ml` wants hours and minutes together, and
/// leaves days of the month out with a warning (RecurrencePattern).
private func patternFault(_ trigger: AttributeValue) -> String? {
  let given = ["hours", "minutes", "week_days", "month_days"].filter {
    trigger[key: "schedule"]?[key: $0] != nil
  }
  guard let frequency = trigger[key: "frequency"]?.text?.lowercased() else { return nil }
  if given.contains("month_days") {
    return "'month_days' is not known to work for a machine, and 'az ml' leaves it out"
  }
  if frequency == "minute" || frequency == "hour", let first = given.first {
    return "'\(first)' counts where 'frequency' is 'day' or longer, and here it is '\(frequency)'"
  }
  if given.contains("week_days"), frequency != "week" {
    return "'week_days' counts where 'frequency' is 'week', and here it is '\(frequency)'"
  }
  switch (given.contains("hours"), given.contains("minutes")) {
  case (true, false): return "'hours' needs 'minutes' beside it, such as 'minutes: [0]'"
  case (false, true): return "'minutes' needs 'hours' beside it"
  case (true, true), (false, false): return nil
  }
}

/// What is wrong with a time such as `2026-01-05T08:00:00`.
private func startFault(_ text: String) -> String? {
  guard let start = StartTime(text) else { return "it should look like '2026-01-05T08:00:00'" }
  if let offset = start.offset, offset != "Z" {
    return "'time_zone' says in which zone it is, so '\(offset)' has no place in it"
  }
  let isTime = start.hour < 24 && start.minute < 60 && start.second < 60
  return isTime && isDate(start.year, start.month, start.day) ? nil : "there is no such time"
}

private func isDate(_ year: Int, _ month: Int, _ day: Int) -> Bool {
  guard (1...12).contains(month), day >= 1 else { return false }
  let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return day <= days[month - 1]
}

extension Rule {
  /// A schedule's trigger is complete.
  package static let scheduleTrigger = Rule("schedule-trigger")
  /// A cron expression can be read.
  package static let cronExpression = Rule("cron-expression")
  /// A schedule's start is a time.
  package static let scheduleStart = Rule("schedule-start")
  /// A schedule's time zone is one that the service knows.
  package static let unknownTimeZone = Rule("unknown-time-zone")
  /// Every part of a recurrence's pattern counts.
  package static let schedulePattern = Rule("schedule-pattern")
}

extension Diagnostic {
  private static let schedules: AttributePath = "schedules.compute_start_stop"

  fileprivate static func scheduleTrigger(
    _ target: ComputeTarget, _ number: Int, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .scheduleTrigger, "Schedule does not fit together",
      detail: "In schedule \(number) of '\(schedules)', \(what).",
      address: target.address.description, at: target.location(of: schedules))
  }

  fileprivate static func cronExpression(
    _ target: ComputeTarget, _ number: Int, _ expression: String, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .cronExpression, "Cron expression can't be read",
      detail: """
        In schedule \(number) of '\(schedules)', the expression is '\(expression)', and \(what). \
        The five fields are minute, hour, day of the month, month and day of the week.
        """,
      address: target.address.description, at: target.location(of: schedules))
  }

  fileprivate static func scheduleStart(
    _ target: ComputeTarget, _ number: Int, _ start: String, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .scheduleStart, "Schedule starts at no time",
      detail: "In schedule \(number) of '\(schedules)', 'start_time' is '\(start)': \(what).",
      address: target.address.description, at: target.location(of: schedules))
  }

  fileprivate static func unknownTimeZone(
    _ target: ComputeTarget, _ number: Int, _ zone: String
  ) -> Diagnostic {
    let advice =
      WindowsTimeZone.meant(by: zone).map { "Write '\($0)'." }
      ?? "Names look like 'W. Europe Standard Time' or 'UTC'; 'tzutil /l' on Windows lists them."
    return Diagnostic(
      .error, .unknownTimeZone, "Time zone is not known",
      detail: """
        In schedule \(number) of '\(schedules)', 'time_zone' is '\(zone)'. The service knows time \
        zones by their Windows names. \(advice)
        """,
      address: target.address.description, at: target.location(of: schedules))
  }

  fileprivate static func schedulePattern(
    _ target: ComputeTarget, _ number: Int, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .warning, .schedulePattern, "Part of a schedule has no effect",
      detail: "In schedule \(number) of '\(schedules)', \(what).",
      address: target.address.description, at: target.location(of: schedules))
  }
}
