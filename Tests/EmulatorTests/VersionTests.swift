import Emulator
import TargetModel
import Testing

/// What differs between the versions of the interface (api.md section 2).
struct VersionTests {
  @Test(
    "starting, stopping and restarting answers as each version says",
    arguments: [
      ("2020-06-01", 200, 200), ("2020-08-01", 200, 200), ("2021-01-01", 202, 202),
      ("2021-04-01", 202, 200), ("2021-07-01", 202, 202), ("2022-05-01", 202, 202),
      ("2026-05-01", 202, 202),
    ])
  func power(version: String, start: Int, restart: Int) async throws {
    let emulation = Emulation()
    let path = "\(Emulation.base)/computes/box"
    _ = await emulation.ask("PUT", "\(path)?api-version=\(version)", Emulation.instance)
    for (action, status) in [("stop", start), ("start", start), ("restart", restart)] {
      emulation.wait(60_000)
      let response = await emulation.ask("POST", "\(path)/\(action)?api-version=\(version)")
      #expect(response.status == status, "\(action)")
      #expect((response.headers["Location"] != nil) == (status == 202), "\(action)")
      #expect(response.body.isEmpty)
    }
  }

  @Test func `switching on what is on is answered without a body too`() async {
    let emulation = Emulation()
    let path = "\(Emulation.base)/computes/box"
    _ = await emulation.ask("PUT", "\(path)?api-version=2025-12-01", Emulation.instance)
    emulation.wait(60_000)
    let response = await emulation.ask("POST", "\(path)/start?api-version=2025-12-01")
    #expect(response.status == 202 && response.headers["Location"] != nil)
    #expect(response.body.isEmpty)
  }

  @Test(
    "deleting what is not there is no content, where a version has that",
    arguments: [("2021-04-01", 200), ("2021-07-01", 200), ("2022-05-01", 204), ("2025-12-01", 204)])
  func absent(version: String, status: Int) async {
    let response = await Emulation().ask(
      "DELETE",
      "\(Emulation.base)/computes/none?api-version=\(version)&underlyingResourceAction=Delete")
    #expect(response.status == status)
    #expect(response.body.isEmpty)
  }

  @Test(
    "scale settings stand where a version has them",
    arguments: [
      ("2018-11-19", true, true), ("2021-04-01", true, true), ("2021-07-01", false, true),
      ("2025-12-01", false, true),
    ])
  func patch(version: String, outer: Bool, inner: Bool) async {
    let settings: AttributeValue = [
      "minNodeCount": 0, "maxNodeCount": 9, "nodeIdleTimeBeforeScaleDown": "PT120S",
    ]
    let forms: [(AttributeValue, Bool)] = [
      (["properties": ["scaleSettings": settings]], outer),
      (["properties": ["properties": ["scaleSettings": settings]]], inner),
    ]
    for (body, isTaken) in forms {
      let emulation = Emulation()
      await emulation.makeCluster("cpu", version: version)
      let path = "\(Emulation.base)/computes/cpu?api-version=\(version)"
      let response = await emulation.ask("PATCH", path, body)
      #expect(response.status == 200)
      #expect(response.headers["Azure-AsyncOperation"] != nil)
      emulation.wait(60_000)
      let found = await emulation.ask("GET", path).json
      let most = found[at: "properties.properties.scaleSettings.maxNodeCount"]
      #expect(most == (isTaken ? 9 : 4))
    }
  }

  @Test(
    "the list of sizes has the name that a version gives it",
    arguments: [
      ("2018-11-19", "amlCompute"), ("2021-04-01", "amlCompute"), ("2022-05-01", "value"),
    ])
  func sizes(version: String, key: String) async throws {
    let response = await Emulation().ask(
      "GET", "\(Emulation.locations)/westeurope/vmSizes?api-version=\(version)")
    let sizes = try #require(response.json[key: key]?.list)
    #expect(sizes.count > 10)
    #expect(response.json.map?.count == 1)
    let small = try #require(sizes.first { $0["name"] == "Standard_DS3_v2" })
    #expect(small["vCPUs"] == 4 && small["memoryGB"] == .number(14))
    let prices = small["estimatedVMPrices"]?["values"]?.list
    #expect(prices?.count == (version == "2018-11-19" ? nil : 4))
  }

