import Emulator
import TargetModel
import Testing

/// Nodes, keys, usages and quotas: consistent with the computes that there are.
struct FactTests {
  private static let version = "api-version=2025-12-01"

  private func usage(_ emulation: Emulation, _ name: String) async throws -> Int? {
    let response = await emulation.ask(
      "GET", "\(Emulation.locations)/westeurope/usages?\(Self.version)")
    let usages = try #require(response.json["value"]?.list)
    return usages.first { $0[at: "name.value"]?.text == name }?["currentValue"]?.integer
  }

  @Test func `usages count the cores of the nodes that there are`() async throws {
    let emulation = Emulation()
    let family = "Standard DSv2 Family Cluster Dedicated vCPUs"
    #expect(try await usage(emulation, family) == 0)
    await emulation.makeCluster("cpu")
    #expect(try await usage(emulation, family) == 8)
    #expect(try await usage(emulation, "Clusters") == 1)
    _ = await emulation.ask(
      "PUT", "\(Emulation.base)/computes/box?\(Self.version)", Emulation.instance)
    emulation.wait(60_000)
    #expect(try await usage(emulation, family) == 12)
    #expect(try await usage(emulation, "Total Cluster Dedicated Regional vCPUs") == 12)
    let elsewhere = await emulation.ask(
      "GET", "\(Emulation.locations)/eastus/usages?\(Self.version)")
    #expect(
      elsewhere.json["value"]?.list?.allSatisfy { $0["currentValue"] == 0 } == true,
      "another region")
  }

  @Test func `usages tell of each workspace and of each compute that uses something`() async throws
  {
    let emulation = Emulation()
    await emulation.makeCluster("cpu")
    let response = await emulation.ask(
      "GET", "\(Emulation.locations)/westeurope/usages?\(Self.version)")
    let usages = try #require(response.json["value"]?.list)
    for (type, id) in [
      ("workspaces", Emulation.base), ("workspaces/computes", "\(Emulation.base)/computes/cpu"),
    ] {
      let type = "Microsoft.MachineLearningServices/\(type)/usages"
      let usage = try #require(usages.first { $0["type"]?.text == type })
      #expect(
        usage["id"]?.text == "\(id)/usages/Standard_DSv2_Family_Cluster_Dedicated_vCPUs")
      #expect(usage["currentValue"] == 8 && usage["amlWorkspaceLocation"] == "westeurope")
    }
  }

  @Test func `limits that are set are told, and too high ones refused`() async throws {
    let emulation = Emulation()
    await emulation.makeCluster("cpu")
    let quotas = "\(Emulation.locations)/westeurope/quotas?\(Self.version)"
    let id = "\(Emulation.base)/quotas/Standard_DSv2_Family_Cluster_Dedicated_vCPUs"
    let update = await emulation.ask(
      "POST", "\(Emulation.locations)/westeurope/updateQuotas?\(Self.version)",
      [
        "value": [
          ["id": .text(id), "limit": 40, "unit": "Count"],
          ["id": .text(id), "limit": 4_000, "unit": "Count"],
          ["id": "/subscriptions/x/quotas/None", "limit": 1],
        ]
      ])
    #expect(
      update.json["value"]?.list?.map { $0["status"]?.text } == [
        "Success", "InvalidQuotaExceedsSubscriptionLimit", "InvalidVMFamilyName",
      ])
    let found = await emulation.ask("GET", quotas).json["value"]?.list?.first {
      $0["id"]?.text == id
    }
    #expect(found?["limit"] == 40)
  }

  @Test func `keys are told to who asks for them, and to nobody else`() async throws {
    let emulation = Emulation()
    let path = "\(Emulation.base)/computes/vm-a"
    _ = await emulation.ask(
      "PUT", "\(path)?\(Self.version)", Emulation.machine(password: "canary-1"))
    emulation.wait(60_000)
    for target in [path, "\(Emulation.base)/computes"] {
      #expect(await !emulation.ask("GET", "\(target)?\(Self.version)").text.contains("canary"))
    }
    let keys = await emulation.ask("POST", "\(path)/listKeys?\(Self.version)")
    #expect(keys.json[at: "administratorAccount.password"] == "canary-1")
    #expect(keys.json["computeType"] == "VirtualMachine")
    _ = await emulation.ask(
      "DELETE", "\(path)?\(Self.version)&underlyingResourceAction=detach")
    emulation.wait(60_000)
    #expect(await emulation.ask("POST", "\(path)/listKeys?\(Self.version)").status == 404)
    await emulation.makeCluster("cpu")
    let none = await emulation.ask(
      "POST", "\(Emulation.base)/computes/cpu/listKeys?\(Self.version)")
    #expect(none.status == 400)
  }

  @Test func `the actions of an instance set what they are for`() async {
    let emulation = Emulation()
    let path = "\(Emulation.base)/computes/box"
    _ = await emulation.ask("PUT", "\(path)?\(Self.version)", Emulation.instance)
    emulation.wait(60_000)
    let preview = "api-version=2023-08-01-preview"
    let schedule: AttributeValue = [
      [
        "status": "Enabled", "action": "Stop", "triggerType": "Cron",
        "cron": ["expression": "0 18 * * *"],
      ]
    ]
    let bodies: [(String, AttributeValue)] = [
      ("updateSchedules", ["computeStartStop": schedule]),
      ("updateIdleShutdownSetting", ["idleTimeBeforeShutdown": "PT120M"]),
      ("customServices", [["name": "rstudio"]]), ("enableSso", ["EnableSSO": false]),
    ]
    for (action, body) in bodies {
      let response = await emulation.ask("POST", "\(path)/\(action)?\(preview)", body)
      #expect(response.status == 200, "\(action)")
    }
    let inner = await emulation.ask("GET", "\(path)?\(preview)").json[at: "properties.properties"]
    #expect(inner?[at: "schedules.computeStartStop"] == schedule)
    #expect(inner?["idleTimeBeforeShutdown"] == "PT120M")
    #expect(inner?["customServices"] == [["name": "rstudio"]])
    #expect(inner?["enableSSO"] == false)
  }

  @Test func `a name that is used is not available`() async {
    let emulation = Emulation()
    await emulation.makeCluster("cpu")
    for (name, isFree) in [("cpu", false), ("CPU", false), ("gpu", true)] {
      let response = await emulation.ask(
        "POST", "\(Emulation.base)/checkComputeNameAvailability?\(Self.version)",
        ["Name": .text(name), "Type": "Microsoft.BatchAI/DataScienceInstance"])
      #expect(response.json["nameAvailable"] == .bool(isFree), "\(name)")
      #expect(response.json["reason"] == (isFree ? nil : "AlreadyExists"))
    }
  }
}
