import ComputeKinds
import ComputeService
import SimulatorBackend
import TargetModel
import Testing

private let inner: AttributePath = "properties.properties"

/// What the service does with single kinds, by their own tables.
@Suite struct RealKindTests {
  var world = World(.azureML)

  @Test mutating func `a cluster reports its nodes and keeps its size`() throws {
    _ = try world.send(
      .put(
        "cpu", "AmlCompute",
        [
          "vmSize": "STANDARD_D2_V2", "remoteLoginPortPublicAccess": "NotSpecified",
          "scaleSettings": ["minNodeCount": 1, "maxNodeCount": 4],
        ]))
    #expect(try world.shown("cpu")?[inner]?["allocationState"] == "Resizing")
    world.time += 1_000
    var shown = try #require(try world.shown("cpu")?[inner])
    #expect(shown["allocationState"] == "Steady")
    #expect(shown["currentNodeCount"] == 1)
    #expect(shown["vmPriority"] == "Dedicated")
    #expect(shown["remoteLoginPortPublicAccess"] == "Enabled")
    #expect(shown["subnet"] == .null)
    #expect(shown[AttributePath("scaleSettings.nodeIdleTimeBeforeScaleDown")] == "PT120S")

    let answer = try world.finish(
      .put("cpu", "AmlCompute", ["vmSize": "STANDARD_D3_V2", "scaleSettings": ["maxNodeCount": 9]]))
    #expect(answer.status == 200)
    shown = try #require(try world.shown("cpu")?[inner])
    #expect(shown["vmSize"] == "STANDARD_D2_V2")
    #expect(shown[AttributePath("scaleSettings.maxNodeCount")] == 9)
    #expect(shown[AttributePath("scaleSettings.minNodeCount")] == 1)
    let refused = try world.send(.put("cpu", "AmlCompute", ["vmPriority": "LowPriority"]))
    #expect(refused.code == "PropertyChangeNotAllowed")
  }

  /// Microsoft's management client says `NotSpecified` whenever nobody says more.
  @Test mutating func `a PUT that leaves the port of a cluster open changes nothing about it`()
    throws
  {
    let port: AttributePath = "properties.properties.remoteLoginPortPublicAccess"
    for said in ["Enabled", "Disabled", "NotSpecified"] {
      let name = said.lowercased()
      try world.finish(
        .put(
          name, "AmlCompute", ["vmSize": "a", "remoteLoginPortPublicAccess": .text(said)]))
      let before = try world.shown(name)?[port]
      let answer = try world.finish(
        .put(name, "AmlCompute", ["remoteLoginPortPublicAccess": "NotSpecified"]))
      #expect(answer.status == 200)
      #expect(try world.shown(name)?[port] == before)
    }
  }

  @Test mutating func `a cluster's identities come and go by PATCH`() throws {
    try world.finish(.put("cpu", "AmlCompute", ["vmSize": "STANDARD_D2_V2"]))
    let first = resource("one", type: "Microsoft.ManagedIdentity/userAssignedIdentities")
    let second = resource("two", type: "Microsoft.ManagedIdentity/userAssignedIdentities")
    for (identities, left): (AttributeValue, Set<String>) in [
      ([first: [:]], [first]), ([second: [:]], [first, second]), ([first: .null], [second]),
    ] {
      let body: AttributeValue = [
        "identity": ["type": "UserAssigned", "userAssignedIdentities": identities]
      ]
      try world.finish(.patch(name: "cpu", body: body))
      let shown = try world.shown("cpu")?[AttributePath("identity.userAssignedIdentities")]?.map
      #expect(Set(shown?.keys.map(\.self) ?? []) == left)
      #expect(shown?.values.allSatisfy { $0["principalId"]?.text?.count == 36 } == true)
    }
    try world.finish(.patch(name: "cpu", body: ["identity": ["type": "None"]]))
    #expect(try world.shown("cpu")?["identity"] == ["type": "None"])
  }

