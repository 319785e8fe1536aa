import BackendInterface
import ComputeKinds
import HTTPExchange
import SimulatorBackend
import Synchronization
import TargetModel
import TestSupport
import Testing

@testable import AzureBackend

private let marks = OwnershipMarks(stack: "ours", applied: "0123456789abcdef0123456789abcdef")

@Test func `a write goes once, however it fails`() async throws {
  let faults: [(FakeService.Fault, BackendFailure.Class, mayHaveArrived: Bool)] = [
    (.answer(.refusal(500, "InternalServerError")), .retryable, true),
    (.answer(HTTPResponse(502, body: Array("<html>".utf8))), .retryable, true),
    (.failure(HTTPFailure(.cut, mayHaveArrived: true, message: "Cut.")), .retryable, true),
    (.failure(HTTPFailure(.malformed, mayHaveArrived: true, message: "Odd.")), .retryable, true),
    (
      .failure(HTTPFailure(.notConnected, mayHaveArrived: false, message: "Nobody.")), .retryable,
      false
    ),
    (
      .failure(HTTPFailure(.untrusted, mayHaveArrived: false, message: "No proof.")), .fatal, false
    ),
    (.answer(.refusal(409, "AnotherOperationInProgress")), .conflict, true),
  ]
  for (fault, expected, mayHaveArrived) in faults {
    let azure = try AzureWorld(fault: { $0.request.method == .put ? fault : nil })
    let failure = try await failure { () async throws(BackendFailure) in
      try await azure.workspace.submit(
        .create(ComputeTarget(.inventedPool, "pool"), marks: marks))
    }
    #expect(failure.failureClass == expected)
    #expect(failure.mayHaveArrived == mayHaveArrived)
    #expect(await azure.service.calls.count { $0.request.method == .put } == 1)
  }
}

@Test func `F17 a write is waited for no longer than its lease covers it`() async throws {
  let azure = try AzureWorld()
  _ = try await azure.workspace.submit(.create(ComputeTarget(.inventedPool, "pool"), marks: marks))
  let put = try #require(await azure.service.calls.first { $0.request.method == .put })
  #expect(put.patience <= LeaseTimes().call)
}

