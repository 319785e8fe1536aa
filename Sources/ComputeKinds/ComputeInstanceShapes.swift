internal import TargetModel

/// How long a setup script may run where a manifest does not say: what the service takes.
let defaultScriptTimeout = 15

/// The parts of a compute instance that look different on the wire.
extension WireShape {
  /// `trigger: {type: cron, ...}` is `triggerType: Cron` and an object named for it.
  static let schedules = WireShape(
    encode: { value in .list((value.list ?? []).map(encodeSchedule)) },
    decode: { value in .list((value.list ?? []).map(decodeSchedule)) })

  /// A part of a trigger.
  private struct TriggerEntry {
    let manifest: AttributePath
    let wire: AttributePath
    /// True for words of a fixed set, which are spelled in two ways; free text stays.
    var isWords = false
  }

  private static let triggerEntries = [
    TriggerEntry(manifest: "expression", wire: "expression"),
    TriggerEntry(manifest: "start_time", wire: "startTime"),
    TriggerEntry(manifest: "time_zone", wire: "timeZone"),
    TriggerEntry(manifest: "frequency", wire: "frequency", isWords: true),
    TriggerEntry(manifest: "interval", wire: "interval"),
    TriggerEntry(manifest: "schedule.hours", wire: "schedule.hours"),
    TriggerEntry(manifest: "schedule.minutes", wire: "schedule.minutes"),
    TriggerEntry(manifest: "schedule.week_days", wire: "schedule.weekDays", isWords: true),
    TriggerEntry(manifest: "schedule.month_days", wire: "schedule.monthDays"),
  ]

  private static func encodeSchedule(_ item: AttributeValue) -> AttributeValue {
    let trigger = item["trigger"] ?? .map([:])
    let type = trigger["type"]?.text?.lowercased() ?? "cron"
    var inner: AttributeValue = ["timeZone": "UTC"]
    // The service wants a pattern, and takes an empty one.
    if type == "recurrence" { inner["schedule"] = ["hours": [], "minutes": []] }
    for entry in triggerEntries {
      guard let value = trigger[entry.manifest], value != .null else { continue }
      inner[entry.wire] = entry.isWords ? value.respelled { $0.capitalisedWord } : value
    }
    return [
      "action": .text((item["action"]?.text ?? "").capitalisedWord),
      "status": .text((item["state"]?.text ?? "enabled").capitalisedWord),
      "triggerType": .text(type.capitalisedWord), type: inner,
    ]
  }

  /// The ids and provisioning states that the service adds are left behind.
  private static func decodeSchedule(_ item: AttributeValue) -> AttributeValue {
    let type = item[key: "triggerType"]?.text?.lowercased() ?? "cron"
    let inner = item[key: type] ?? .map([:])
    var trigger: AttributeValue = ["type": .text(type)]
    for entry in triggerEntries {
      guard let value = inner[entry.wire], value != .null, value != .list([]) else { continue }
      trigger[entry.manifest] = entry.isWords ? value.respelled { $0.lowercased() } : value
    }
    return [
      "action": .text(item[key: "action"]?.text?.lowercased() ?? ""),
      "state": .text(item[key: "status"]?.text?.lowercased() ?? "enabled"), "trigger": trigger,
    ]
  }

  /// `{path, command, timeout_minutes}` is `{scriptSource, scriptData, scriptArguments, timeout}`.
  static let setupScript = WireShape(
    encode: { value in
      var script: AttributeValue = ["scriptSource": "workspaceStorage"]
      script["scriptData"] = value["path"]
      script["scriptArguments"] = value["command"]
      script["timeout"] = .text("\(value["timeout_minutes"]?.integer ?? defaultScriptTimeout)m")
      return script
    },
    decode: { value in
      var script = AttributeValue.map([:])
      script["path"] = value["scriptData"]?.said
      script["command"] = value["scriptArguments"]?.said
      let minutes = value["timeout"]?.text?.wholeMatch(of: /([0-9]{1,9})m?/).flatMap { Int($0.1) }
      script["timeout_minutes"] = minutes.map(AttributeValue.integer)
      return script
    })

  /// A custom application is a `CustomService`, with what the official client adds to each.
  static let customServices = WireShape(
    encode: { value in .list((value.list ?? []).map(encodeApplication)) },
    decode: { value in .list((value.list ?? []).map(decodeApplication)) })

  private static func encodeApplication(_ item: AttributeValue) -> AttributeValue {
    var service: AttributeValue = ["type": "docker", "docker": ["privileged": true]]
    service["name"] = item["name"]
    service["image"] = ["type": "docker"]
    service["image.reference" as AttributePath] = item["image.reference" as AttributePath]
    if let endpoints = item["endpoints"]?.list {
      service["endpoints"] = .list(
        endpoints.map { $0.merging(["protocol": "http", "name": "connect"]) })
    }
    if let variables = item["environment_variables"]?.map {
      service["environmentVariables"] = .map(
        variables.mapValues { ["type": "local", "value": $0] })
    }
    if let mounts = item["bind_mounts"]?.list {
      service["volumes"] = .list(mounts.map { $0.merging(["type": "bind", "readOnly": false]) })
    }
    return service
  }

  private static func decodeApplication(_ service: AttributeValue) -> AttributeValue {
    var item: AttributeValue = ["type": "docker"]
    item["name"] = service["name"]
    if let reference = service["image.reference" as AttributePath]?.said {
      item["image"] = ["reference": reference]
    }
    item["endpoints"] = kept(["target", "published"], ofEach: service["endpoints"])
    item["bind_mounts"] = kept(["source", "target"], ofEach: service["volumes"])
    let variables = (service["environmentVariables"]?.map ?? [:])
      .compactMapValues { $0["value"]?.said }
    if !variables.isEmpty { item["environment_variables"] = .map(variables) }
    return item
  }

  /// Each element with these entries only; nil where there is nothing.
  private static func kept(_ keys: Set<String>, ofEach value: AttributeValue?) -> AttributeValue? {
    guard let elements = value?.list, !elements.isEmpty else { return nil }
    return .list(elements.map { .map(($0.map ?? [:]).filter { keys.contains($0.key) }) })
  }
}

extension AttributeValue {
  /// A word, or each word of a list, in another spelling.
  fileprivate func respelled(_ spell: (String) -> String) -> AttributeValue {
    switch self {
    case .text(let word): .text(spell(word))
    case .list(let words): .list(words.map { $0.text.map { .text(spell($0)) } ?? $0 })
    case .null, .bool, .integer, .number, .map, .secret: self
    }
  }

  /// The value, or nil where the service says "nothing".
  fileprivate var said: AttributeValue? { self == .null || self == .text("") ? nil : self }

  /// A map with more entries.
  fileprivate func merging(_ entries: AttributeMap) -> AttributeValue {
    .map((map ?? [:]).merging(entries) { own, _ in own })
  }
}
