import AzureBackend
import Commands
import ComputeKinds
import Diagnostics
import Foundation
import HTTPExchange
import SimulatorBackend
import TargetModel
import TestSupport
import Testing

/// The commands, over a service in process.
struct CommandTests {
  private static let endpoint = "https://127.0.0.1:8443"

  /// A stack in a folder of its own, with its workspace at a fake service.
  private struct Stack: ~Copyable {
    let folder: URL
    let service: FakeService
    let clock: TestClock
    let output = Heard()

    init(
      backend: String = "endpoint: \(endpoint)\n  auth: {type: none}",
      fault: @escaping @Sendable (FakeService.Call) -> FakeService.Fault? = { _ in nil }
    ) throws {
      folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("berth-azure-\(UUID().uuidString)")
      clock = TestClock()
      let identity = WorkspaceIdentity(
        subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "rg", name: "prod",
        location: "westeurope")
      service = FakeService(
        SimulatorConfiguration(workspace: identity, catalog: .azureML), at: endpoint, clock: clock,
        fault: fault)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try write(
        """
        stack: ml-prod
        workspace:
          subscription_id: \(identity.subscriptionID)
          resource_group: rg
          name: prod
          location: westeurope
        backend:
          type: azure
          \(backend)

        """, to: "berth.yaml")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func write(_ text: String, to file: String) throws {
      try Data(text.utf8).write(to: folder.appendingPathComponent(file))
    }

    /// Runs a command; its status, and all that it said.
    func run(_ words: String...) async -> (status: Int32, text: String) { await run(words) }

    func run(_ words: [String]) async -> (status: Int32, text: String) {
      let heard = Heard()
      let console = Console {
        heard.add($0)
        return nil
      }
      let clock = clock
      let context = CommandContext(
        environment: ["BERTH_FINGERPRINT_KEY": "0123456789abcdef"], workingDirectory: folder.path,
        output: console, messages: console, readLine: { nil }, readInput: { _ in .success([]) },
        canAsk: false, outputTerminal: TerminalFacts(isTerminal: false),
        messageTerminal: TerminalFacts(isTerminal: false), clock: clock,
        now: { 1_700_000_000_000 + Int64(clock.now.offset / .milliseconds(1)) },
        randomBytes: SeededBytes().bytes, who: { "ana@test" }, signals: .silent,
        leaveAtOnce: { _ in },
        network: Network(service))
      let status = await BerthProgram.run(words, in: context)
      return (status.rawValue, heard.all.joined())
    }
  }

  private static let cluster = """
    name: cpu-cluster
    type: amlcompute
    size: STANDARD_DS3_V2
    max_instances: 4
    """

  @Test func `a stack lives its life at a service`() async throws {
    let stack = try Stack()
    try stack.write(Self.cluster, to: "cluster.yml")
    try stack.write(
      """
      name: notebooks
      type: computeinstance
      size: STANDARD_DS3_V2
      idle_time_before_shutdown_minutes: 60
      """, to: "instance.yml")
    let plan = await stack.run("plan", "--detailed-exitcode")
    #expect(plan.status == 2 && plan.text.contains("Plan: 2 to add"), "\(plan.text)")
    let apply = await stack.run("apply", "--auto-approve", "--lock=false")
    #expect(apply.status == 0 && apply.text.contains("Apply complete!"), "\(apply.text)")
    let again = await stack.run("plan", "--detailed-exitcode")
    #expect(again.status == 0, "\(again.text)")

    try stack.write(
      Self.cluster.replacing("max_instances: 4", with: "max_instances: 8"), to: "cluster.yml")
    let update = await stack.run("apply", "--auto-approve", "--lock=false")
    #expect(update.status == 0 && update.text.contains("1 changed"), "\(update.text)")
    let drift = await stack.run("drift", "--detailed-exitcode")
    #expect(drift.status == 0, "\(drift.text)")
    let list = await stack.run("list")
    #expect(list.text.contains("amlcompute.cpu-cluster"), "\(list.text)")

    let destroy = await stack.run("destroy", "--auto-approve", "--lock=false")
    #expect(destroy.status == 0 && destroy.text.contains("2 destroyed"), "\(destroy.text)")
    let empty = await stack.run("list", "--json")
    #expect(!empty.text.contains("cpu-cluster"), "\(empty.text)")
  }

