import Diagnostics
import Emulator
import TargetModel
import Testing

struct ServiceTests {
  private static let version = "api-version=2025-12-01"

  // MARK: Refusals

  @Test(
    "what makes no sense is refused in the service's words",
    arguments: [
      ("GET", "/subscriptions/nobody/resourceGroups/rg/providers/x", 400, "InvalidSubscriptionId"),
      ("GET", "/elsewhere", 404, "NotFound"), ("GET", "/%ff", 404, "NotFound"),
      ("POST", "\(Emulation.base)/computes?\(version)", 405, "MethodNotAllowed"),
      ("GET", "\(Emulation.base)/jobs?\(version)", 404, "InvalidResourceType"),
      ("GET", "\(Emulation.base)/computes/a%2Fb?\(version)", 404, "NotFound"),
      ("POST", "\(Emulation.base)/computes/cpu/explode?\(version)", 404, "InvalidResourceType"),
      ("GET", "\(Emulation.base)/computes/none?\(version)", 404, "ResourceNotFound"),
      ("PUT", "\(Emulation.base)/computes/cpu?\(version)", 400, "InvalidRequestContent"),
      ("DELETE", "\(Emulation.base)/computes/cpu?\(version)", 400, "InvalidParameter"),
      ("GET", "\(Emulation.base)/computes?\(version)&$skip=!", 400, "InvalidParameter"),
      (
        "DELETE", "\(Emulation.base)/computes/cpu?\(version)&underlyingResourceAction=Keep", 400,
        "InvalidParameter"
      ),
      (
        "GET", "\(Emulation.locations)/x/computeOperationsStatus/y?\(version)", 404,
        "ResourceNotFound"
      ),
    ])
  func refusals(method: String, target: String, status: Int, code: String) async {
    let response = await Emulation().ask(method, target)
    #expect(response.status == status)
    #expect(response.code == code)
  }

  @Test func `a body that is no JSON, or says not to be, is refused`() async {
    let emulation = Emulation()
    let path = "\(Emulation.base)/computes/cpu?\(Self.version)"
    for (type, text, status, code) in [
      ("application/json", "{", 400, "InvalidRequestContent"),
      ("application/json", "{\"a\": 1, \"a\": 2}", 400, "InvalidRequestContent"),
      ("text/yaml", "{}", 415, "UnsupportedMediaType"),
      ("application/json; charset=utf-8", "{}", 400, "InvalidRequestContent"),
    ] {
      let answer = await emulation.answer(
        EmulatedRequest(
          "PUT", path, headers: ["Authorization": "Bearer x", "Content-Type": type],
          body: Array(text.utf8)))
      #expect(answer.response.status == status, "\(text)")
      #expect(answer.response.code == code, "\(text)")
    }
  }

  @Test func `with a list of workspaces there are no others`() async throws {
    let emulation = Emulation {
      $0.workspaces = [
        EmulatedWorkspace(
          WorkspaceIdentity(
            subscriptionID: Emulation.subscription, resourceGroup: "rg", name: "known",
            location: "northeurope"))
      ]
    }
    let missing = await emulation.ask("GET", "\(Emulation.base)/computes?\(Self.version)")
    #expect(missing.status == 404 && missing.code == "ParentResourceNotFound")
    let bare = await emulation.ask("GET", "\(Emulation.base)?\(Self.version)")
    #expect(bare.status == 404 && bare.code == "ResourceNotFound")
    let known = Emulation.base.replacing("/prod", with: "/KNOWN")
      .replacing("resourceGroups", with: "resourcegroups")
    let found = await emulation.ask("GET", "\(known)?\(Self.version)")
    #expect(found.json["location"] == "northeurope" && found.json["name"] == "known")
    #expect(await emulation.ask("GET", "\(known)/computes?\(Self.version)").status == 200)
  }

  // MARK: Lists

  @Test func `a list comes in pages, and the last has no link`() async throws {
    let emulation = Emulation { $0.pageSize = 3 }
    for index in 1...7 { await emulation.makeCluster("cluster\(index)a") }
    var target = "\(Emulation.base)/computes?\(Self.version)"
    var names: [String] = []
    var pages = 0
    while true {
      let response = await emulation.ask("GET", target)
      let page = try #require(response.json["value"]?.list)
      names += page.compactMap { $0["name"]?.text }
      pages += 1
      guard let link = response.json["nextLink"] else {
        #expect(response.json.map?.keys.contains("nextLink") == false, "not even as null")
        break
      }
      let url = try #require(link.text)
      #expect(url.hasPrefix("http://127.0.0.1:8440/"))
      target = String(url.dropFirst("http://127.0.0.1:8440".count))
      // What is removed meanwhile neither hides nor doubles the rest.
      if pages == 1 {
        _ = await emulation.ask(
          "DELETE",
          "\(Emulation.base)/computes/cluster1a?\(Self.version)&underlyingResourceAction=Delete")
        emulation.wait(60_000)
      }
    }
    #expect(pages == 3)
    #expect(names == (1...7).map { "cluster\($0)a" })
  }

