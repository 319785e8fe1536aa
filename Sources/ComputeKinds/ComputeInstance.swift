package import Diagnostics
public import TargetModel

extension KindDescriptor {
  /// `computeinstance`: one person's machine, with a disk of its own.
  public static let computeInstance = KindDescriptor(
    name: "computeinstance", computeType: "ComputeInstance", title: "compute instance",
    summary: "One person's machine in the workspace, with a disk of its own.",
    origin: .created,
    fields: [
      .description, .tags(onChange: .recreate), .location(wire: nil),
      Field(
        "size", .text(pattern: "[A-Za-z0-9_-]{2,64}"), "The size of the machine",
        olderNames: ["vm_size"], default: "STANDARD_DS3_V2", onChange: .recreate,
        comparison: .ignoringCase, wire: "properties.properties.vmSize",
        source: "Azure ML REST API, ComputeInstanceProperties"),
      Field(
        "ssh_public_access_enabled", .toggle(on: "Enabled", off: "Disabled"),
        "Whether the machine accepts SSH; fixed once it is made",
        olderNames: ["ssh_public_access"], onChange: .recreate,
        wire: "properties.properties.sshSettings.sshPublicAccess",
        source: "Azure ML REST API, ComputeInstanceSshSettings"),
      Field(
        "ssh_settings.ssh_key_value", .text(), "The administrator's public SSH key",
        olderNames: ["admin_user_ssh_public_key"], onChange: .recreate,
        wire: "properties.properties.sshSettings.adminPublicKey",
        source: "Azure ML REST API, ComputeInstanceSshSettings"),
      Field(
        "create_on_behalf_of.user_object_id", .text(pattern: guid),
        "The user it is made for, by object id", olderNames: ["assigned_user_object_id"],
        onChange: .recreate,
        wire: "properties.properties.personalComputeInstanceSettings.assignedUser.objectId",
        source: "Azure ML REST API, AssignedUser"),
      Field(
        "create_on_behalf_of.user_tenant_id", .text(pattern: guid),
        "That user's tenant", olderNames: ["assigned_user_tenant_id"], onChange: .recreate,
        wire: "properties.properties.personalComputeInstanceSettings.assignedUser.tenantId",
        source: "Azure ML REST API, AssignedUser"),
      Field(
        "idle_time_before_shutdown_minutes", .duration(.minutes, 15...4_320),
        "How long it may idle before it is switched off, in minutes: 15 to 4320 (three days)",
        olderNames: ["idle_time_before_shutdown"],
        default: nil, onChange: .inPlaceBy(action: "updateIdleShutdownSetting"),
        wire: "properties.properties.idleTimeBeforeShutdown",
        source: "Azure ML REST API, ComputeInstanceProperties"),
      Field(
        "schedules.compute_start_stop", .list(of: .object(schedule), atMost: 4),
        "When it is switched on and off; at most four", default: .null,
        onChange: .inPlaceBy(action: "updateSchedules"),
        wire: "properties.properties.schedules.computeStartStop", shape: .schedules,
        source: "Azure ML REST API, ComputeStartStopSchedule"),
      Field(
        "setup_scripts.creation_script", .object(script), "A script that runs once, when it is made",
        onChange: .recreate, wire: "properties.properties.setupScripts.scripts.creationScript",
        shape: .setupScript, source: "Azure ML REST API, ScriptReference"),
      Field(
        "setup_scripts.startup_script", .object(script), "A script that runs at each start",
        onChange: .recreate, wire: "properties.properties.setupScripts.scripts.startupScript",
        shape: .setupScript, source: "Azure ML REST API, ScriptReference"),
      Field(
        "custom_applications", .list(of: .object(application)), "Containers with web pages of their own",
        default: .null, onChange: .recreate, comparison: .listByKey("name"),
        wire: "properties.properties.customServices", shape: .customServices,
        source: "Azure ML REST API, CustomService"),
      Field(
        "enable_sso", .boolean, "Whether single sign-on works", default: true,
        onChange: .recreate, wire: "properties.properties.enableSSO",
        source: "Azure ML REST API, ComputeInstanceProperties"),
      Field(
        "enable_root_access", .boolean, "Whether the user is root", default: true,
        onChange: .recreate, wire: "properties.properties.enableRootAccess",
        source: "az ml, computeinstance"),
      Field(
        "release_quota_on_stop", .boolean, "Whether a stopped machine gives its quota back",
        default: false, onChange: .recreate, wire: "properties.properties.releaseQuotaOnStop",
        source: "az ml, computeinstance"),
      Field(
        "enable_os_patching", .boolean, "Whether the system is patched by itself",
        default: false, onChange: .recreate, wire: "properties.properties.enableOSPatching",
        source: "az ml, computeinstance"),
    ] + Field.network + Field.identity(onChange: .recreate) + [
      .fromService(
        "state", .text(), "Running, Stopped, Starting, ...", wire: "properties.properties.state")
    ],
    losesData: true, hasPower: true,
    checks: [.networkIsComplete, .identityFits, .behalfIsComplete, .scheduleTriggers, .applicationPorts],
    fold: foldNetwork,
    addsToBody: { target in
      [
        ("properties.properties.applicationSharingPolicy", "Shared"),
        ("properties.properties.computeInstanceAuthorizationType", "personal"),
        (
          "properties.disableLocalAuth",
          .bool(target["ssh_public_access_enabled"] != .bool(true))
        ),
      ]
    },
    sample: """
      name: ana-notebooks
      type: computeinstance
      size: STANDARD_DS3_V2
      idle_time_before_shutdown_minutes: 60

      """)
}