  @Test func `an apply tells how long the service's limit made it wait`() async throws {
    let stack = try Stack(fault: { call in
      call.request.method == .put && call.number < 8
        ? .answer(.refusal(429, "TooManyRequests", headers: ["Retry-After": "41"])) : nil
    })
    try stack.write(Self.cluster, to: "cluster.yml")
    let apply = await stack.run("apply", "--auto-approve", "--lock=false")
    #expect(apply.status == 0, "\(apply.text)")
    let told = apply.text.firstMatch(of: /Of the time, (\S+) was spent waiting/)
    #expect(told != nil, "\(apply.text)")
  }

  @Test func `a lost answer is settled by reading`() async throws {
    let stack = try Stack(fault: { call in
      call.request.method == .put && call.number < 6
        ? .failureAfterEffect(HTTPFailure(.cut, mayHaveArrived: true, message: "Cut.")) : nil
    })
    try stack.write(Self.cluster, to: "cluster.yml")
    let apply = await stack.run("apply", "--auto-approve", "--lock=false")
    #expect(apply.status == 0, "\(apply.text)")
    #expect(await stack.service.calls.count { $0.request.method == .put } == 1)
  }

  @Test func `a denial is told with what to do and the request's id`() async throws {
    let stack = try Stack(fault: { _ in .answer(.refusal(403, "AuthorizationFailed", "No role.")) })
    try stack.write(Self.cluster, to: "cluster.yml")
    let plan = await stack.run("plan")
    #expect(plan.status == 1)
    let text = plan.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      text.contains("No role (AuthorizationFailed). Whoever Berth signs in as"), "\(plan.text)")
    #expect(text.contains("Request id: r-refused."))
  }

  @Test func `T31 what a service says is shown in letters only`() async throws {
    let hostile = "No\u{1B}]0;x\u{7}\u{9B}5i\u{202E}\u{1B}[2J role.\r\n::error::spoof"
    let faults: [@Sendable (FakeService.Call) -> FakeService.Fault?] = [
      { _ in .answer(.refusal(403, hostile, hostile)) },
      { $0.request.method == .put ? .answer(.refusal(400, hostile, hostile)) : nil },
      { $0.request.method == .put ? .answer(.refusal(409, hostile, hostile)) : nil },
      { $0.isMonitor ? .answer(.refusal(404, hostile, hostile)) : nil },
      {
        $0.isList
          ? .answer(
            HTTPResponse(
              200,
              body: Array(
                AttributeValue.map([
                  "value": [
                    [
                      "id": .text("/x/\(hostile)"), "name": .text(hostile),
                      "location": .text(hostile), "tags": .map([hostile: .text(hostile)]),
                      "properties": [
                        "computeType": .text(hostile), "provisioningState": .text(hostile),
                      ],
                    ]
                  ]
                ]).canonicalJSON.utf8))) : nil
      },
    ]
    for (index, fault) in faults.enumerated() {
      let stack = try Stack(fault: fault)
      try stack.write(Self.cluster, to: "cluster.yml")
      for words in [["plan"], ["apply", "--auto-approve", "--lock=false"], ["list"], ["drift"]] {
        let text = await stack.run(words).text
        let bad = text.replacing("\n", with: "").unicodeScalars.filter(\.isInvisible)
        #expect(bad.isEmpty, "\(index) \(words): \(text.debugDescription)")
        #expect(
          !text.split(separator: "\n").contains { $0.hasPrefix("::") }, "\(index) \(words): \(text)"
        )
      }
    }
  }

  @Test func `an endpoint elsewhere is refused before anything is sent`() async throws {
    let stack = try Stack(backend: "endpoint: https://evil.example")
    try stack.write(Self.cluster, to: "cluster.yml")
    let plan = await stack.run("plan")
    #expect(plan.status == 1 && plan.text.contains("[endpoint-not-allowed]"), "\(plan.text)")
    #expect(plan.text.contains("berth.yaml:9"), "\(plan.text)")
    #expect(await stack.service.calls.isEmpty)
  }

  @Test func `the portal's commands are for the embedded workspace alone`() async throws {
    let stack = try Stack()
    try stack.write(Self.cluster, to: "cluster.yml")
    let show = await stack.run("workspace", "show")
    #expect(show.status == 1 && show.text.contains("is in Azure"), "\(show.text)")
    let locks = await stack.run("lock", "list")
    #expect(locks.status == 0, "\(locks.text)")
  }

  @Test func `the lock is taken, and its reach is told`() async throws {
    let stack = try Stack()
    try stack.write(Self.cluster, to: "cluster.yml")
    let apply = await stack.run("apply", "--auto-approve", "--target", "amlcompute.nobody")
    #expect(apply.text.contains("Only applies of this folder"), "\(apply.text)")
  }
}
