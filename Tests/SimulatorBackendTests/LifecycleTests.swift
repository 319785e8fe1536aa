import BackendInterface
import ComputeService
import SimulatorBackend
import TargetModel
import Testing

@Suite struct LifecycleTests {
  @Test func `a creation is seen at once and ends in its time`() throws {
    var world = World()
    let response = try world.send(.put("pool", "Pool", ["size": "large"]))
    #expect(response.status == 201)
    #expect(response.retryAfter == 200)
    let id = try #require(response.operation)
    #expect(try world.state("pool") == "Creating")
    let running = try world.send(.operation(id: id))
    #expect(running.body["status"] == "InProgress")
    #expect(running.retryAfter == 200)
    world.time += 199
    #expect(try world.state("pool") == "Creating")
    world.time += 1
    #expect(try world.state("pool") == "Succeeded")
    let ended = try world.send(.operation(id: id))
    #expect(ended.body["status"] == "Succeeded")
    #expect(ended.body["endTime"] == "2023-11-14T22:13:20.2000000+00:00")
    #expect(world.events == ["created pool"])
  }

  @Test func `what the service sets is there and can't be set by a client`() throws {
    var world = World()
    guard case .put(let name, var body) = ServiceRequest.put("pool", "pOOL") else { return }
    body["properties.provisioningState"] = "Succeeded"
    body["properties.isAttachedCompute"] = true
    body["id"] = "/elsewhere"
    try world.finish(.put(name: name, body: body))
    let shown = try #require(try world.shown("POOL"))
    #expect(
      shown["id"]?.text
        == "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers"
        + "/Microsoft.MachineLearningServices/workspaces/ws/computes/pool")
    let properties = try #require(shown["properties"])
    #expect(properties["computeType"] == "Pool")
    #expect(properties["computeLocation"] == "westeurope")
    #expect(properties["isAttachedCompute"] == false)
    #expect(properties["createdOn"] == "2023-11-14T22:13:20.0000000+00:00")
    #expect(properties["modifiedOn"] == "2023-11-14T22:13:20.2000000+00:00")
    #expect(properties["resourceId"] == .null)
    #expect(properties["description"] == .null)
    #expect(properties["provisioningErrors"] == .null)
    #expect(properties["properties"] == ["size": "small", "count": 1])
  }

  @Test(arguments: [
    ("a1", false), ("abc", true), ("1abc", false), ("abc-1", false), ("a-b-2", false),
    ("abc-1a", true), ("abc-", true), ("abc1", true), ("cpu_cluster", false), ("äbc", false),
    ("abcdefghijklmnopqrstuvwx", true), ("abcdefghijklmnopqrstuvwxy", false), ("a/b", false),
    ("", false), ("abc\n", false),
  ])
  func `names are held to the service's pattern`(name: String, isValid: Bool) throws {
    var world = World()
    let response = try world.send(.put(name, "Pool"))
    #expect(response.status == (isValid ? 201 : 400))
    #expect(response.code == (isValid ? nil : "InvalidParameter"))
  }

  @Test func `wrong bodies are refused and name the property`() throws {
    var world = World()
    let wrong: [(ServiceRequest, String, String?)] = [
      (.put(name: "abc", body: .null), "InvalidRequestContent", "properties.computeType"),
      (.put("abc", "Wheel"), "InvalidParameter", "properties.computeType"),
      (
        .put(name: "abc", body: ["properties": ["computeType": "Pool"]]), "LocationRequired",
        "location"
      ),
      (.put("abc", "Pool", ["count": 101]), "InvalidParameter", "properties.properties.count"),
      (.put("abc", "Pool", ["count": "1"]), "InvalidParameter", "properties.properties.count"),
      (.put("abc", "Pool", tags: ["team": 1]), "InvalidParameter", "tags"),
      (.put("abc", "Pool", resource: resource("x")), "BadRequest", "properties.resourceId"),
      (.put("abc", "Link"), "BadRequest", "properties.resourceId"),
      (.put("abc", "Link", resource: "nonsense"), "BadRequest", "properties.resourceId"),
    ]
    for (request, code, target) in wrong {
      let response = try world.send(request)
      #expect(response.status == 400)
      #expect(response.code == code)
      #expect(response.body[AttributePath("error.target")]?.text == target)
    }
    #expect(try world.shown("abc") == nil)
    #expect(world.events == [])
  }

  @Test func `one operation at a time, and none on what is being deleted`() throws {
    var configuration = SimulatorConfiguration.invented
    configuration.takesDeletingNames = false
    var world = World(configuration)
    _ = try world.send(.put("pool", "Pool"))
    for request: ServiceRequest in [
      .put("pool", "Pool"), .patch(name: "pool", body: .map([:])), .delete(name: "pool", .delete),
    ] {
      let response = try world.send(request)
      #expect(response.status == 409)
      #expect(response.code == "AnotherOperationInProgress")
    }
    world.time += 200
    let first = try world.send(.delete(name: "pool", .delete))
    #expect(first.status == 202)
    #expect(try world.state("pool") == "Deleting")
    let second = try world.send(.delete(name: "pool", .delete))
    #expect(second.operation == first.operation)
    #expect(try world.send(.delete(name: "pool", .detach)).status == 409)
    #expect(try world.send(.put("pool", "Pool")).code == "Conflict")
    world.time += 200
    #expect(try world.shown("pool") == nil)
    #expect(try world.send(.delete(name: "pool", .delete)).status == 204)
    #expect(world.events == ["created pool", "deleted pool"])
  }

  // MARK: Names that are used again (api.md section 8)

  private static let size: AttributePath = "properties.properties.size"
  private static let count: AttributePath = "properties.properties.count"

  /// A large pool, deleted; its machines lie there for another 200 ms.
  private func deleted(_ configuration: SimulatorConfiguration = .invented) throws -> World {
    var world = World(configuration)
    try world.finish(.put("pool", "Pool", ["size": "large", "count": 3]))
    _ = try world.send(.delete(name: "pool", .delete))
    world.time += 200
    #expect(try world.shown("pool") == nil)
    return world
  }

  @Test func `a name that is used again too soon brings back what was deleted`() throws {
    var world = try deleted()
    world.time += 199
    let response = try world.send(.put("pool", "Pool", ["size": "tiny", "count": 5]))
    #expect(response.status == 201)
    #expect(try world.shown("pool")?[Self.size] == "tiny", "it echoes what was sent")
    world.time += 200
    #expect(try world.state("pool") == "Succeeded")
    #expect(try world.shown("pool")?[Self.size] == "large")
    #expect(try world.shown("pool")?[Self.count] == 5, "what may change is as it was sent")
    #expect(
      world.events == ["created pool", "deleted pool", "orphan-adopted pool", "created pool"])
  }

  @Test func `a name that rested is free, and so it is for another type or by request`() throws {
    var rested = try deleted()
    rested.time += 200
    try rested.finish(.put("pool", "Pool", ["size": "tiny"]))
    #expect(try rested.shown("pool")?[Self.size] == "tiny")

    var other = try deleted()
    try other.finish(.put("pool", "Box", ["size": "tiny"]))
    #expect(try other.shown("pool")?[Self.size] == "tiny")

    var configuration = SimulatorConfiguration.invented
    configuration.remainsMilliseconds = 0
    var forgetful = try deleted(configuration)
    try forgetful.finish(.put("pool", "Pool", ["size": "tiny"]))
    #expect(try forgetful.shown("pool")?[Self.size] == "tiny")
  }

  @Test func `a creation over a deletion is taken, and nothing is deleted`() throws {
    var world = World()
    try world.finish(.put("pool", "Pool", ["size": "large"]))
    let deletion = try world.send(.delete(name: "pool", .delete))
    world.time += 100
    #expect(try world.send(.put("pool", "Pool", ["size": "tiny"])).status == 201)
    world.time += 1_000
    #expect(try world.shown("pool")?[Self.size] == "large")
    let monitor = try world.send(.operation(id: try #require(deletion.operation)))
    #expect(monitor.body["status"] == "Succeeded", "the monitor knows nothing of it")
    #expect(world.events == ["created pool", "orphan-adopted pool", "created pool"])
  }

  @Test func `an attachment that is going refuses the next one`() throws {
    var world = World()
    let put = ServiceRequest.put("link", "Link", resource: resource("r"))
    try world.finish(put)
    _ = try world.send(.delete(name: "link", .detach))
    #expect(try world.send(put).code == "Conflict")
  }

  @Test func `absence counts when nothing remains`() {
    let times = SimulatorConfiguration.invented.consistency
    #expect(times.window == .milliseconds(500))
    #expect(times.spacing == .milliseconds(100))
  }

  @Test func `what is absent is said to be`() throws {
    var world = World()
    for request: ServiceRequest in [
      .get(name: "none"), .patch(name: "none", body: .map([:])), .operation(id: "op-1"),
      .action(name: "none", action: "start", body: .null),
    ] {
      let response = try world.send(request)
      #expect(response.status == 404)
      #expect(response.code == "ResourceNotFound")
    }
  }

  @Test func `a failed creation stands as failed until it is removed`() throws {
    var world = World()
    let response = try world.finish(
      .put("pool", "Pool"), fate: .fails(code: "QuotaExceeded", message: "No cores left."))
    #expect(try world.state("pool") == "Failed")
    let monitor = try world.send(.operation(id: try #require(response.operation)))
    #expect(monitor.body["status"] == "Failed")
    #expect(monitor.body[AttributePath("error.code")] == "QuotaExceeded")
    let errors = try world.shown("pool")?[AttributePath("properties.provisioningErrors")]
    #expect(errors == [["error": ["code": "QuotaExceeded", "message": "No cores left."]]])
    try world.finish(.put("pool", "Pool", ["count": 5]))
    #expect(try world.state("pool") == "Failed")
    try world.finish(.delete(name: "pool", .delete))
    try world.finish(.put("pool", "Pool"))
    #expect(try world.state("pool") == "Succeeded")
  }

  @Test func `an operation that hangs never ends, and one can be slow`() throws {
    var world = World()
    let hung = try world.send(.put("hung", "Pool"), fate: .hangs)
    _ = try world.send(.put("slow", "Pool"), fate: .takes(5_000))
    world.time += 4_999
    #expect(try world.state("slow") == "Creating")
    world.time += 1
    #expect(try world.state("slow") == "Succeeded")
    world.time += 1_000_000_000_000
    #expect(try world.state("hung") == "Creating")
    let monitor = try world.send(.operation(id: try #require(hung.operation)))
    #expect(monitor.body["status"] == "InProgress")
    #expect(monitor.retryAfter == nil)
  }
}
