import ComputeKinds
import TargetModel

private func schedule(_ trigger: AttributeValue) -> [AttributePath: AttributeValue] {
  ["schedules.compute_start_stop": [["action": "stop", "trigger": trigger]]]
}

private func cron(_ expression: AttributeValue) -> [AttributePath: AttributeValue] {
  schedule(["type": "cron", "expression": expression])
}

private func start(_ time: AttributeValue) -> [AttributePath: AttributeValue] {
  schedule(["type": "cron", "expression": "0 18 * * *", "start_time": time])
}

/// A schedule in a time zone.
func zone(_ name: AttributeValue) -> [AttributePath: AttributeValue] {
  schedule(["type": "cron", "expression": "0 18 * * *", "time_zone": name])
}

private func pattern(
  _ frequency: AttributeValue, _ pattern: AttributeValue
) -> [AttributePath: AttributeValue] {
  schedule(["type": "recurrence", "frequency": frequency, "interval": 1, "schedule": pattern])
}

private func application(_ name: AttributeValue, _ port: AttributeValue) -> AttributeValue {
  [
    "name": name, "image": ["reference": "r"],
    "endpoints": [["target": 8787, "published": port]],
  ]
}

let instanceCases: [CheckCase] = [
  CheckCase("nothing given", .computeInstance, [:]),
  CheckCase("cron", .computeInstance, schedule(["type": "cron", "expression": "0 18 * * *"])),
  CheckCase(
    "cron without an expression", .computeInstance, schedule(["type": "cron"]),
    "schedule-trigger"),
  CheckCase(
    "cron with six fields", .computeInstance,
    schedule(["type": "cron", "expression": "0 0 18 * * *"]), "schedule-trigger"),
  CheckCase(
    "cron with a frequency", .computeInstance,
    schedule(["type": "cron", "expression": "0 18 * * *", "frequency": "day"]),
    "schedule-trigger"),
  CheckCase(
    "recurrence", .computeInstance,
    schedule(["type": "recurrence", "frequency": "day", "interval": 1])),
  CheckCase(
    "recurrence without an interval", .computeInstance,
    schedule(["type": "recurrence", "frequency": "day"]), "schedule-trigger"),
  CheckCase(
    "recurrence with an expression", .computeInstance,
    schedule(["type": "Recurrence", "frequency": "day", "interval": 1, "expression": "x"]),
    "schedule-trigger"),
  CheckCase("cron at its bounds", .computeInstance, cron("59 23 31 12 6")),
  CheckCase("cron with words", .computeInstance, cron("0 8 * Jan,March MON-Fri")),
  CheckCase("cron with steps", .computeInstance, cron("*/15 8-18/2 1,15 * *")),
  CheckCase("cron at minute 60", .computeInstance, cron("60 * * * *"), "cron-expression"),
  CheckCase("cron at hour 24", .computeInstance, cron("0 24 * * *"), "cron-expression"),
  CheckCase("cron on day 0", .computeInstance, cron("0 0 0 * *"), "cron-expression"),
  CheckCase("cron in month 13", .computeInstance, cron("0 0 1 13 *"), "cron-expression"),
  CheckCase("cron on weekday 7", .computeInstance, cron("0 0 * * 7"), "cron-expression"),
  CheckCase("cron with a word", .computeInstance, cron("0 noon * * *"), "cron-expression"),
  CheckCase("cron with a hole", .computeInstance, cron("0,,5 * * * *"), "cron-expression"),
  CheckCase("cron in steps of none", .computeInstance, cron("*/0 * * * *"), "cron-expression"),
  CheckCase("cron backwards", .computeInstance, cron("0 18-8 * * *"), "cron-expression"),
  CheckCase("cron with a sign", .computeInstance, cron("-5 * * * *"), "cron-expression"),
  CheckCase(
    "cron with a number beyond all", .computeInstance, cron("0 99999999999999999999 * * *"),
    "cron-expression"),
  CheckCase("a date", .computeInstance, start("2024-02-29")),
  CheckCase("a time", .computeInstance, start("2026-01-05T08:00")),
  CheckCase("a time as the client writes it", .computeInstance, start("2026-01-05 08:00:00")),
  CheckCase("a time as the service writes it", .computeInstance, start("2026-01-05T08:00:00.12Z")),
  CheckCase("no leap year", .computeInstance, start("2026-02-29"), "schedule-start"),
  CheckCase("no such day", .computeInstance, start("2026-04-31"), "schedule-start"),
  CheckCase("no such month", .computeInstance, start("2026-13-01"), "schedule-start"),
  CheckCase("no such hour", .computeInstance, start("2026-01-05T24:00:00"), "schedule-start"),
  CheckCase(
    "a time elsewhere", .computeInstance, start("2026-01-05T08:00:00+02:00"),
    "schedule-start"),
  CheckCase("no date at all", .computeInstance, start("tomorrow"), "schedule-start"),
  CheckCase(
    "a fraction of nothing", .computeInstance, start("2026-01-05T08:00:00."), "schedule-start"),
  CheckCase(
    "too fine a fraction", .computeInstance, start("2026-01-05T08:00:00.12345678"),
    "schedule-start"),
  CheckCase("an hour alone", .computeInstance, start("2026-01-05T08"), "schedule-start"),
  CheckCase("a date and a letter", .computeInstance, start("2026-01-05T"), "schedule-start"),
  CheckCase("something behind", .computeInstance, start("2026-01-05Z "), "schedule-start"),
  CheckCase("a zone", .computeInstance, zone("Pacific Standard Time")),
  CheckCase("a zone in small letters", .computeInstance, zone("w. europe standard time")),
  CheckCase("a zone of Microsoft's client", .computeInstance, zone("Kamchatka Standard Time")),
  CheckCase("a place", .computeInstance, zone("Europe/Berlin"), "unknown-time-zone"),
  CheckCase("an abbreviation", .computeInstance, zone("PST"), "unknown-time-zone"),
  CheckCase("an empty zone", .computeInstance, zone(""), "unknown-time-zone"),
  CheckCase(
    "a whole pattern", .computeInstance,
    pattern("week", ["hours": [8], "minutes": [0], "week_days": ["monday"]])),
  CheckCase(
    "a day's pattern", .computeInstance, pattern("day", ["hours": [8], "minutes": [0, 30]])),
  CheckCase(
    "weekdays of each day", .computeInstance,
    pattern("day", ["hours": [8], "minutes": [0], "week_days": ["monday"]]), "schedule-pattern"),
  CheckCase(
    "hours of each hour", .computeInstance, pattern("hour", ["hours": [8], "minutes": [0]]),
    "schedule-pattern"),
  CheckCase(
    "hours without minutes", .computeInstance, pattern("day", ["hours": [8]]), "schedule-pattern"),
  CheckCase(
    "minutes without hours", .computeInstance, pattern("day", ["minutes": [8]]),
    "schedule-pattern"),
  CheckCase(
    "days of the month", .computeInstance, pattern("month", ["month_days": [1]]),
    "schedule-pattern"),
  CheckCase(
    "half a user", .computeInstance, ["create_on_behalf_of.user_object_id": "o"],
    "behalf-incomplete"),
  CheckCase(
    "applications", .computeInstance,
    ["custom_applications": [application("a", 1_025), application("b", 1_026)]]),
  CheckCase(
    "applications of one name", .computeInstance,
    ["custom_applications": [application("a", 1_025), application("A", 1_026)]],
    "application-clash"),
  CheckCase(
    "applications on one port", .computeInstance,
    ["custom_applications": [application("a", 1_025), application("b", 1_025)]],
    "application-clash"),
]