  @Test func `an exact number of pages has no empty last one`() async throws {
    let emulation = Emulation { $0.pageSize = 2 }
    for name in ["aaa", "bbb"] { await emulation.makeCluster(name) }
    let response = await emulation.ask("GET", "\(Emulation.base)/computes?\(Self.version)")
    #expect(response.json["nextLink"] == nil)
  }

  // MARK: Operations

  @Test func `an operation takes its time, and both monitors tell`() async throws {
    let emulation = Emulation { $0.operationMilliseconds = 5_000 }
    let path = "\(Emulation.base)/computes/cpu?\(Self.version)"
    let made = await emulation.ask("PUT", path, Emulation.cluster)
    #expect(made.headers["Retry-After"] == "5")
    let monitor = try made.target("Azure-AsyncOperation")
    #expect(await emulation.ask("GET", monitor).json["status"] == "InProgress")
    let visible = await emulation.ask("GET", path)
    #expect(visible.json[at: "properties.provisioningState"] == "Creating")
    emulation.wait(5_000)
    let done = await emulation.ask("GET", monitor)
    #expect(done.json["status"] == "Succeeded" && done.headers["Retry-After"] == nil)
    #expect(done.json["startTime"] != nil && done.json["endTime"] != nil)

    let going = await emulation.ask("DELETE", path + "&underlyingResourceAction=Delete")
    let result = try going.target("Location")
    let running = await emulation.ask("GET", result)
    #expect(running.status == 202 && running.headers["Location"] != nil)
    emulation.wait(5_000)
    #expect(await emulation.ask("GET", result).status == 200)
    #expect(await emulation.ask("GET", path).status == 404)
  }

  @Test func `the result of a change is the compute`() async throws {
    let emulation = Emulation()
    await emulation.makeCluster("cpu")
    let path = "\(Emulation.base)/computes/cpu?\(Self.version)"
    let patched = await emulation.ask("PATCH", path, ["properties": .map([:])])
    emulation.wait(60_000)
    let result = await emulation.ask("GET", try patched.target("Location"))
    #expect(result.status == 200 && result.json["name"] == "cpu")
  }

  @Test func `a busy compute is in conflict`() async {
    let emulation = Emulation()
    let path = "\(Emulation.base)/computes/box"
    _ = await emulation.ask("PUT", "\(path)?\(Self.version)", Emulation.instance)
    let early = await emulation.ask("POST", "\(path)/stop?\(Self.version)")
    #expect(early.status == 409)
    #expect(early.text.contains("There is already an active operation submitted"))
  }

  // MARK: What older clients read without asking

  @Test func `the keys that older clients need are there, null or not`() async throws {
    let emulation = Emulation()
    await emulation.makeCluster("cpu")
    _ = await emulation.ask(
      "PUT", "\(Emulation.base)/computes/box?\(Self.version)", Emulation.instance)
    emulation.wait(60_000)
    let expected: [String: [String]] = [
      "cpu": ["vmSize", "vmPriority", "scaleSettings", "subnet"],
      "box": ["vmSize", "sshSettings", "createdBy", "errors", "state", "subnet"],
    ]
    for (name, keys) in expected {
      // By the workspace's own host, as the older SDK reads.
      let response = await emulation.ask(
        "GET", "/rp/workspaces\(Emulation.base)/computes/\(name)?api-version=2020-02-02")
      let body = response.json
      for key in ["location", "id", "tags"] { #expect(body[key: key] != nil, "\(key)") }
      for key in [
        "description", "provisioningErrors", "provisioningState", "resourceId",
        "isAttachedCompute", "properties", "createdOn", "modifiedOn",
      ] {
        #expect(body["properties"]?[key: key] != nil, "\(name) \(key)")
      }
      for key in keys {
        #expect(body[at: "properties.properties"]?[key: key] != nil, "\(name) \(key)")
      }
    }
  }

  // MARK: Ids and limits

  @Test func `every answer has ids, and a client's own comes back`() async {
    let emulation = Emulation()
    for target in ["/elsewhere", "\(Emulation.base)/computes?\(Self.version)"] {
      let response = await emulation.ask(
        "GET", target,
        headers: ["Authorization": "Bearer x", "x-ms-client-request-id": "my-id-1"])
      #expect(response.headers["x-ms-request-id"]?.count == 36)
      #expect(response.headers["x-ms-correlation-request-id"]?.count == 36)
      #expect(response.headers["x-ms-client-request-id"] == "my-id-1")
    }
    let strange = await emulation.ask(
      "GET", "/", headers: ["x-ms-client-request-id": "a\r\nSet-Cookie: b"])
    #expect(strange.headers["x-ms-client-request-id"] == nil)
  }

  @Test func `the calls left count down, and are refused beyond only if that is wanted`()
    async throws
  {
    for isEnforced in [false, true] {
      let emulation = Emulation {
        $0.limits.reads = .init(size: 3, perSecond: 1)
        $0.limits.areEnforced = isEnforced
      }
      let header = "x-ms-ratelimit-remaining-subscription-reads"
      let target = "\(Emulation.base)/computes?\(Self.version)"
      var left: [String?] = []
      for _ in 1...3 { left.append(await emulation.ask("GET", target).headers[header]) }
      #expect(left == ["2", "1", "0"])
      let next = await emulation.ask("GET", target)
      #expect(next.status == (isEnforced ? 429 : 200))
      guard isEnforced else { continue }
      let seconds = try #require(next.headers["Retry-After"].flatMap(Int64.init))
      emulation.wait(seconds * 1_000)
      #expect(await emulation.ask("GET", target).status == 200)
    }
  }

  // MARK: Room

  @Test func `workspaces without anything in them make way for others`() async {
    let emulation = Emulation()
    await emulation.makeCluster("cpu")
    var statuses: Set<Int> = []
    for index in 0..<1_100 {
      let base = Emulation.base.replacing("/prod", with: "/prod\(index)")
      statuses.insert(await emulation.ask("GET", "\(base)/computes?\(Self.version)").status)
    }
    #expect(statuses == [200])
    #expect(
      await emulation.ask("GET", "\(Emulation.base)/computes/cpu?\(Self.version)").status == 200)
  }

