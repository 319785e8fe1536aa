import BackendInterface
import HTTPExchange
import SimulatorBackend
import Synchronization
import TargetModel
import TestSupport
import Testing

@testable import AzureBackend

private let foreignLinks = [
  "https://evil.example/subscriptions/x?api-version=1", "http://management.azure.com/x",
  "https://management.azure.com:8443/x", "https://user@management.azure.com/x",
  "https://20.1.2.3/x", "//evil.example/x", "ftp://management.azure.com/x", "x", "\n",
]

@Test(arguments: foreignLinks)
func `T23 a next page elsewhere is not asked for`(link: String) async throws {
  let azure = try AzureWorld(fault: { call in
    call.isList
      ? .body { _ in
        Array(AttributeValue.map(["value": [], "nextLink": .text(link)]).canonicalJSON.utf8)
      }
      : nil
  })
  let failure = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.list()
  }
  // What is no address at all is nobody's.
  #expect(failure.code == (link.contains("//") ? "ForeignLink" : "UnexpectedAnswer"))
  #expect(await azure.service.calls.count == 1)
}

@Test(arguments: foreignLinks)
func `T23 a monitor elsewhere is not asked; the target is`(link: String) async throws {
  let azure = try AzureWorld(
    authorization: NumberedTokens(),
    fault: { call in
      call.request.method == .put ? .headers { $0["Azure-AsyncOperation"] = link } : nil
    })
  try await azure.carryOut(
    .create(ComputeTarget(.inventedPool, "pool"), marks: OwnershipMarks()))
  #expect(try await azure.workspace.read("pool")?.state == .succeeded)
  #expect(azure.warnings.all.count == 1)
  #expect(await strays(of: azure) == [])
  #expect(await !azure.service.calls.contains(where: \.isMonitor))
}

/// The check above is awake: a planted bug is seen.
@Test func `T23 a transport that follows a monitor elsewhere is caught`() async throws {
  let azure = try AzureWorld(
    authorization: NumberedTokens(), through: { LinkFollower(to: $0) },
    fault: { call in
      call.request.method == .put ? .headers { $0["Azure-AsyncOperation"] = foreignLinks[0] } : nil
    })
  _ = try await azure.workspace.submit(
    .create(ComputeTarget(.inventedPool, "pool"), marks: OwnershipMarks()))
  // Over there nobody knows the target.
  _ = try? await azure.workspace.read("pool")
  #expect(await strays(of: azure) == ["https://evil.example"])
}

/// Where credentials went that are not for there (reliability.md O9).
private func strays(of azure: AzureWorld) async -> [String] {
  await azure.service.calls.map(\.request)
    .filter { $0.url.origin != FakeService.endpoint && $0.headers["Authorization"] != nil }
    .map(\.url.origin)
}

/// Asks whatever it is told to ask, wherever that is.
private final class LinkFollower: HTTPTransport {
  private let service: FakeService
  private let link = Mutex<HTTPURL?>(nil)

  init(to service: FakeService) { self.service = service }

  func send(
    _ request: HTTPRequest, limits: HTTPLimits
  ) async throws(HTTPFailure) -> HTTPResponse {
    var request = request
    if request.method == .get, let link = link.withLock(\.self) { request.url = link }
    let response = try await service.send(request, limits: limits)
    if let text = response.headers["azure-asyncoperation"] {
      link.withLock { $0 = HTTPURL(parsing: text) }
    }
    return response
  }
}

@Test func `T23 only path and query of a link are taken`() throws {
  let endpoint = try #require(HTTPURL(parsing: FakeService.endpoint))
  #expect(pinned("https://MANAGEMENT.azure.com:443/a?b=c#d", to: endpoint) == "/a?b=c")
  #expect(pinned("/a?b", to: endpoint) == "/a?b")
  let reference = OperationMonitor(teller: .location, target: "/a?b").reference(at: endpoint)
  #expect(reference == "https://management.azure.com/a?b#location")
  #expect(
    OperationMonitor(reference: reference, at: endpoint)
      == OperationMonitor(teller: .location, target: "/a?b"))
  for odd in ["https://evil.example/a#status", "/a#status", reference + "x", "", "#"] {
    #expect(OperationMonitor(reference: odd, at: endpoint) == nil)
  }
}

