import ComputeService
import SimulatorBackend
import TargetModel
import Testing

private let inner: AttributePath = "properties.properties"

@Suite struct UpdateTests {
  @Test func `a PUT changes what may change when its operation ends`() throws {
    var world = World()
    try world.finish(.put("pool", "Pool", ["size": "Large", "count": 3], tags: ["team": "a"]))
    let response = try world.send(.put("pool", "Pool", ["size": "LARGE", "count": 8]))
    #expect(response.status == 200)
    #expect(try world.state("pool") == "Updating")
    #expect(try world.shown("pool")?[inner] == ["size": "Large", "count": 3])
    world.time += 200
    #expect(try world.shown("pool")?[inner] == ["size": "Large", "count": 8])
    #expect(try world.shown("pool")?["tags"] == ["team": "a"])
    #expect(try world.state("pool") == "Succeeded")
    #expect(world.events == ["created pool", "updated pool"])
  }

  @Test func `what is absent is kept and null takes back`() throws {
    var world = World()
    try world.finish(.put("pool", "Pool", ["size": "large", "count": 3], tags: ["team": "a"]))
    try world.finish(.put("pool", "Pool"))
    #expect(try world.shown("pool")?[inner] == ["size": "large", "count": 3])
    try world.finish(.put("pool", "Pool", ["size": .null, "count": .null], tags: .null))
    #expect(try world.shown("pool")?[inner] == ["size": "large", "count": 1])
    #expect(try world.shown("pool")?["tags"] == [:])
  }

  @Test func `a fixed field is refused by name`() throws {
    var world = World()
    try world.finish(.put("link", "Link", resource: resource("r"), ["tls": "on"]))
    let response = try world.send(.put("link", "Link", resource: resource("r"), ["tls": "off"]))
    #expect(response.status == 400)
    #expect(response.code == "PropertyChangeNotAllowed")
    #expect(response.body[AttributePath("error.target")] == "properties.properties.tls")
    #expect(try world.state("link") == "Succeeded")
    #expect(try world.send(.put("link", "Pool")).status == 409)
  }

  @Test func `tags of a kind whose tags stay are dropped without a word`() throws {
    var world = World()
    try world.finish(.put("link", "Link", resource: resource("r"), tags: ["berth-stack": "a"]))
    try world.finish(.put("link", "Link", resource: resource("r"), tags: ["berth-stack": "b"]))
    #expect(try world.shown("link")?["tags"] == ["berth-stack": "a"])
  }

  @Test func `a PATCH changes what may change and looks at nothing else`() throws {
    var world = World()
    try world.finish(.put("pool", "Pool", ["size": "large", "count": 3]))
    let body: AttributeValue = ["properties": ["properties": ["size": "tiny", "count": 4]]]
    #expect(try world.finish(.patch(name: "pool", body: body)).status == 200)
    #expect(try world.shown("pool")?[inner] == ["size": "large", "count": 4])
  }

  @Test func `secrets are neither shown nor stored`() throws {
    var world = World()
    let canary = "canary-77b1"
    try world.finish(
      .put("link", "Link", resource: resource("r"), ["tls": "on", "password": .text(canary)]))
    _ = try world.send(.put("link", "Link", resource: resource("r"), ["password": .text(canary)]))
    #expect(try world.shown("link")?[inner] == ["tls": "on"])
    #expect(!String(reflecting: world.service.store).contains(canary))
  }

  @Test func `a failed update keeps the values and says why`() throws {
    var world = World()
    try world.finish(.put("pool", "Pool", ["count": 3]))
    try world.finish(
      .put("pool", "Pool", ["count": 8]), fate: .fails(code: "Quota", message: "None left."))
    #expect(try world.state("pool") == "Failed")
    #expect(try world.shown("pool")?[inner]?["count"] == 3)
    try world.finish(.put("pool", "Pool", ["count": 4]))
    #expect(try world.state("pool") == "Succeeded")
    #expect(try world.shown("pool")?[AttributePath("properties.provisioningErrors")] == .null)
  }
}