  @Test mutating func `an instance ignores PUT and PATCH and obeys its actions`() throws {
    _ = try world.send(.put("ana", "ComputeInstance", ["vmSize": "STANDARD_DS3_V2"]))
    #expect(try world.shown("ana")?[inner]?["state"] == "Creating")
    world.time += 1_000
    #expect(try world.shown("ana")?[inner]?["state"] == "Running")
    let before = try world.shown("ana")
    for request: ServiceRequest in [
      .put("ana", "ComputeInstance", ["vmSize": "STANDARD_D1", "idleTimeBeforeShutdown": "PT30M"]),
      .patch(name: "ana", body: ["tags": ["team": "b"]]),
    ] {
      let answer = try world.finish(request)
      #expect(answer.status == 200)
      #expect(try world.shown("ana") == before)
      let monitor = try world.send(.operation(id: try #require(answer.operation)))
      #expect(monitor.body["status"] == "Succeeded")
    }

    #expect(
      try world.send(
        .action(
          name: "ana", action: "updateIdleShutdownSetting",
          body: ["idleTimeBeforeShutdown": "PT120M"])
      ).status == 200)
    #expect(try world.shown("ana")?[inner]?["idleTimeBeforeShutdown"] == "PT120M")
    let schedule: AttributeValue = ["action": "Stop", "status": "Enabled", "triggerType": "Cron"]
    _ = try world.send(
      .action(name: "ana", action: "updateSchedules", body: ["computeStartStop": [schedule]]))
    #expect(
      try world.shown("ana")?[AttributePath("properties.properties.schedules.computeStartStop")]
        == [schedule])
    let unknown = try world.send(.action(name: "ana", action: "explode", body: .null))
    #expect(unknown.status == 400)
  }

