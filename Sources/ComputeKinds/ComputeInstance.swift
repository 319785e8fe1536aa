public import TargetModel

extension KindDescriptor {
  /// `computeinstance`: one person's machine, with a disk of its own.
  ///
  /// The service changes almost nothing of it while it lives: a write says success and is not
  /// applied, so every field but those with an action of their own is a replacement, and a
  /// replacement loses the disk.
  public static let computeInstance = KindDescriptor(
    name: "computeinstance", computeType: "ComputeInstance", title: "compute instance",
    summary: "One person's machine in the workspace, with a disk of its own.",
    facts: instanceFacts,
    origin: .created,
    fields: instanceFields + Field.network(from: "ComputeInstanceProperties")
      + Field.identity(onChange: .recreate) + reportedFields,
    losesData: true, hasPower: true,
    workloads: [.training, .automl, .pipelines, .realtimeInference],
    checks: [
      .networkIsComplete, .oneNetwork, .identityFits, .publicKeyForm, .instanceLogin,
      .behalfIsComplete, .scheduleTriggers, .scheduleTimes, .schedulePatterns, .applicationsFit,
      .switchedOff,
    ],
    fold: foldNetwork,
    addsToBody: { target in
      [
        ("properties.properties.applicationSharingPolicy", "Shared"),
        ("properties.properties.computeInstanceAuthorizationType", "personal"),
        ("properties.disableLocalAuth", .bool(target["ssh_public_access_enabled"] != true)),
      ]
    },
    sample: """
      name: ana-notebooks
      type: computeinstance
      size: STANDARD_DS3_V2
      idle_time_before_shutdown_minutes: 60

      """)
}

/// What the service's documents tell (domain.md R12, R39, R40).
private let instanceFacts = [
  """
  It is one person's and not shared, lives in the workspace's region, and does not scale down: it is \
  paid for until it is switched off.
  """,
  """
  It runs several jobs side by side, in containers, and queues the rest; in a virtual network that \
  needs no SSH.
  """,
  KindFact.quota, KindFact.defaultIdentity, KindFact.nameInRegion,
  KindFact.preview(
    "`enable_root_access`, `release_quota_on_stop` and `enable_os_patching` are"),
]

private let instanceFields: [Field] = [
  .description, .tags(onChange: .recreate), .location(wire: nil),
  .vmSize("The size of the machine", from: "ComputeInstanceProperties"),
  Field(
    "ssh_public_access_enabled", .toggle(on: "Enabled", off: "Disabled"),
    "Whether the machine accepts SSH; fixed once it is made",
    olderNames: ["ssh_public_access"], default: false, onChange: .recreate,
    wire: "properties.properties.sshSettings.sshPublicAccess",
    source: "Azure ML REST API, ComputeInstanceSshSettings"),
  // The service's own example of an answer leaves the key out; taken as "no key", a plan would
  // want to replace the machine for ever.
  Field(
    "ssh_settings.ssh_key_value", .text(), "The administrator's public SSH key",
    olderNames: ["admin_user_ssh_public_key"], isWriteOnly: true, onChange: .recreate,
    wire: "properties.properties.sshSettings.adminPublicKey",
    source: "Azure ML REST API, ComputeInstanceSshSettings"),
  Field(
    "create_on_behalf_of.user_object_id", .text(pattern: guid),
    "The user it is made for, by object id", olderNames: ["assigned_user_object_id"],
    onChange: .recreate,
    wire: "properties.properties.personalComputeInstanceSettings.assignedUser.objectId",
    source: "Azure ML REST API, AssignedUser"),
  Field(
    "create_on_behalf_of.user_tenant_id", .text(pattern: guid), "That user's tenant",
    olderNames: ["assigned_user_tenant_id"], onChange: .recreate,
    wire: "properties.properties.personalComputeInstanceSettings.assignedUser.tenantId",
    source: "Azure ML REST API, AssignedUser"),
  Field(
    "idle_time_before_shutdown_minutes", .duration(.minutes, 15...4_320),
    "How long it may idle before it is switched off, in minutes: from 15 to three days",
    olderNames: ["idle_time_before_shutdown"], default: .null,
    onChange: .inPlaceBy(action: "updateIdleShutdownSetting"),
    wire: "properties.properties.idleTimeBeforeShutdown",
    source: "Azure ML REST API, ComputeInstanceProperties"),
  Field(
    "schedules.compute_start_stop", .list(of: .object(scheduleFields), atMost: 4),
    "When it is switched on and off", default: .null,
    onChange: .inPlaceBy(action: "updateSchedules"), comparison: .set,
    wire: "properties.properties.schedules.computeStartStop", shape: .schedules,
    source: "Azure ML REST API, ComputeStartStopSchedule"),
  Field(
    "setup_scripts.creation_script", .object(scriptFields),
    "A script that runs once, when it is made", default: .null, onChange: .recreate,
    wire: "properties.properties.setupScripts.scripts.creationScript", shape: .setupScript,
    source: "Azure ML REST API, ScriptReference"),
  Field(
    "setup_scripts.startup_script", .object(scriptFields), "A script that runs at each start",
    default: .null, onChange: .recreate,
    wire: "properties.properties.setupScripts.scripts.startupScript",
    shape: .setupScript, source: "Azure ML REST API, ScriptReference"),
  Field(
    "custom_applications", .list(of: .object(applicationFields)),
    "Containers with web pages of their own", default: .null, onChange: .recreate,
    comparison: .listByKey("name"), wire: "properties.properties.customServices",
    shape: .customServices, source: "Azure ML REST API, CustomService"),
  Field(
    "enable_sso", .boolean, "Whether single sign-on works", default: true, onChange: .recreate,
    wire: "properties.properties.enableSSO",
    source: "Azure ML REST API, ComputeInstanceProperties"),
  // The official client sends the next three always.
  Field(
    "enable_root_access", .boolean, "Whether the user may become root", default: true,
    isPreviewOnly: true, onChange: .recreate, wire: "properties.properties.enableRootAccess",
    source: "az ml, computeinstance"),
  Field(
    "release_quota_on_stop", .boolean, "Whether a stopped machine gives its quota back",
    default: false, isPreviewOnly: true, onChange: .recreate,
    wire: "properties.properties.releaseQuotaOnStop",
    source: "az ml, computeinstance"),
  Field(
    "enable_os_patching", .boolean, "Whether the system is patched by itself", default: false,
    isPreviewOnly: true, onChange: .recreate, wire: "properties.properties.enableOSPatching",
    source: "az ml, computeinstance"),
]