  @Test func `workspaces with something in them are not without number`() async {
    let emulation = Emulation()
    var last: EmulatedResponse?
    for index in 0...1_000 {
      let base = Emulation.base.replacing("/prod", with: "/prod\(index)")
      last = await emulation.ask(
        "PUT", "\(base)/computes/cpu?\(Self.version)", Emulation.cluster)
    }
    #expect(last?.status == 409)
    #expect(last?.text.contains("workspaces, and there is something in each") == true)
  }

  private static func cluster(padding: Int) -> AttributeValue {
    var body = Emulation.cluster
    body[AttributePath("tags")] = ["padding": .text(String(repeating: "a", count: padding))]
    return body
  }

  @Test func `only what is kept takes room, and all of it`() async {
    let emulation = Emulation { $0.room = (computes: 3, bytes: 100_000) }
    func put(_ name: String, _ body: AttributeValue) async -> Int {
      let path = "\(Emulation.base)/computes/\(name)?\(Self.version)"
      let status = await emulation.ask("PUT", path, body).status
      emulation.wait(60_000)
      return status
    }
    func remove(_ name: String, _ action: String) async {
      let path = "\(Emulation.base)/computes/\(name)?\(Self.version)"
      _ = await emulation.ask("DELETE", path + "&underlyingResourceAction=\(action)")
      emulation.wait(60_000)
    }
    // What is refused takes none.
    var wrong = Self.cluster(padding: 40_000)
    wrong[AttributePath("location")] = nil
    for index in 0..<8 { #expect(await put("wrong\(index)a", wrong) == 400) }
    #expect(await put("one", Self.cluster(padding: 40_000)) == 201)
    #expect(await put("two", Self.cluster(padding: 40_000)) == 201)
    #expect(await put("three", Self.cluster(padding: 40_000)) == 409)
    // A smaller body gives some back.
    #expect(await put("two", Self.cluster(padding: 10)) == 200)
    #expect(await put("three", Self.cluster(padding: 40_000)) == 201)
    #expect(await put("four", Emulation.cluster) == 409, "there are three")
    await remove("three", "Delete")
    #expect(await put("four", Self.cluster(padding: 40_000)) == 201)
    // What a detach leaves behind takes room as well.
    await remove("four", "Detach")
    #expect(await put("five", Self.cluster(padding: 40_000)) == 409)
  }

  // MARK: The name of what was deleted

  @Test(arguments: [(0, "STANDARD_D3_V2"), (3_600, "STANDARD_DS3_V2")])
  func `what is made after a deletion is as it was asked for`(
    remains: Int, size: String
  ) async throws {
    var findings = DiagnosticList()
    let plan = readFaults(
      Array("remains: \(remains)".utf8), file: "faults.yml", reporting: &findings)
    let emulation = Emulation(faults: try #require(plan)) { $0.operationMilliseconds = 1_000 }
    let path = "\(Emulation.base)/computes/cpu?\(Self.version)"
    await emulation.makeCluster("cpu")
    let going = await emulation.ask("DELETE", path + "&underlyingResourceAction=Delete")
    emulation.wait(1_000)
    let monitor = try going.target("Azure-AsyncOperation")
    #expect(await emulation.ask("GET", monitor).json["status"] == "Succeeded")
    #expect(await emulation.ask("GET", path).status == 404)
    var other = Emulation.cluster
    other[AttributePath("properties.properties.vmSize")] = "STANDARD_D3_V2"
    #expect(await emulation.ask("PUT", path, other).status == 201)
    emulation.wait(1_000)
    let made = await emulation.ask("GET", path).json
    #expect(made[at: "properties.properties.vmSize"]?.text == size)
  }
}
