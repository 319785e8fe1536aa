internal import TargetModel

/// What may be shown of the bodies of requests and answers.
struct BodyDisclosure: Sendable {
  /// Of a compute, by its `computeType` in lower case.
  private let byType: [String: Disclosure]
  /// Of a compute whose type is not said, as in a PATCH: what every kind that has it shows.
  private let ofAny: Disclosure
  /// Of what an action is sent, by the action.
  private let byAction: [EmulatedOperation: Disclosure]

  init(_ catalog: KindCatalog) {
    var byType: [String: Disclosure] = [:]
    var any = Self.compute
    for kind in catalog.kinds {
      var own = Self.compute
      for field in kind.fields {
        guard let wire = field.wire, Self.onTheWire[wire] == nil else { continue }
        own.say(Disclosure(field), at: wire.segments[...])
        any.say(Disclosure(field), at: wire.segments[...])
      }
      byType[kind.computeType.lowercased()] = own
    }
    self.byType = byType
    ofAny = any
    byAction = [
      .updateSchedules: .entries([
        "computeStartStop": Self.schedules,
        "schedules": .entries(["computeStartStop": Self.schedules]),
      ]),
      .updateIdleShutdownSetting: .entries(["idleTimeBeforeShutdown": .scalar]),
      .customServices: Self.services,
      .enableSso: .entries(["enableSSO": .scalar, "EnableSSO": .scalar]),
      .checkName: .entries([
        "Name": .scalar, "name": .scalar, "Type": .scalar, "type": .scalar,
      ]),
      .updateQuotas: Self.quotas,
    ]
  }

  /// What is shown of what a client sent.
  func shown(_ body: AttributeValue, sentFor operation: EmulatedOperation) -> AttributeValue {
    switch operation {
    case .put, .patch: compute(body)
    case .token, .metadata: Disclosure.names.shown(body)
    default: (byAction[operation] ?? .names).shown(body)
    }
  }

  /// What is shown of an answer.
  func shown(_ body: AttributeValue, answering operation: EmulatedOperation) -> AttributeValue {
    // The words of a refusal are the emulator's own.
    if body["error"] != nil { return Self.failure.shown(body) }
    switch operation {
    case .token: return Self.token.shown(body)
    case .listKeys: return Disclosure.entries(["computeType": .scalar]).shown(body)
    case .updateQuotas: return Self.quotas.shown(body)
    case .listNodes, .getAllowedVmSizesForResize, .checkName, .workspace, .vmSizes, .usages,
      .quotas, .metadata:
      return body
    // What is in a blob is nobody's business here.
    case .getBlob, .putBlob, .deleteBlob, .leaseBlob, .listBlobs, .container:
      return Disclosure.names.shown(body)
    case .list, .get, .put, .patch, .delete, .detach, .start, .stop, .restart, .updateSchedules,
      .updateIdleShutdownSetting, .customServices, .enableSso, .operation:
      guard let page = body["value"]?.list else { return compute(body) }
      var shown = Disclosure.entries(["nextLink": .scalar]).shown(body)
      shown["value"] = .list(page.map(compute))
      return shown
    }
  }

  private func compute(_ body: AttributeValue) -> AttributeValue {
    guard let type = body[AttributePath("properties.computeType")]?.text else {
      return ofAny.shown(body)
    }
    return (byType[type.lowercased()] ?? Self.compute).shown(body)
  }

  // MARK: What no kind's table says

  private static func scalars(_ names: String...) -> [String: Disclosure] {
    Dictionary(uniqueKeysWithValues: names.map { ($0, .scalar) })
  }