  @Test(
    "parts that a version does not have are neither taken nor shown",
    arguments: [
      ("2020-08-01", "disableLocalAuth", false), ("2021-04-01", "disableLocalAuth", true),
      ("2025-12-01", "disableLocalAuth", true), ("2022-05-01", "properties.customServices", false),
      ("2024-10-01", "properties.customServices", true),
      ("2025-09-01", "properties.idleTimeBeforeShutdown", false),
      ("2025-12-01", "properties.idleTimeBeforeShutdown", true),
      ("2023-08-01-preview", "properties.idleTimeBeforeShutdown", true),
      ("2026-05-01", "properties.enableRootAccess", false),
      ("2023-08-01-preview", "properties.enableRootAccess", true),
      ("2020-08-01", "properties.lastOperation.operationTrigger", false),
      ("2022-05-01", "properties.lastOperation.operationTrigger", true),
      ("2021-04-01", "properties.enableNodePublicIp", false),
      ("2022-05-01", "properties.enableNodePublicIp", true),
    ])
  func parts(version: String, part: String, isThere: Bool) async {
    let emulation = Emulation()
    var body = Emulation.instance
    body[AttributePath("properties.disableLocalAuth")] = true
    body[AttributePath("properties.properties.customServices")] = [["name": "a"]]
    body[AttributePath("properties.properties.idleTimeBeforeShutdown")] = "PT60M"
    body[AttributePath("properties.properties.enableRootAccess")] = true
    let path = "\(Emulation.base)/computes/box?api-version="
    _ = await emulation.ask("PUT", path + version, body)
    emulation.wait(60_000)
    let shown = await emulation.ask("GET", path + version).json
    #expect((shown[at: "properties.\(part)"] != nil) == isThere)
    // What was not taken does not come up in a version that has it either.
    let latest = await emulation.ask("GET", path + "2026-05-15-preview").json
    let sent = latest[at: "properties.\(part)"] ?? .null
    let isSentLater = part.contains("Services") || part.contains("idle") || part.contains("Root")
    if !isThere, isSentLater { #expect(sent == .null || sent == true) }
  }

  @Test(
    "the rest of a list is asked for by the name that a version gives its mark",
    arguments: [
      ("2018-11-19", "$skiptoken"), ("2020-08-01", "$skiptoken"), ("2021-04-01", "$skip"),
      ("2025-12-01", "$skip"),
    ])
  func pages(version: String, parameter: String) async throws {
    let emulation = Emulation { $0.pageSize = 1 }
    for name in ["one", "two"] { await emulation.makeCluster(name, version: version) }
    let path = "\(Emulation.base)/computes?api-version=\(version)"
    let first = await emulation.ask("GET", path).json
    let link = try #require(first["nextLink"]?.text)
    let mark = try #require(link.split(separator: "=").last)
    #expect(link.contains("%24\(parameter.dropFirst())="))
    let second = await emulation.ask("GET", "\(path)&\(parameter)=\(mark)").json
    #expect(second["value"]?.list?.map { $0["name"] } == ["two"])
    #expect(second["nextLink"] == nil)
  }

  @Test(
    "a client says where a compute is, where a version lets it",
    arguments: [
      ("2021-07-01", true), ("2022-05-01", false), ("2022-06-01-preview", false),
      ("2025-12-01", true),
    ])
  func location(version: String, isTaken: Bool) async {
    let emulation = Emulation()
    var body = Emulation.cluster
    body[AttributePath("properties.computeLocation")] = "northeurope"
    let path = "\(Emulation.base)/computes/cpu?api-version=\(version)"
    _ = await emulation.ask("PUT", path, body)
    emulation.wait(60_000)
    let found = await emulation.ask("GET", path).json[at: "properties.computeLocation"]
    #expect(found == (isTaken ? "northeurope" : "westeurope"))
  }

  @Test func `the first version deletes without being told what`() async {
    let emulation = Emulation()
    for (version, status) in [("2018-03-01-preview", 202), ("2018-11-19", 400)] {
      await emulation.makeCluster("cpu", version: version)
      let response = await emulation.ask(
        "DELETE", "\(Emulation.base)/computes/cpu?api-version=\(version)")
      #expect(response.status == status, "\(version)")
      emulation.wait(60_000)
    }
  }

  @Test("every version of the table lists, makes, reads and removes", arguments: versions)
  func everyVersion(version: String) async throws {
    let emulation = Emulation()
    let computes = "\(Emulation.base)/computes"
    let made = await emulation.makeCluster("cpu", version: version)
    #expect(made.status == 201)
    #expect(made.headers["Azure-AsyncOperation"] != nil)
    let again = await emulation.makeCluster("cpu", version: version)
    #expect(again.status == 200)
    #expect(again.headers["Azure-AsyncOperation"] != nil, "the older SDK needs it on 200 too")
    let list = await emulation.ask("GET", "\(computes)?api-version=\(version)")
    #expect(list.json["value"]?.list?.count == 1)
    let nodes = await emulation.ask("POST", "\(computes)/cpu/listNodes?api-version=\(version)")
    #expect(nodes.json["nodes"]?.list?.count == 2)
    // The description of these versions chooses the form of the list by it.
    #expect((nodes.json["computeType"] == "AmlCompute") == (version < "2021-07-01"))
    for fact in ["vmSizes", "usages", "quotas"] {
      let response = await emulation.ask(
        "GET", "\(Emulation.locations)/westeurope/\(fact)?api-version=\(version)")
      #expect(response.status == 200, "\(fact)")
    }
    #expect(await emulation.ask("GET", "\(Emulation.base)?api-version=\(version)").status == 200)
    let gone = await emulation.ask(
      "DELETE", "\(computes)/cpu?api-version=\(version)&underlyingResourceAction=delete")
    #expect(gone.status == 202)
    #expect(gone.headers["Azure-AsyncOperation"] != nil && gone.headers["Location"] != nil)
    emulation.wait(60_000)
    let after = await emulation.ask("GET", "\(computes)/cpu?api-version=\(version)")
    #expect(after.status == 404 && after.code == "ResourceNotFound")
  }

  static let versions = [
    "2018-03-01-preview", "2018-11-19", "2020-02-02", "2020-06-01", "2020-08-01", "2021-01-01",
    "2021-03-01-preview", "2021-04-01", "2021-07-01", "2022-05-01", "2022-06-01-preview",
    "2023-08-01-preview", "2024-10-01", "2025-12-01", "2026-05-01", "2026-05-15-preview",
  ]

  @Test func `a version that there is not is refused with those that there are`() async {
    let emulation = Emulation()
    let none = await emulation.ask("GET", "\(Emulation.base)/computes")
    #expect(none.status == 400 && none.code == "MissingApiVersionParameter")
    let empty = await emulation.ask("GET", "\(Emulation.base)/computes?api-version=")
    #expect(empty.code == "MissingApiVersionParameter")
    let unknown = await emulation.ask("GET", "\(Emulation.base)/computes?api-version=2199-01-01")
    #expect(unknown.status == 400 && unknown.code == "InvalidApiVersionParameter")
    for version in Self.versions { #expect(unknown.text.contains(version)) }
  }
}