@Test func `F17 what was read before a write takes its time away, and a late one is not sent`()
  async throws
{
  for (wait, leaves) in [(20, true), (28, false)] {
    // What is asked for when the removal reads its target.
    let waits = Mutex(0)
    let azure = try AzureWorld(fault: { _ in
      let seconds = waits.withLock { seconds in
        defer { seconds = 0 }
        return seconds
      }
      return seconds == 0
        ? nil : .answer(.refusal(429, "TooManyRequests", headers: ["Retry-After": "\(seconds)"]))
    })
    try await azure.carryOut(.create(ComputeTarget(.inventedPool, "pool"), marks: marks))
    waits.withLock { $0 = wait }
    let began = azure.clock.now.offset
    do throws(BackendFailure) {
      _ = try await azure.workspace.submit(.delete(name: "pool"))
      #expect(leaves)
    } catch {
      #expect(!leaves && error.code == "TooLate" && !error.mayHaveArrived)
      #expect(error.failureClass == .throttled(retryAfter: .zero))
    }
    let sent = await azure.service.calls.first { $0.request.method == .delete }
    #expect((sent != nil) == leaves)
    if let sent { #expect(sent.time + sent.patience - began <= LeaseTimes().call) }
  }
}

@Test func `what was made is never detached, and what was attached never deleted`() async throws {
  let azure = try AzureWorld()
  let pool = ComputeTarget(.inventedPool, "pool")
  let link = ComputeTarget(.inventedLink, "link", ["resource_id": .text(resourceOne)])
  try await azure.carryOut(.create(pool, marks: marks))
  try await azure.carryOut(.attach(link, marks: marks))
  for request in [WriteRequest.detach(name: "pool"), .delete(name: "link")] {
    let failure = try await failure { () async throws(BackendFailure) in
      try await azure.workspace.submit(request)
    }
    #expect(failure.code == "WrongRemoval" && failure.failureClass == .invalid)
  }
  #expect(await !azure.service.calls.contains { $0.request.method == .delete })
  try await azure.carryOut(.delete(name: "pool"))
  try await azure.carryOut(.detach(name: "link"))
  let removals = await azure.service.calls.filter { $0.request.method == .delete }
    .map { $0.request.url.target.suffix(6) }
  #expect(removals == ["Delete", "Detach"])
}

@Test func `an instance is changed by its actions and never by a PUT`() async throws {
  let azure = try AzureWorld()
  var box = ComputeTarget(.inventedBox, "box")
  try await azure.carryOut(.create(box, marks: marks))
  let before = await azure.service.calls.count
  box["idle"] = 60
  try await azure.carryOut(.update(box, fields: ["idle"], marks: marks))
  let writes = await azure.service.calls.dropFirst(before).filter { !$0.request.method.isRead }
  #expect(writes.map { $0.path.split(separator: "/").last } == ["setIdle"])
  #expect(writes.first.map { String(decoding: $0.request.body, as: UTF8.self) } == #"{"idle":60}"#)
  let slot = try #require(box.kind.slot("idle"))
  #expect(try await azure.workspace.read("box")?.attributes[slot] == 60)
}

@Test func `an action whose change is there already is not sent again`() async throws {
  let azure = try AzureWorld()
  var box = ComputeTarget(.inventedBox, "box")
  box["idle"] = 60
  try await azure.carryOut(.create(box, marks: marks))
  let before = await azure.service.calls.count
  try await azure.carryOut(.update(box, fields: ["idle"], marks: marks))
  #expect(await azure.service.calls.dropFirst(before).allSatisfy { $0.request.method.isRead })
}

@Test func `an update sends back nothing that only the service sets`() async throws {
  let azure = try AzureWorld(.azureML)
  let kind = try #require(KindCatalog.azureML["amlcompute"])
  var cluster = ComputeTarget(
    kind, "cpu-cluster", ["min_instances": 0, "max_instances": 4, "tags": ["team": "a"]])
  try await azure.carryOut(.create(cluster, marks: marks))
  cluster["max_instances"] = 8
  try await azure.carryOut(.update(cluster, fields: ["max_instances"], marks: marks))
  let put = try #require(await azure.service.calls.last { $0.request.method == .put })
  let body = try AttributeValue(json: put.request.body)
  let keys = Set((body.map ?? [:]).keys)
  #expect(keys.isSubset(of: ["location", "tags", "properties", "identity"]))
  for path: AttributePath in [
    "properties.provisioningState", "properties.createdOn", "properties.isAttachedCompute",
    "properties.properties.allocationState", "properties.properties.currentNodeCount",
  ] {
    #expect(body[path] == nil, "\(path)")
  }
  #expect(body["properties.properties.scaleSettings.maxNodeCount"] == 8)
  #expect(body["tags.team"] == "a")
  #expect(put.request.url.target.hasSuffix("/computes/cpu-cluster?api-version=2025-12-01"))
}

@Test func `a token that is refused is replaced once`() async throws {
  let tokens = NumberedTokens()
  let azure = try AzureWorld(authorization: tokens)
  await azure.service.set(acceptedToken: "token-2")
  try await azure.carryOut(.create(ComputeTarget(.inventedPool, "pool"), marks: marks))
  #expect(tokens.challenges.all.count == 1)
  #expect(tokens.challenges.all.first?.contains("claims=") == true)
  await azure.service.set(acceptedToken: "token-9")
  let failure = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.list()
  }
  #expect(failure.failureClass == .denied)
  #expect(tokens.challenges.all.count == 2)
}