private let guid = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

// MARK: Nested tables

private let schedule: [Field] = [
  .nested("action", .words("start", "stop"), "What happens", isRequired: true),
  .nested("state", .words("enabled", "disabled"), "Whether it counts", default: "enabled"),
  .nested("trigger.type", .words("cron", "recurrence"), "How the time is told", isRequired: true),
  .nested("trigger.expression", .text(), "A cron expression of five fields"),
  .nested("trigger.start_time", .text(), "From when on, such as 2026-01-05T08:00:00"),
  .nested(
    "trigger.time_zone", .text(), "A time zone by its Windows name", default: "UTC"),
  .nested(
    "trigger.frequency", .words("minute", "hour", "day", "week", "month"), "The unit of recurrence"),
  .nested("trigger.interval", .integer(1...1_000), "Every so many units"),
  .nested("trigger.schedule.hours", .list(of: .integer(0...23)), "At these hours"),
  .nested("trigger.schedule.minutes", .list(of: .integer(0...59)), "At these minutes"),
  .nested(
    "trigger.schedule.week_days",
    .list(
      of: .words(
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")),
    "On these days of the week"),
  .nested("trigger.schedule.month_days", .list(of: .integer(1...31)), "On these days of the month"),
]

private let script: [Field] = [
  .nested("path", .text(), "The script, in the workspace's file share", isRequired: true),
  .nested("command", .text(), "Its arguments"),
  .nested("timeout_minutes", .integer(1...1_440), "How long it may run", default: 15),
]

private let application: [Field] = [
  .nested("name", .text(), "Its name, unique on the machine", isRequired: true),
  .nested("type", .words("docker"), "Always docker", default: "docker"),
  .nested("image.type", .words("docker"), "Always docker", default: "docker"),
  .nested("image.reference", .text(), "The container image", isRequired: true),
  .nested(
    "endpoints",
    .list(
      of: .object([
        .nested("target", .integer(1...65_535), "The port in the container", isRequired: true),
        .nested("published", .integer(1_025...65_535), "The port on the machine", isRequired: true),
      ])), "Its ports"),
  .nested("environment_variables", .map(of: .text()), "Environment variables"),
  .nested(
    "bind_mounts",
    .list(
      of: .object([
        .nested("source", .text(), "A folder of the machine", isRequired: true),
        .nested("target", .text(), "Where the container has it", isRequired: true),
      ])), "Folders it shares"),
]

extension Field {
  /// A field inside a list or object; the list as a whole says what a change costs.
  fileprivate static func nested(
    _ path: AttributePath, _ type: FieldType, _ summary: String, isRequired: Bool = false,
    default defaultValue: AttributeValue? = nil
  ) -> Field {
    Field(
      path, type, summary, isRequired: isRequired, default: defaultValue, onChange: .recreate,
      wire: path)
  }
}

extension FieldType {
  /// A choice of words that are capitalised on the wire.
  fileprivate static func words(_ words: String...) -> FieldType {
    .choice(words.map { Choice($0, wire: $0.prefix(1).uppercased() + $0.dropFirst()) })
  }
}

// MARK: Wire shapes

extension WireShape {
  /// `trigger: {type: cron, ...}` is `triggerType: Cron` and an object named for it.
  fileprivate static let schedules = WireShape(
    encode: { value in .list((value.list ?? []).map(encodeSchedule)) },
    decode: { value in .list((value.list ?? []).map(decodeSchedule)) })

  private static let wireWords: [(manifest: AttributePath, wire: AttributePath)] = [
    ("expression", "expression"), ("start_time", "startTime"), ("time_zone", "timeZone"),
    ("frequency", "frequency"), ("interval", "interval"), ("schedule.hours", "schedule.hours"),
    ("schedule.minutes", "schedule.minutes"), ("schedule.week_days", "schedule.weekDays"),
    ("schedule.month_days", "schedule.monthDays"),
  ]

  private static func encodeSchedule(_ item: AttributeValue) -> AttributeValue {
    let trigger = item["trigger"] ?? .map([:])
    let type = trigger["type"]?.text?.lowercased() ?? "cron"
    var inner = AttributeValue.map([:])
    for (manifest, wire) in wireWords {
      if let value = trigger[manifest] { inner[wire] = capitalised(value, manifest) }
    }
    if inner["timeZone"] == nil { inner["timeZone"] = "UTC" }
    return [
      "action": .text((item["action"]?.text ?? "").capitalisedWord),
      "status": .text((item["state"]?.text ?? "enabled").capitalisedWord),
      "triggerType": .text(type.capitalisedWord), type: inner,
    ]
  }

  private static func decodeSchedule(_ item: AttributeValue) -> AttributeValue {
    let type = item["triggerType"]?.text?.lowercased() ?? "cron"
    let inner = item[type] ?? .map([:])
    var trigger: AttributeValue = ["type": .text(type)]
    for (manifest, wire) in wireWords {
      guard let value = inner[wire], value != .null, value != .list([]) else { continue }
      trigger[manifest] = lowercased(value, manifest)
    }
    return [
      "action": .text(item["action"]?.text?.lowercased() ?? ""),
      "state": .text(item["status"]?.text?.lowercased() ?? "enabled"), "trigger": trigger,
    ]
  }

  /// Words of a fixed set are capitalised on the wire; free text stays.
  private static func capitalised(_ value: AttributeValue, _ path: AttributePath) -> AttributeValue {
    switch (path, value) {
    case ("frequency", .text(let text)): .text(text.capitalisedWord)
    case ("schedule.week_days", .list(let days)):
      .list(days.map { .text(($0.text ?? "").capitalisedWord) })
    default: value
    }
  }

  private static func lowercased(_ value: AttributeValue, _ path: AttributePath) -> AttributeValue {
    switch (path, value) {
    case ("frequency", .text(let text)): .text(text.lowercased())
    case ("schedule.week_days", .list(let days)):
      .list(days.map { .text(($0.text ?? "").lowercased()) })
    default: value
    }
  }

  /// `{path, command, timeout_minutes}` is `{scriptSource, scriptData, scriptArguments, timeout}`.
  fileprivate static let setupScript = WireShape(
    encode: { value in
      var script: AttributeValue = ["scriptSource": "workspaceStorage"]
      script["scriptData"] = value["path"]
      script["scriptArguments"] = value["command"]
      script["timeout"] = .text("\(value["timeout_minutes"]?.integer ?? 15)m")
      return script
    },
    decode: { value in
      var script = AttributeValue.map([:])
      script["path"] = value["scriptData"]
      script["command"] = value["scriptArguments"] == .null ? nil : value["scriptArguments"]
      script["timeout_minutes"] =
        (value["timeout"]?.text.flatMap { Int($0.filter(\.isNumber)) } ?? 15).asAttribute
      return script
    })

  /// A custom application is a `CustomService`.
  fileprivate static let customServices = WireShape(
    encode: { value in .list((value.list ?? []).map(encodeApplication)) },
    decode: { value in .list((value.list ?? []).map(decodeApplication)) })

  private static func encodeApplication(_ item: AttributeValue) -> AttributeValue {
    var service: AttributeValue = ["docker": ["privileged": true]]
    service["name"] = item["name"]
    service["image"] = ["type": "docker", "reference": item[AttributePath("image.reference")] ?? .null]
    service["endpoints"] = .list(
      (item["endpoints"]?.list ?? []).map { endpoint in
        [
          "protocol": "http", "name": "connect", "target": endpoint["target"] ?? .null,
          "published": endpoint["published"] ?? .null,
        ]
      })
    service["environmentVariables"] = .map(
      (item["environment_variables"]?.map ?? [:]).mapValues { ["type": "local", "value": $0] })
    service["volumes"] = .list(
      (item["bind_mounts"]?.list ?? []).map { mount in
        ["type": "bind", "source": mount["source"] ?? .null, "target": mount["target"] ?? .null]
      })
    return service
  }

  private static func decodeApplication(_ service: AttributeValue) -> AttributeValue {
    var item: AttributeValue = [
      "type": "docker",
      "image": ["type": "docker", "reference": service[AttributePath("image.reference")] ?? .null],
    ]
    item["name"] = service["name"]
    let endpoints = (service["endpoints"]?.list ?? []).map { endpoint in
      AttributeValue.map(
        (endpoint.map ?? [:]).filter { $0.key == "target" || $0.key == "published" })
    }
    if !endpoints.isEmpty { item["endpoints"] = .list(endpoints) }
    let variables = (service["environmentVariables"]?.map ?? [:]).compactMapValues { $0["value"] }
    if !variables.isEmpty { item["environment_variables"] = .map(variables) }
    let mounts = (service["volumes"]?.list ?? []).map { mount in
      AttributeValue.map((mount.map ?? [:]).filter { $0.key == "source" || $0.key == "target" })
    }
    if !mounts.isEmpty { item["bind_mounts"] = .list(mounts) }
    return item
  }
}

extension Int {
  fileprivate var asAttribute: AttributeValue { .integer(self) }
}

extension String {
  fileprivate var capitalisedWord: String { prefix(1).uppercased() + dropFirst().lowercased() }
}

// MARK: Checks

extension CrossFieldCheck {
  /// Whoever a machine is made for has an object id and a tenant.
  fileprivate static let behalfIsComplete = CrossFieldCheck(.behalfIncomplete) { target, findings in
    let user = target["create_on_behalf_of.user_object_id"]
    let tenant = target["create_on_behalf_of.user_tenant_id"]
    if (user == nil) != (tenant == nil) { findings.append(.behalfIncomplete(target)) }
  }

  /// A cron trigger has an expression of five fields, a recurrence its frequency and interval.
  fileprivate static let scheduleTriggers = CrossFieldCheck(.scheduleTrigger) { target, findings in
    for item in target["schedules.compute_start_stop"]?.list ?? [] {
      let trigger = item["trigger"] ?? .map([:])
      if trigger["type"]?.text?.lowercased() == "cron" {
        let fields = trigger["expression"]?.text?.split(separator: " ") ?? []
        if fields.count != 5 {
          findings.append(
            .scheduleTrigger(target, "a cron trigger needs an 'expression' of five fields"))
        }
      } else if trigger["frequency"] == nil || trigger["interval"] == nil {
        findings.append(
          .scheduleTrigger(target, "a recurrence needs 'frequency' and 'interval'"))
      }
    }
  }

  /// Names and published ports of applications are unique on a machine.
  fileprivate static let applicationPorts = CrossFieldCheck(.applicationClash) { target, findings in
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

extension Rule {
  /// A user has an object id and a tenant.
  package static let behalfIncomplete = Rule("behalf-incomplete")
  /// A schedule's trigger is complete.
  package static let scheduleTrigger = Rule("schedule-trigger")
  /// Custom applications have names and ports of their own.
  package static let applicationClash = Rule("application-clash")
}

extension Diagnostic {
  fileprivate static func behalfIncomplete(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .error, .behalfIncomplete, "User is incomplete",
      detail: "'create_on_behalf_of' needs both 'user_object_id' and 'user_tenant_id'.",
      address: target.address.description,
      at: target.location(of: "create_on_behalf_of.user_object_id"))
  }

  fileprivate static func scheduleTrigger(_ target: ComputeTarget, _ what: String) -> Diagnostic {
    Diagnostic(
      .error, .scheduleTrigger, "Schedule is incomplete",
      detail: "In 'schedules', \(what), for example 'expression: 0 18 * * *'.",
      address: target.address.description, at: target.location(of: "schedules.compute_start_stop"))
  }

  fileprivate static func applicationClash(_ target: ComputeTarget, _ what: String) -> Diagnostic {
    Diagnostic(
      .error, .applicationClash, "Applications clash",
      detail: "Two custom applications share \(what). Give each its own.",
      address: target.address.description, at: target.location(of: "custom_applications"))
  }
}
