import ComputeService
import SimulatorBackend
import TargetModel
import TestSupport
import Testing

/// Whatever is asked of it in whatever order, the service answers, and its world makes sense.
@Suite struct RandomSequenceTests {
  @Test(arguments: 0..<300 as Range<UInt64>)
  func `no sequence of requests traps or breaks an invariant`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var world = World(seed.isMultiple(of: 2) ? .invented : .azureML)
    for step in 0..<60 {
      let request = Self.request(&random)
      let fate = Self.fate(&random)
      if Int.random(in: 0..<12, using: &random) == 0 {
        try? world.service.set(
          Self.name(&random), assignments: ["tags.a=\(step)", "provisioning_state=Failed"],
          at: world.time)
      }
      let response = try world.send(request, fate: fate)
      #expect((200..<500).contains(response.status), "seed \(seed), step \(step): \(request)")
      if response.status >= 400 { #expect(response.code != nil, "seed \(seed), step \(step)") }
      if let id = response.operation {
        #expect(try world.send(.operation(id: id)).isSuccess, "seed \(seed), step \(step)")
      }
      check(&world, "seed \(seed), step \(step)")
      world.time += Int64.random(in: 0...300, using: &random)
    }
  }

  private func check(_ world: inout World, _ place: String) {
    let store = world.service.store
    let computes = store.computes()
    let hasSecret = computes.contains { $0.body.canonicalJSON.contains("canary") }
    #expect(!hasSecret, "\(place): a secret was stored")
    for compute in computes {
      let state = compute.body[AttributePath("properties.provisioningState")]?.text
      let operation = compute.operation.flatMap(store.operation)
      #expect((operation != nil) == (compute.operation != nil), "\(place): \(compute.name)")
      #expect(operation?.isDone != true, "\(place): \(compute.name) waits for what is over")
      if operation == nil {
        #expect(
          ["Succeeded", "Failed"].contains(state),
          "\(place): \(compute.name) rests as \(state ?? "")")
      }
      if compute.isBroken, operation == nil {
        #expect(state == "Failed", "\(place): \(compute.name)")
      }
    }
    let holders = computes.filter { $0.isInEffect && !$0.isBroken }
    for (index, holder) in holders.enumerated() {
      for other in holders[(index + 1)...] {
        guard let one = holder.resource, let two = other.resource else { continue }
        #expect(!one.clashes(with: two), "\(place): \(holder.name) and \(other.name) hold the same")
      }
    }
  }

  // MARK: What is asked

  private static func name(_ random: inout SeededRandom) -> String {
    ["alpha", "Beta", "gamma", "no", "bad-1"].randomElement(using: &random) ?? ""
  }

  private static func fate(_ random: inout SeededRandom) -> OperationFate {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: .fails(code: "Broken", message: "as asked")
    case 1: .takes(Int64.random(in: 0...1_000, using: &random))
    case 2: .hangs
    default: .succeeds
    }
  }

  private static func request(_ random: inout SeededRandom) -> ServiceRequest {
    let name = name(&random)
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return .list
    case 1: return .get(name: name)
    case 2: return .delete(name: name, .delete)
    case 3, 4: return .delete(name: name, .detach)
    case 5:
      let action = ["start", "stop", "restart", "updateSchedules", "dance"]
      return .action(
        name: name, action: action.randomElement(using: &random) ?? "", body: value(&random, 2))
    case 6: return .patch(name: name, body: body(&random))
    case 7: return .operation(id: "op-000000000\(Int.random(in: 0...9, using: &random))")
    default: return .put(name: name, body: body(&random))
    }
  }

  private static func body(_ random: inout SeededRandom) -> AttributeValue {
    var body: AttributeValue = [
      "location": "westeurope",
      "properties": [
        "computeType": .text(
          [
            "Pool", "Link", "SharedLink", "Box", "AmlCompute", "ComputeInstance", "AKS",
            "Kubernetes", "VirtualMachine", "SynapseSpark", "Wheel",
          ].randomElement(using: &random) ?? "")
      ],
    ]
    if Bool.random(using: &random) {
      let cluster = "Microsoft.ContainerService/managedClusters"
      body["properties.resourceId"] = .text(
        resource("r\(Int.random(in: 0...1, using: &random))", type: cluster))
    }
    for path in [
      "size", "count", "tls", "namespace", "vmSize", "scaleSettings.minNodeCount", "sshPort",
      "administratorAccount.username", "sslConfiguration", "agentCount", "address",
    ] where Int.random(in: 0..<3, using: &random) == 0 {
      body[AttributePath("properties.properties.\(path)")] = value(&random, 2)
    }
    if Int.random(in: 0..<8, using: &random) == 0 {
      body["properties.properties"] = value(&random, 3)
    }
    switch body[AttributePath("properties.computeType")] {
    case "Link": body["properties.properties.password"] = "canary"
    case "VirtualMachine":
      body["properties.properties.administratorAccount.password"] = "canary"
    case "AKS": body["properties.properties.sslConfiguration.key"] = "canary"
    default: break
    }
    if Int.random(in: 0..<8, using: &random) == 0 { body["identity"] = value(&random, 3) }
    if Int.random(in: 0..<8, using: &random) == 0 { body["tags"] = value(&random, 1) }
    return body
  }

  private static func value(_ random: inout SeededRandom, _ depth: Int) -> AttributeValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
    case 0: .null
    case 1: .bool(true)
    case 2: .integer(Int.random(in: -1...200, using: &random))
    case 3: .integer(.max)
    case 4, 5:
      .text(["a", "STANDARD_D2_V2", "", "h.example.com"].randomElement(using: &random) ?? "")
    case 6: .list([value(&random, depth - 1)])
    default:
      .map(["type": value(&random, depth - 1), "status": value(&random, depth - 1)])
    }
  }
}
