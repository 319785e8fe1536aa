import BackendInterface
import ComputeKinds
import SimulatorBackend
import TargetModel
import Testing

@Suite struct PortalTests {
  @Test func `a colleague changes fields at once, fixed ones too`() throws {
    var world = World()
    try world.finish(.put("pool", "Pool", ["count": 3], tags: ["team": "a"]))
    try world.service.set(
      "POOL", assignments: ["count=9", "size=huge", "tags.team=", "tags.cost.center=x=y"],
      at: world.time)
    let shown = try #require(try world.shown("pool"))
    #expect(shown[AttributePath("properties.properties")] == ["count": 9, "size": "huge"])
    #expect(shown["tags"] == ["cost.center": "x=y"])
    #expect(try world.state("pool") == "Succeeded")
    #expect(world.events.last == "changed-in-portal pool")
  }

  @Test func `machines are switched, states are forged`() throws {
    var world = World(.azureML)
    try world.finish(.put("ana", "ComputeInstance", ["vmSize": "STANDARD_DS3_V2"]))
    for path in ["state", "berth.power_state"] {
      for state in ["Stopped", "Running"] {
        try world.service.set("ana", assignments: ["\(path)=\(state)"], at: world.time)
        let shown = try world.shown("ana")
        #expect(shown?[AttributePath("properties.properties.state")]?.text == state)
      }
    }
    try world.service.set("ana", assignments: ["provisioning_state=Canceled"], at: world.time)
    #expect(try world.state("ana") == "Canceled")
  }

  @Test(arguments: [
    ("nobody", "count=1", "There is no target 'nobody' in the workspace."),
    ("pol", "count=1", "There is no target 'pol' in the workspace. Did you mean 'pool'?"),
    ("pool", "cuont=1", "The type 'pool' has no field 'cuont'. Did you mean 'count'?"),
    ("pool", "count=many", "'many' is no value for 'count': a whole number is due."),
    ("pool", "count", "'count' should read FIELD=VALUE."),
    ("pool", "=1", "'=1' should read FIELD=VALUE."),
    ("pool", "tags=[1]", "'[1]' is no value for 'tags': a JSON object is due."),
    ("link", "password=x", "'password' is never shown, so nobody would see the change."),
  ])
  func `what can't be done is said in a sentence`(
    name: String, assignment: String, reason: String
  ) throws {
    var world = World()
    try world.finish(.put("pool", "Pool"))
    try world.finish(.put("link", "Link", resource: resource("r")))
    let refusal = #expect(throws: PortalRefusal.self) {
      try world.service.set(name, assignments: [assignment], at: world.time)
    }
    #expect(refusal?.reason == reason)
  }

  @Test func `a portal attach of a held resource breaks the holder at once`() throws {
    var world = World()
    try world.finish(.put("first", "Link", resource: resource("r")))
    let kind = try #require(SimulatorConfiguration.invented.catalog["link"])
    try world.service.attach("second", kind, resource("R"), at: world.time)
    #expect(try world.state("first") == "Failed")
    #expect(try world.state("second") == "Succeeded")
    #expect(world.events.suffix(2) == ["attached second", "attachment-broken first"])
    #expect(throws: PortalRefusal.self) {
      try world.service.attach("second", kind, resource("x"), at: world.time)
    }
    #expect(throws: PortalRefusal.self) {
      try world.service.attach("third", kind, "nonsense", at: world.time)
    }
  }

  @Test func `moving an attachment to a held resource breaks the holder too`() throws {
    var world = World()
    try world.finish(.put("first", "Link", resource: resource("r")))
    try world.finish(.put("second", "Link", resource: resource("s")))
    try world.service.set(
      "second", assignments: ["resource_id=\(resource("r"))"], at: world.time)
    #expect(try world.state("first") == "Failed")
  }

  @Test func `a kind that nobody knows is shown and holds`() async throws {
    let clock = TestClock()
    let backend = SimulatedBackend(configuration: .azureML, now: clock.now)
    let cluster = resource("prod", type: "Microsoft.ContainerService/managedClusters")
    try await backend.portal { service, now in
      try service.attach("known", computeType: "AKS", cluster, at: now)
      try service.attach("kusto-a", computeType: "Kusto", cluster, at: now)
    }
    let shown = try #require(try await backend.read("kusto-a"))
    #expect(!shown.isKnownKind)
    #expect(shown.kind == "Kusto")
    #expect(shown.resource?.shown == cluster)
    #expect(try await backend.read("known")?.state == .failed)
    let handle = try await backend.submit(.detach(name: "kusto-a"))
    clock.advance(by: 1_000)
    #expect(try await backend.status(of: handle) == .succeeded)
    #expect(try await backend.read("kusto-a") == nil)
  }

  @Test func `a removal leaves no trace but history`() throws {
    var world = World()
    try world.finish(.put("link", "Link", resource: resource("r")))
    _ = try world.send(.put("link", "Link", resource: resource("r")))
    try world.service.remove("link", at: world.time)
    world.time += 1_000
    #expect(try world.shown("link") == nil)
    #expect(world.events == ["attached link", "removed-in-portal link"])
  }
}
