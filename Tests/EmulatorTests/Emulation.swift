import ComputeKinds
import EmbeddedBackend
import Emulator
import Synchronization
import TargetModel
import TestSupport
import Testing

/// An emulated service with a clock of its own, and short ways to ask it.
final class Emulation: Sendable {
  let service: EmulatedService
  private let clock: SharedClock
  private let recorder = TrafficRecording.write.map {
    Recorder(catalog: .azureML, now: { 0 }, write: $0)
  }

  static let subscription = "00000000-0000-0000-0000-000000000000"
  static let base =
    "/subscriptions/\(subscription)/resourceGroups/rg/providers/"
    + "Microsoft.MachineLearningServices/workspaces/prod"
  static let locations =
    "/subscriptions/\(subscription)/providers/Microsoft.MachineLearningServices/locations"

  init(
    faults: FaultPlan = FaultPlan(), file: EmbeddedWorkspace? = nil,
    start: Int64 = 1_800_000_000_000,
    _ change: (inout EmulatorConfiguration) -> Void = { _ in }
  ) {
    let clock = SharedClock(start)
    self.clock = clock
    var configuration = EmulatorConfiguration(catalog: .azureML)
    change(&configuration)
    service = EmulatedService(
      configuration, file: file, faults: faults, now: { clock.now },
      randomBytes: SeededBytes().bytes)
  }

  /// Lets time go by, in milliseconds.
  func wait(_ milliseconds: Int64) { clock.advance(milliseconds) }

  /// Asks for something, with a bearer token as clients have it.
  func ask(
    _ method: String, _ target: String, _ body: AttributeValue? = nil,
    headers: MessageHeaders = ["Authorization": "Bearer token"]
  ) async -> EmulatedResponse {
    await answer(method, target, body, headers: headers).response
  }

  func answer(
    _ method: String, _ target: String, _ body: AttributeValue? = nil,
    headers: MessageHeaders = ["Authorization": "Bearer token"]
  ) async -> EmulatedAnswer {
    var headers = headers
    if body != nil, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
    return await answer(
      EmulatedRequest(
        method, target, headers: headers, body: Array((body?.canonicalJSON ?? "").utf8),
        origin: "http://127.0.0.1:8440"))
  }

  func answer(_ request: EmulatedRequest) async -> EmulatedAnswer {
    let answer = await service.answer(request)
    recorder?.record(request, answer)
    return answer
  }

  /// Makes a cluster and waits until it is there.
  @discardableResult
  func makeCluster(_ name: String, version: String = "2025-12-01") async -> EmulatedResponse {
    let response = await ask(
      "PUT", "\(Self.base)/computes/\(name)?api-version=\(version)", Self.cluster)
    wait(60_000)
    return response
  }

  static let cluster: AttributeValue = [
    "location": "westeurope",
    "properties": [
      "computeType": "AmlCompute",
      "properties": [
        "vmSize": "STANDARD_DS3_V2",
        "scaleSettings": [
          "minNodeCount": 2, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT120S",
        ],
      ],
    ],
  ]

  static let instance: AttributeValue = [
    "location": "westeurope",
    "properties": [
      "computeType": "ComputeInstance", "properties": ["vmSize": "STANDARD_DS3_V2"],
    ],
  ]

  static func machine(password: String) -> AttributeValue {
    [
      "location": "westeurope",
      "properties": [
        "computeType": "VirtualMachine",
        "resourceId": .text(
          "/subscriptions/\(subscription)/resourceGroups/rg/providers/Microsoft.Compute/"
            + "virtualMachines/vm"),
        "properties": [
          "sshPort": 22,
          "administratorAccount": ["username": "admin", "password": .text(password)],
        ],
      ],
    ]
  }
}

/// A clock that goes when it is told to.
final class SharedClock: Sendable {
  private let time: Mutex<Int64>

  init(_ start: Int64) { time = Mutex(start) }

  var now: Int64 { time.withLock { $0 } }

  func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}

extension EmulatedResponse {
  /// The body as JSON; `.null` for none.
  var json: AttributeValue { (try? AttributeValue(json: body)) ?? .null }

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The code of an error.
  var code: String? { json["error"]?["code"]?.text }

  /// The path and query of a URL in a header.
  func target(_ header: String) throws -> String {
    let url = try #require(headers[header])
    return "/" + (try #require(url.split(separator: "/", maxSplits: 2).last))
  }
}

extension AttributeValue {
  /// The entry at a path of keys with full stops between them.
  subscript(at path: String) -> AttributeValue? { self[AttributePath(path)] }
}