private let reportedFields: [Field] = [
  .fromService(
    "state", .text(), "`Running`, `Stopped`, `Starting`, ...",
    wire: "properties.properties.state"),
  .fromService(
    "ssh_settings.admin_username", .text(), "The administrator's name",
    wire: "properties.properties.sshSettings.adminUserName"),
  .fromService(
    "ssh_settings.ssh_port", .integer(1...65_535), "The port of SSH",
    wire: "properties.properties.sshSettings.sshPort"),
  .fromService(
    "network_settings.public_ip_address", .text(), "The address from outside",
    wire: "properties.properties.connectivityEndpoints.publicIpAddress"),
  .fromService(
    "network_settings.private_ip_address", .text(), "The address in the network",
    wire: "properties.properties.connectivityEndpoints.privateIpAddress"),
]

private let guid = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

private let scheduleFields: [Field] = [
  .nested("action", .words("start", "stop"), "What happens", isRequired: true),
  .nested("state", .words("enabled", "disabled"), "Whether it counts", default: "enabled"),
  .nested("trigger.type", .words("cron", "recurrence"), "How the time is told", isRequired: true),
  .nested("trigger.expression", .text(), "A cron expression of five fields"),
  .nested("trigger.start_time", .text(), "From when on, such as 2026-01-05T08:00:00"),
  .nested(
    "trigger.time_zone", .text(), "A time zone by its Windows name", default: "UTC",
    comparison: .ignoringCase),
  .nested(
    "trigger.frequency", .words("minute", "hour", "day", "week", "month"),
    "The unit of recurrence"),
  .nested("trigger.interval", .integer(1...1_000), "Every so many units"),
  .nested(
    "trigger.schedule.hours", .list(of: .integer(0...23)), "At these hours", comparison: .set),
  .nested(
    "trigger.schedule.minutes", .list(of: .integer(0...59)), "At these minutes", comparison: .set),
  .nested(
    "trigger.schedule.week_days",
    .list(
      of: .words(
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")),
    "On these days of the week", comparison: .set),
  .nested(
    "trigger.schedule.month_days", .list(of: .integer(1...31)), "On these days of the month",
    comparison: .set),
]

private let scriptFields: [Field] = [
  .nested("path", .text(), "The script, in the workspace's file share", isRequired: true),
  .nested("command", .text(), "Its arguments"),
  .nested(
    "timeout_minutes", .integer(1...1_440), "How long it may run",
    default: .integer(defaultScriptTimeout)),
]

private let port = FieldType.integer(1_025...65_535)

private let applicationFields: [Field] = [
  .nested("name", .text(), "Its name, unique on the machine", isRequired: true),
  .nested("type", .words("docker"), "Always `docker`", default: "docker"),
  .nested("image.reference", .text(), "The container image", isRequired: true),
  .nested(
    "endpoints",
    .list(
      of: .object([
        .nested("target", port, "The port in the container", isRequired: true),
        .nested("published", port, "The port on the machine", isRequired: true),
      ])), "Its ports", comparison: .listByKey("published")),
  .nested("environment_variables", .map(of: .text()), "Environment variables"),
  .nested(
    "bind_mounts",
    .list(
      of: .object([
        .nested("source", .text(), "A folder of the machine", isRequired: true),
        .nested("target", .text(), "Where the container has it", isRequired: true),
      ])), "Folders it shares", comparison: .listByKey("target")),
]