private let oddBodies: [(String, [UInt8])] = [
  ("HTML", Array("<html>Sign in to the proxy</html>".utf8)), ("nothing", []),
  ("a number", Array("7".utf8)), ("a list", Array("[]".utf8)),
  ("no value", Array("{}".utf8)), ("a value of another type", Array(#"{"value":{}}"#.utf8)),
  ("an element of another type", Array(#"{"value":[7]}"#.utf8)),
  ("an element without a name", Array(#"{"value":[{"properties":{"computeType":"Pool"}}]}"#.utf8)),
  ("an element without a type", Array(#"{"value":[{"name":"a"}]}"#.utf8)),
  ("a link of another type", Array(#"{"value":[],"nextLink":{}}"#.utf8)),
  ("text cut short", Array(#"{"value":[{"name":"#.utf8)),
  ("a depth of 100,000", Array(String(repeating: #"{"value":["#, count: 100_000).utf8)),
  ("bytes that are no text", [0x22, 0xFF, 0xFE, 0x22]),
]

@Test(arguments: oddBodies)
func `T25 an odd list is unexpected, never empty`(what: String, body: [UInt8]) async throws {
  let azure = try AzureWorld(fault: { call in call.isList ? .body { _ in body } : nil })
  let failure = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.list()
  }
  #expect(failure.code == "UnexpectedAnswer")
  #expect(failure.failureClass == .fatal)
}

@Test(arguments: oddBodies)
func `T25 an odd target is unexpected, never absent`(what: String, body: [UInt8]) async throws {
  for status in [200, 404] {
    let azure = try AzureWorld(fault: { _ in
      .answer(HTTPResponse(status, headers: ["x-ms-request-id": "r-1"], body: body))
    })
    let failure = try await failure { () async throws(BackendFailure) in
      try await azure.workspace.read("a")
    }
    #expect(failure.code == "UnexpectedAnswer", "\(what), \(status): \(failure)")
  }
}

@Test func `T25 pages that go in circles are refused`() async throws {
  let azure = try AzureWorld(fault: { call in
    let next = call.request.url.target.contains("skip=a") ? "b" : "a"
    let page: AttributeValue = [
      "value": [], "nextLink": .text("\(FakeService.endpoint)/list?skip=\(next)"),
    ]
    return .answer(HTTPResponse(200, body: Array(page.canonicalJSON.utf8)))
  })
  let failure = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.list()
  }
  #expect(failure.code == "PageCycle")
  #expect(await azure.service.calls.count == 3)
}

@Test func `T25 a list without an end is refused`() async throws {
  let azure = try AzureWorld(fault: { call in
    let page: AttributeValue = [
      "value": [], "nextLink": .text("\(FakeService.endpoint)/list?skip=\(call.number)"),
    ]
    return .answer(HTTPResponse(200, body: Array(page.canonicalJSON.utf8)))
  })
  let failure = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.list()
  }
  #expect(failure.code == "TooManyPages")
}

@Test func `T10 no name leads anywhere else`() async throws {
  let azure = try AzureWorld()
  let long = String(repeating: "a", count: 129)
  for name in ["../x", "a/b", "a?b", "a%2fb", "..", ".", ".a", "", "a b", "ä", "a\n", "a#b", long] {
    let failure = try await failure { () async throws(BackendFailure) in
      try await azure.workspace.read(name)
    }
    #expect(failure.code == "UnusableName")
  }
  #expect(await azure.service.calls.isEmpty)
}

@Test func `T28 no secret is told, whatever the service repeats`() async throws {
  let secret = "canary-5f1c0a9e"
  let tokens = NumberedTokens()
  let link = ComputeTarget(
    .inventedLink, "vault",
    ["resource_id": .text(resourceOne), "password": .secret(SecretText(secret, from: .literal))])
  let answers: [FakeService.Fault] = [
    .answer(.refusal(400, "Bad\(secret)", "The password '\(secret)' with token-1 is weak.")),
    .failure(HTTPFailure(.cut, mayHaveArrived: true, message: "Sent \(secret) and token-1.")),
    .answer(.refusal(403, "AuthorizationFailed", "token-1")),
  ]
  for answer in answers {
    let azure = try AzureWorld(authorization: tokens, fault: { _ in answer })
    let failure = try await failure { () async throws(BackendFailure) in
      try await azure.workspace.submit(.attach(link, marks: OwnershipMarks()))
    }
    let told = "\(failure) \(String(reflecting: failure)) \(azure.warnings.all)"
    #expect(!told.contains(secret) && !told.contains("token-1"), "\(told)")
    #expect(await azure.service.calls.count == 1)
  }
  // Nor in the forms that JSON and addresses have for it.
  let odd = #"p"a/s s\w"#
  let redaction = Redaction()
  redaction.remember(odd)
  for form in [#"p\"a/s s\\w"#, #"p\"a\/s s\\w"#, "p%22a%2Fs%20s%5Cw", "p%22a%2Fs+s%5Cw", odd] {
    #expect(redaction.hide("<\(form)>") == "<(sensitive value)>")
  }
  // Nor in an operation's end, or in what a target shows.
  let azure = try AzureWorld(fault: { call in
    switch call.request.method {
    case .put: .operation(.fails(code: "Bad", message: "'\(secret)' is weak."))
    case .get, .head, .patch, .post, .delete: nil
    }
  })
  let handle = try await azure.workspace.submit(.attach(link, marks: OwnershipMarks()))
  try await azure.clock.sleep(for: .seconds(5))
  let status = try await azure.workspace.status(of: handle)
  guard case .failed(let end) = status else { return #expect(Bool(false), "\(status)") }
  #expect(end.code == "Bad" && end.message == "'(sensitive value)' is weak.")
  let shown = try await azure.workspace.read("vault")
  #expect(shown?.state == .failed && !String(reflecting: shown).contains(secret))
}