  /// What every compute has, and the monitor of an operation.
  private static let compute: Disclosure = {
    var body = Disclosure.entries(
      scalars("id", "name", "type", "location", "status", "startTime", "endTime"))
    let parts: [(String, Disclosure)] = [
      ("tags", .anyEntry(.scalar)), ("sku", .entries(scalars("name", "tier"))),
      ("systemData", .entries(scalars("createdAt", "lastModifiedAt"))),
      ("identity", .entries(scalars("type", "principalId", "tenantId"))),
      (
        "properties",
        .entries(
          scalars(
            "computeType", "computeLocation", "description", "provisioningState", "createdOn",
            "modifiedOn", "resourceId", "isAttachedCompute", "disableLocalAuth"))
      ),
      ("properties.provisioningErrors", .each(.entries(["error": failureParts]))),
    ]
    for (path, part) in parts { body.say(part, at: AttributePath(path).segments[...]) }
    for (path, part) in onTheWire {
      body.say(part, at: path.segments[...])
    }
    for name in reported { body.say(.scalar, at: ["properties", "properties", name]) }
    body.say(
      .entries(
        scalars("operationName", "operationStatus", "operationTime", "operationTrigger")),
      at: ["properties", "properties", "lastOperation"])
    body.say(
      .each(.entries(["error": failureParts])), at: ["properties", "properties", "errors"])
    return body
  }()

  /// What the service tells of a compute without being asked to.
  private static let reported = [
    "state", "allocationState", "allocationStateTransitionTime", "currentNodeCount",
    "targetNodeCount", "remoteLoginPortPublicAccess", "applicationSharingPolicy",
    "computeInstanceAuthorizationType", "agentVmSize", "agentCount", "clusterFqdn",
    "subscriptionId", "resourceGroup", "workspaceName", "poolName", "sparkVersion", "nodeCount",
    "nodeSize", "nodeSizeFamily",
  ]

  /// Fields that travel in another form than manifests have, in that form.
  private static let onTheWire: [AttributePath: Disclosure] = [
    "identity.userAssignedIdentities": .anyEntry(.entries(scalars("principalId", "clientId"))),
    "properties.properties.schedules.computeStartStop": schedules,
    "properties.properties.setupScripts.scripts.creationScript": script,
    "properties.properties.setupScripts.scripts.startupScript": script,
    "properties.properties.customServices": services,
  ]

  private static let schedules: Disclosure = {
    var times = scalars("startTime", "timeZone", "expression", "frequency", "interval")
    times["schedule"] = .entries([
      "hours": .each(.scalar), "minutes": .each(.scalar), "weekDays": .each(.scalar),
      "monthDays": .each(.scalar),
    ])
    var entries = scalars(
      "id", "action", "status", "provisioningStatus", "provisioningState", "triggerType")
    entries["cron"] = .entries(times)
    entries["recurrence"] = .entries(times)
    return .each(.entries(entries))
  }()

  private static let script = Disclosure.entries(scalars("scriptSource", "timeout"))

  private static let services: Disclosure = {
    var entries = scalars("name", "type")
    entries["image"] = .entries(scalars("type", "reference"))
    entries["endpoints"] = .each(
      .entries(scalars("name", "protocol", "target", "published", "hostIp")))
    entries["volumes"] = .each(.entries(scalars("type", "source", "target")))
    return .each(.entries(entries))
  }()

  private static let quotas = Disclosure.entries([
    "location": .scalar, "value": .each(.entries(scalars("id", "type", "limit", "unit", "status"))),
  ])

  /// Whatever form an error has, it is made of these.
  private static let failureParts: Disclosure = {
    var entries = scalars("code", "message", "target", "statusCode")
    entries["details"] = .each(.entries(entries))
    entries["error"] = .entries(entries)
    return .entries(entries)
  }()

  private static let failure: Disclosure = .entries(
    scalars("name", "id", "status", "startTime", "endTime", "error_description", "correlation_id")
      .merging(["error": .whole, "error_codes": .each(.scalar)]) { $1 })

  private static let token = Disclosure.entries(
    scalars(
      "token_type", "expires_in", "ext_expires_in", "expires_on", "not_before", "resource",
      "statusCode", "message"))
}