  @Test mutating func `an instance is stopped, started and restarted`() throws {
    try world.finish(.put("ana", "ComputeInstance", ["vmSize": "STANDARD_DS3_V2"]))
    for (action, during, after, event) in [
      ("stop", "Stopping", "Stopped", "stopped"), ("start", "Starting", "Running", "started"),
      ("restart", "Restarting", "Running", "restarted"),
    ] {
      let request = ServiceRequest.action(name: "ana", action: action, body: .null)
      #expect(try world.send(request).status == 202)
      #expect(try world.shown("ana")?[inner]?["state"]?.text == during)
      #expect(try world.send(request).code == "AnotherOperationInProgress")
      world.time += 1_000
      #expect(try world.shown("ana")?[inner]?["state"]?.text == after)
      #expect(try world.state("ana") == "Succeeded")
      #expect(world.events.last == "\(event) ana")
    }
    let last = try world.shown("ana")?[AttributePath("properties.properties.lastOperation")]
    #expect(last?["operationName"] == "Restart")
    #expect(last?["operationStatus"] == "Succeeded")

    try world.finish(.action(name: "ana", action: "stop", body: .null))
    let again = try world.send(.action(name: "ana", action: "stop", body: .null))
    #expect(again.status == 202)
    #expect(
      try world.send(.action(name: "ana", action: "restart", body: .null)).code == "Conflict")
    try world.finish(
      .action(name: "ana", action: "start", body: .null), fate: .fails(code: "E", message: "m"))
    #expect(try world.shown("ana")?[inner]?["state"] == "Stopped")
  }

  @Test mutating func `a cluster can't be switched off`() throws {
    try world.finish(.put("cpu", "AmlCompute", ["vmSize": "STANDARD_D2_V2"]))
    #expect(try world.send(.action(name: "cpu", action: "stop", body: .null)).status == 400)
  }

  @Test mutating func `TLS of an inference cluster changes by PUT, and no key is kept`() throws {
    let cluster = resource("prod", type: "Microsoft.ContainerService/managedClusters")
    let own: AttributeValue = [
      "status": "Enabled", "cname": "a.example.com", "cert": "canary-cert", "key": "canary-key",
    ]
    try world.finish(.put("aks", "AKS", resource: cluster, ["sslConfiguration": own]))
    #expect(
      try world.shown("aks")?[inner]?["sslConfiguration"]
        == ["status": "Enabled", "cname": "a.example.com"])
    let off: AttributeValue = ["status": "Disabled", "cname": .null]
    try world.finish(.put("aks", "AKS", resource: cluster, ["sslConfiguration": off]))
    #expect(try world.shown("aks")?[inner]?["sslConfiguration"] == ["status": "Disabled"])
    #expect(!String(reflecting: world.service.store).contains("canary"))
    #expect(
      try world.send(
        .put("aks", "AKS", resource: cluster, ["clusterPurpose": "DevTest"])
      ).code == "PropertyChangeNotAllowed")
  }

  @Test mutating func `an inference cluster is made with agents of its purpose, and takes tags`()
    throws
  {
    for (name, purpose, count) in [("live", "FastProd", 3), ("dev", "DevTest", 1)] {
      try world.finish(.put(name, "AKS", ["clusterPurpose": .text(purpose)]))
      let shown = try world.shown(name)
      #expect(shown?[inner]?["agentCount"] == .integer(count))
      #expect(shown?[inner]?["agentVmSize"] == "Standard_D3_v2")
      #expect(shown?[AttributePath("properties.isAttachedCompute")] == false)
    }
    try world.finish(.put("dev", "AKS", ["agentCount": 2], tags: ["team": "a"]))
    try world.finish(.put("dev", "AKS", ["agentCount": 2], tags: ["cost": "b"]))
    #expect(try world.shown("dev")?[inner]?["agentCount"] == 2)
    #expect(try world.shown("dev")?["tags"] == ["cost": "b"])
    #expect(
      try world.send(.put("dev", "AKS", ["agentVmSize": "Standard_D2"])).code
        == "PropertyChangeNotAllowed")
  }

  @Test mutating func `no token is told, and what is no resource is refused`() throws {
    let databricks = resource("w", type: "Microsoft.Databricks/workspaces")
    try world.finish(
      .put("etl", "Databricks", resource: databricks, ["databricksAccessToken": "canary-1"]))
    #expect(try world.shown("etl")?[inner] == [:])
    #expect(!String(reflecting: world.service.store).contains("canary"))
    #expect(try world.send(.put("local", "Local")).status == 400)
    #expect(try world.send(.put("laptop", "Local")).status == 400)
    #expect(
      try world.send(.put("jobs", "Batch")).code == "InvalidRequestContent"
        || world.send(.put("jobs", "Batch")).code == "BadRequest")
    try world.finish(.put("move", "DataFactory"))
    #expect(try world.state("move") == "Succeeded")
  }

  @Test mutating func `a Spark pool always has an object of properties`() throws {
    let pool =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Synapse/workspaces/w"
      + "/bigDataPools/p"
    _ = try world.send(.put("spark", "SynapseSpark", resource: pool))
    #expect(try world.shown("spark")?[inner]?.map != nil)
    world.time += 1_000
    let shown = try world.shown("spark")?[inner]
    #expect(shown?["poolName"] == "p")
    #expect(shown?["workspaceName"] == "w")
  }

  @Test mutating func `a machine's credentials are taken and never told`() throws {
    let machine = resource("vm", type: "Microsoft.Compute/virtualMachines")
    let account: AttributeValue = ["username": "ana", "password": "canary-1"]
    try world.finish(
      .put("vm1", "VirtualMachine", resource: machine, ["administratorAccount": account]))
    #expect(try world.state("vm1") == "Succeeded")
    #expect(try world.shown("vm1")?[inner] == ["sshPort": 22])
    // The same machine by its address is another resource, and the same address the same one.
    for name in ["vm2", "vm3"] {
      try world.finish(
        .put(
          "\(name)", "VirtualMachine",
          ["address": "h.example.com", "administratorAccount": account]))
    }
    #expect(try world.state("vm1") == "Succeeded")
    #expect(try world.state("vm2") == "Failed")
  }
}
