import ComputeService
import SimulatorBackend
import TargetModel
import Testing

@Suite struct AttachmentTests {
  @Test func `a second attachment of a resource breaks the first`() throws {
    var world = World()
    try world.finish(.put("first", "Link", resource: resource("R")))
    let response = try world.send(.put("second", "Link", resource: resource("r") + "/"))
    #expect(response.status == 201)
    #expect(try world.state("first") == "Succeeded")
    world.time += 1_000
    #expect(try world.state("first") == "Failed")
    #expect(try world.state("second") == "Succeeded")
    #expect(world.service.store.compute("first")?.isBroken == true)
    #expect(world.service.store.compute("second")?.isBroken == false)
    #expect(world.events == ["attached first", "attached second", "attachment-broken first"])
    let errors = try world.shown("first")?[AttributePath("properties.provisioningErrors")]
    let message = try #require(errors?.list?.first?[AttributePath("error.message")]?.text)
    #expect(message.contains("'second'"))
    #expect(errors?.list?.first?[AttributePath("error.code")] == "AttachmentBroken")
  }

  @Test func `a broken attachment stays so until its own detach`() throws {
    var world = World()
    try world.finish(.put("first", "Link", resource: resource("r")))
    try world.finish(.put("second", "Link", resource: resource("r")))
    try world.finish(.delete(name: "second", .detach))
    #expect(try world.state("first") == "Failed")
    try world.finish(.put("first", "Link", resource: resource("r")))
    #expect(try world.state("first") == "Failed")
    try world.finish(.delete(name: "first", .detach))
    try world.finish(.put("first", "Link", resource: resource("r")))
    #expect(try world.state("first") == "Succeeded")
    #expect(world.events.filter { $0.hasPrefix("attachment-broken") }.count == 1)
  }

  @Test func `different shares of a resource live side by side, equal ones do not`() throws {
    var world = World()
    try world.finish(.put("team-a", "SharedLink", resource: resource("k"), ["namespace": "a"]))
    try world.finish(.put("team-b", "SharedLink", resource: resource("k"), ["namespace": "b"]))
    #expect(try world.state("team-a") == "Succeeded")
    try world.finish(.put("other", "SharedLink", resource: resource("k"), ["namespace": "a"]))
    #expect(try world.state("team-a") == "Failed")
    #expect(try world.state("team-b") == "Succeeded")
    // A kind that needs the whole of it leaves nobody.
    try world.finish(.put("whole", "Link", resource: resource("k")))
    #expect(try world.state("team-b") == "Failed")
    #expect(try world.state("other") == "Failed")
  }

  @Test func `an attach that does not wait for the detach does its damage`() throws {
    var world = World()
    try world.finish(.put("first", "Link", resource: resource("r")))
    _ = try world.send(.delete(name: "first", .detach))
    try world.finish(.put("second", "Link", resource: resource("r")))
    #expect(try world.shown("first") == nil)
    #expect(
      world.events == [
        "attached first", "attached second", "attachment-broken first", "detached first",
      ])
  }

  @Test func `what is on its way, or failed, holds nothing yet`() throws {
    var world = World()
    try world.finish(
      .put("failed", "Link", resource: resource("r")), fate: .fails(code: "No", message: ""))
    _ = try world.send(.put("slow", "Link", resource: resource("r")), fate: .takes(500))
    _ = try world.send(.put("fast", "Link", resource: resource("r")))
    world.time += 100
    #expect(try world.state("fast") == "Succeeded")
    #expect(try world.state("slow") == "Creating")
    world.time += 400
    #expect(try world.state("slow") == "Succeeded")
    #expect(try world.state("fast") == "Failed")
    #expect(
      world.events == [
        "failed failed", "attached fast", "attached slow", "attachment-broken fast",
      ])
  }

  @Test func `another resource under a used name is an attach`() throws {
    var world = World()
    try world.finish(.put("holder", "Link", resource: resource("b")))
    try world.finish(.put("mover", "Link", resource: resource("a"), ["tls": "on"]))
    let response = try world.send(.put("mover", "Link", resource: resource("b"), ["tls": "off"]))
    #expect(response.status == 200)
    #expect(try world.state("mover") == "Updating")
    #expect(
      try world.shown("mover")?[AttributePath("properties.resourceId")]?.text == resource("a"))
    world.time += 1_000
    let shown = try #require(try world.shown("mover"))
    #expect(shown[AttributePath("properties.resourceId")]?.text == resource("b"))
    #expect(shown[AttributePath("properties.properties.tls")] == "off")
    #expect(try world.state("holder") == "Failed")
    #expect(
      world.events == [
        "attached holder", "attached mover", "detached mover", "attached mover",
        "attachment-broken holder",
      ])
    // What it held before is free.
    try world.finish(.put("next", "Link", resource: resource("a")))
    #expect(try world.state("mover") == "Succeeded")
  }

  @Test func `a detached creation leaves an orphan that its name finds again`() throws {
    var world = World()
    try world.finish(.put("pool", "Pool", ["size": "large", "count": 3]))
    try world.finish(.delete(name: "pool", .detach))
    #expect(try world.shown("pool") == nil)
    _ = try world.send(.put("pool", "Pool", ["size": "tiny", "count": 5]))
    #expect(try world.shown("pool")?[AttributePath("properties.properties.size")] == "tiny")
    world.time += 1_000
    let inner = try world.shown("pool")?[AttributePath("properties.properties")]
    #expect(inner == ["size": "large", "count": 5])
    #expect(
      world.events == [
        "created pool", "detached pool", "orphaned pool", "orphan-adopted pool", "created pool",
      ])
    try world.finish(.delete(name: "pool", .delete))
    try world.finish(.put("pool", "Pool", ["size": "tiny"]))
    #expect(try world.shown("pool")?[AttributePath("properties.properties.size")] == "tiny")
  }

  @Test func `delete of an attachment is dangerous, or refused on request`() throws {
    var world = World()
    try world.finish(.put("link", "Link", resource: resource("r")))
    try world.finish(.delete(name: "link", .delete))
    #expect(try world.shown("link") == nil)
    #expect(world.events == ["attached link", "deleted link", "resource-destroyed link"])

    var configuration = SimulatorConfiguration.invented
    configuration.deletesAttachedResources = false
    var careful = World(configuration)
    try careful.finish(.put("link", "Link", resource: resource("r")))
    #expect(try careful.send(.delete(name: "link", .delete)).status == 400)
    #expect(try careful.state("link") == "Succeeded")
  }

  @Test func `history names the resource`() throws {
    var world = World()
    try world.finish(.put("link", "Link", resource: resource("r")))
    _ = try world.send(.list)
    #expect(
      world.service.store.history == [
        HistoryEntry(
          time: 1_700_000_000_100, event: "attached", name: "link", resource: resource("r"))
      ])
  }
}