@Test func `operations are told by any of the three monitors`() async throws {
  let pool = ComputeTarget(.inventedPool, "pool")
  let changes: [(String, @Sendable (inout HTTPHeaders) -> Void)] = [
    ("#status", { _ in }),
    (
      "#location",
      { headers in
        headers["Location"] = headers["Azure-AsyncOperation"].map { $0 + "&face=location" }
        headers["Azure-AsyncOperation"] = nil
      }
    ),
    ("#target", { $0["Azure-AsyncOperation"] = nil }),
  ]
  for (mark, change) in changes {
    let azure = try AzureWorld(fault: { call in
      call.request.method == .delete ? .headers(change) : nil
    })
    try await azure.carryOut(.create(pool, marks: marks))
    let handle = try await azure.workspace.submit(.delete(name: "pool"))
    #expect(handle.reference?.hasSuffix(mark) == true)
    var polls = 0
    while case .running = try await azure.workspace.status(of: handle), polls < 100 {
      polls += 1
      try await azure.clock.sleep(for: .milliseconds(50))
    }
    #expect(polls > 0 && polls < 100)
    #expect(try await azure.workspace.read("pool") == nil)
  }
}

@Test(arguments: [
  (200, #"{"status":"Succeeded"}"#, "succeeded"), (200, #"{"status":"InProgress"}"#, "running"),
  (200, #"{"status":"Zooming"}"#, "running"), (202, "", "running"),
  (200, #"{"status":"CANCELED"}"#, "failed CANCELED"),
  (200, #"{"status":"Failed","error":{"error":{"code":"A","message":"b"}}}"#, "failed A"),
  (200, #"{"status":"Failed","error":{"code":"OK","statusCode":200}}"#, "failed Failed"),
  (200, "<html>", "thrown UnexpectedAnswer"), (200, "", "thrown UnexpectedAnswer"),
  (200, #"{"status":7}"#, "thrown UnexpectedAnswer"), (404, "", "thrown UnexpectedAnswer"),
  (410, "", "thrown HTTP 410"), (404, #"{"error":{"code":"NotFound"}}"#, "thrown NotFound"),
])
func `a status resource is a hint, and nonsense is none`(
  status: Int, body: String, expected: String
) {
  let answer = ServiceAnswer(HTTPResponse(status, body: Array(body.utf8)))
  let told: String
  do throws(BackendFailure) {
    switch try OperationMonitor(teller: .status, target: "/x").status(answer) {
    case .succeeded: told = "succeeded"
    case .running: told = "running"
    case .failed(let failure): told = "failed \(failure.code)"
    }
  } catch {
    told = "thrown \(error.code)"
  }
  #expect(told == expected)
}

@Test func `an operation's failure has the table's advice and the id of the request`() throws {
  let json = #"{"status":"Failed","error":{"code":"QuotaExceeded","message":"No cores left."}}"#
  let answer = ServiceAnswer(
    HTTPResponse(200, headers: ["x-ms-request-id": "r-7"], body: Array(json.utf8)))
  for teller in [OperationMonitor.Teller.status, .location] {
    guard
      case .failed(let failure) = try OperationMonitor(teller: teller, target: "/x").status(answer)
    else {
      Issue.record("It did not fail.")
      continue
    }
    #expect(failure.failureClass == .invalid && failure.code == "QuotaExceeded")
    #expect(failure.requestID == "r-7" && failure.message == "No cores left.")
    #expect(failure.advice?.contains("more quota") == true)
  }
}

@Test func `what is missing beside the workspace makes a write wrong and nothing more`()
  async throws
{
  let pool = ComputeTarget(.inventedPool, "pool")
  let gone =
    "The Resource 'Microsoft.Compute/virtualMachines/vm' under resource group 'g' was not "
    + "found."
  for request in [WriteRequest.create(pool, marks: marks), .start(name: "pool")] {
    let azure = try AzureWorld(fault: { call in
      call.request.method.isRead ? nil : .answer(.refusal(404, "ResourceNotFound", gone))
    })
    let failure = try await failure { () async throws(BackendFailure) in
      try await azure.workspace.submit(request)
    }
    #expect(failure.failureClass == .invalid && failure.message == gone)
    #expect(failure.advice == nil && failure.requestID == "r-refused")
  }
  let azure = try AzureWorld(fault: { call in
    call.request.method == .put ? .answer(.refusal(404, "ParentResourceNotFound")) : nil
  })
  let failure = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.submit(.create(pool, marks: marks))
  }
  #expect(failure.failureClass == .absent)
}

@Test(arguments: ["ResourceNotFound", "ComputeNotFound", "NotFound"])
func `what is gone by the time of its removal is removed`(code: String) async throws {
  let azure = try AzureWorld(fault: { call in
    call.request.method == .delete ? .answer(.refusal(404, code, "No compute 'pool'.")) : nil
  })
  try await azure.carryOut(.create(ComputeTarget(.inventedPool, "pool"), marks: marks))
  #expect(try await azure.workspace.submit(.delete(name: "pool")) == .finished)
}

@Test func `credentials that were changed elsewhere show as another fingerprint`() async throws {
  let kind = try #require(KindCatalog.azureML["virtualmachine"])
  let vm = machine(kind, "vm-one", machineOne)
  var applied = marks
  applied.secrets = ["ssh_settings.admin_password": "canary-one's"]
  let azure = try AzureWorld(
    .azureML,
    configure: {
      $0.fingerprint = { _, _, secret in String(secret.reveal().reversed()) }
    },
    fault: { call in
      guard call.path.hasSuffix("/listKeys") else { return nil }
      let keys =
        #"{"computeType":"VirtualMachine","administratorAccount":{"password":"canary-two"}}"#
      return .answer(HTTPResponse(200, body: Array(keys.utf8)))
    })
  try await azure.carryOut(.attach(vm, marks: applied))
  let shown = try #require(try await azure.workspace.read("vm-one"))
  #expect(shown.marks.secrets["ssh_settings.admin_password"] == "owt-yranac")
  #expect(!String(reflecting: shown).contains("canary"))
}

@Test func `a field that only previews have is refused where it would be dropped`() async throws {
  let path: AttributePath = "properties.properties.enableRootAccess"
  for (version, asksFor, isSent) in [
    ("2025-12-01", AttributeValue.bool(true), false), ("2025-12-01", nil, false),
    ("2026-05-15-preview", true, true), ("2026-05-15-preview", false, true),
  ] as [(String, AttributeValue?, Bool)] {
    let azure = try AzureWorld(.azureML) { $0.apiVersion = version }
    let box = ComputeTarget(
      .computeInstance, "box", asksFor.map { ["enable_root_access": $0] } ?? [:])
    _ = try await azure.workspace.submit(.create(box, marks: marks))
    let put = try #require(await azure.service.calls.last { $0.request.method == .put })
    let body = try AttributeValue(json: put.request.body)
    #expect(isSent ? body[path] == asksFor : body[path] == nil)
  }
  let azure = try AzureWorld(.azureML)
  let box = ComputeTarget(.computeInstance, "box", ["enable_root_access": false])
  let failure = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.submit(.create(box, marks: marks))
  }
  #expect(failure.code == "PreviewOnly" && failure.message.contains("enable_root_access"))
  #expect(await azure.service.calls.isEmpty)
}

@Test func `credentials are asked for once, and once more after a write`() async throws {
  let kind = try #require(KindCatalog.azureML["virtualmachine"])
  var applied = marks
  applied.secrets = ["ssh_settings.admin_password": "applied"]
  let azure = try AzureWorld(
    .azureML, configure: { $0.fingerprint = { _, _, secret in secret.reveal() } },
    fault: { call in
      guard call.path.hasSuffix("/listKeys") else { return nil }
      let keys = #"{"computeType":"VirtualMachine","administratorAccount":{"password":"there"}}"#
      return .answer(HTTPResponse(200, body: Array(keys.utf8)))
    })
  let machines = (1...20).map { number in
    machine(kind, "vm\(number)x", machineOne + "\(number)")
  }
  for machine in machines { try await azure.carryOut(.attach(machine, marks: applied)) }
  func asked() async -> Int {
    await azure.service.calls.count { $0.path.hasSuffix("/listKeys") }
  }
  for _ in 1...3 {
    let listed = try await azure.workspace.list()
    #expect(listed.count == 20)
    #expect(listed.allSatisfy { $0.marks.secrets["ssh_settings.admin_password"] == "there" })
  }
  _ = try await azure.workspace.read("vm7x")
  #expect(await asked() == 20)
  try await azure.carryOut(.mark(name: "vm7x", applied))
  _ = try await azure.workspace.list()
  #expect(await asked() == 21)
}

@Test func `an action that only previews describe is asked for in one`() async throws {
  let kind = try #require(KindCatalog.azureML["computeinstance"])
  let azure = try AzureWorld(.azureML)
  var box = ComputeTarget(kind, "notebooks")
  try await azure.carryOut(.create(box, marks: marks))
  box["idle_time_before_shutdown_minutes"] = 60
  try await azure.carryOut(
    .update(box, fields: ["idle_time_before_shutdown_minutes"], marks: marks))
  let post = try #require(await azure.service.calls.last { $0.request.method == .post })
  #expect(
    post.request.url.target.hasSuffix(
      "/updateIdleShutdownSetting?api-version=2022-06-01-preview"))
}

@Test func `an update leaves out objects of which the service never tells a part`() async throws {
  let kind = try #require(KindCatalog.azureML["amlcompute"])
  var cluster = ComputeTarget(
    kind, "cpu-cluster",
    [
      "max_instances": 4, "ssh_settings.admin_username": "azureuser",
      "ssh_settings.admin_password": .secret(SecretText("canary-one", from: .literal)),
    ])
  let azure = try AzureWorld(.azureML)
  try await azure.carryOut(.create(cluster, marks: marks))
  cluster["max_instances"] = 8
  try await azure.carryOut(.update(cluster, fields: ["max_instances"], marks: marks))
  let put = try #require(await azure.service.calls.last { $0.request.method == .put })
  let body = try AttributeValue(json: put.request.body)
  #expect(body["properties.properties.scaleSettings.maxNodeCount"] == 8)
  #expect(body["properties.properties.userAccountCredentials"] == nil)
}

@Test func `a target that is deleted after the list does not stop a plan`() async throws {
  let kind = try #require(KindCatalog.azureML["virtualmachine"])
  let vm = machine(kind, "vm-one", machineOne)
  var applied = marks
  applied.secrets = ["ssh_settings.admin_password": "applied"]
  let azure = try AzureWorld(
    .azureML, configure: { $0.fingerprint = { _, _, _ in "another" } },
    fault: { call in
      call.path.hasSuffix("/listKeys")
        ? .answer(.refusal(404, "ResourceNotFound", "No compute 'vm-one'.")) : nil
    })
  try await azure.carryOut(.attach(vm, marks: applied))
  let listed = try await azure.workspace.list()
  #expect(listed.map(\.marks.secrets) == [["ssh_settings.admin_password": "applied"]])
}

private func machine(_ kind: KindDescriptor, _ name: String, _ resource: String) -> ComputeTarget {
  ComputeTarget(
    kind, name,
    [
      "resource_id": .text(resource), "ssh_settings.admin_username": "azureuser",
      "ssh_settings.admin_password": .secret(SecretText("canary-one", from: .literal)),
    ])
}

private let machineOne =
  "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g"
  + "/providers/Microsoft.Compute/virtualMachines/vm"
