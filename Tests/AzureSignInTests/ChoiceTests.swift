import AzureSignIn
import Diagnostics
import HTTPExchange
import HTTPScripting
import Subprocesses
import TargetModel
import TestSupport
import Testing

/// Which way is taken, and which cloud.
@Suite("Choice of sign-in and cloud")
struct ChoiceTests {
  @Test func `the first way that is set up is taken`() async throws {
    var world = SignInWorld(environment: secretVariables)
    world.environment["AZURE_FEDERATED_TOKEN_FILE"] = "/there"
    world.environment["IDENTITY_ENDPOINT"] = "http://127.0.0.1:1/"
    world.environment["IDENTITY_HEADER"] = "h"
    world.files["/there"] = "assertion"
    func first(_ configuration: SignInConfiguration = .init()) async throws -> HTTPRequest {
      let transport = ScriptedTransport.authority()
      _ = try await world.credentials(configuration, by: transport).token()
      return try #require(transport.requests.first)
    }
    #expect(try await first().form["client_secret"] != nil)
    #expect(
      try await first(.init(kind: .workloadIdentity)).form["client_assertion"] == "assertion")
    world.environment["AZURE_CLIENT_SECRET"] = ""
    #expect(try await first().form["client_assertion"] == "assertion")
    world.environment["AZURE_TENANT_ID"] = nil
    #expect(try await first().url.port == 1)
    #expect(
      try await first(.init(tenant: "t-2")).url.target == "/t-2/oauth2/v2.0/token")
  }

  @Test func `a way that is set up and fails is not replaced by another identity`() async {
    var world = SignInWorld(environment: secretVariables)
    world.environment["IDENTITY_ENDPOINT"] = "http://127.0.0.1:1/"
    world.environment["IDENTITY_HEADER"] = "h"
    let transport = ScriptedTransport(answers: [HTTPResponse(401, json: #"{"error":"x"}"#)])
    #expect(await world.failure(by: transport)?.diagnostic.rule == .signInFailed)
    #expect(transport.requests.count == 1)
  }

  @Test func `a named way says what it lacks`() async {
    for (kind, words) in [
      (SignInKind.clientSecret, "AZURE_CLIENT_SECRET"),
      (.clientCertificate, "AZURE_CLIENT_CERTIFICATE_PATH"),
      (.workloadIdentity, "AZURE_FEDERATED_TOKEN_FILE"), (.gitHub, "id-token: write"),
      (.azureCLI, "PATH"), (.managedIdentity, "no identity"),
    ] {
      let failure = await SignInWorld().failure(
        SignInConfiguration(kind: kind), by: ScriptedTransport.silence)
      #expect(failure?.diagnostic.rule == .noCredentials)
      #expect(failure?.diagnostic.detail.contains(words) == true, "\(failure as Any)")
    }
  }

  @Test(arguments: ["a/b", "..", "a?b", "a#b", "a%2Fb", " ", "-x", "é"])
  func `T27 a tenant that could lead elsewhere is refused`(tenant: String) async {
    let world = SignInWorld(environment: secretVariables)
    let transport = ScriptedTransport.authority()
    let failure = await world.failure(
      SignInConfiguration(kind: .clientSecret, tenant: tenant), by: transport)
    #expect(failure != nil)
    #expect(transport.requests.isEmpty)
  }

  @Test func `T28 no secret stands in anything that can be printed`() async throws {
    let canary = "canary-\(SignInWorld.start)"
    var world = SignInWorld(environment: secretVariables)
    world.environment["AZURE_CLIENT_SECRET"] = canary
    let echo = ScriptedTransport(answers: [
      HTTPResponse(
        401, json: #"{"error":"x","error_description":"bad secret \#(canary)"}"#)
    ])
    let failure = await world.failure(by: echo)
    #expect(failure != nil)
    let token = try await world.credentials(
      by: ScriptedTransport(answers: [.token(canary)])
    ).token()
    var dumped = ""
    dump(token, to: &dumped)
    dump(failure, to: &dumped)
    let texts = [dumped, "\(token as Any)", String(reflecting: token), "\(failure as Any)"]
    for text in texts { #expect(!text.contains(canary)) }
  }

  private func find(
    _ name: String? = nil, endpoint: String? = nil, _ environment: [String: String] = [:],
    page: String? = nil
  ) async -> Result<CloudEnvironment, SignInFailure> {
    let transport = ScriptedTransport(answers: page.map { [HTTPResponse(200, json: $0)] } ?? [])
    do throws(SignInFailure) {
      return .success(
        try await CloudEnvironment.find(
          named: name, endpoint: endpoint.flatMap(HTTPURL.init(parsing:)), environment: environment,
          transport: transport))
    } catch {
      return .failure(error)
    }
  }

  @Test func `clouds are known by name and by endpoint`() async throws {
    #expect(try await find().get().resourceManager.origin == "https://management.azure.com")
    let government = try await find("azureusgovernment").get()
    #expect(government.audience == "https://management.core.usgovcloudapi.net")
    #expect(government.authority.origin == "https://login.microsoftonline.us")
    #expect(
      try await find(endpoint: "https://management.chinacloudapi.cn/").get().name
        == "AzureChinaCloud")
    let loopback = try await find(endpoint: "http://127.0.0.1:8080").get()
    #expect(loopback.authority.origin == "http://127.0.0.1:8080")
    #expect(
      try await find("AzureCloud", ["AZURE_AUTHORITY_HOST": "login.example"]).get().authority.origin
        == "https://login.example")
  }

  private static let page = """
    [{"name":"Stack","resourceManager":"https://arm.example/",
      "authentication":{"loginEndpoint":"https://login.example/","audiences":["https://x.example/"]}}]
    """

  @Test func `T27 an endpoint of no known cloud is the administrator's to allow`() async throws {
    let endpoint = "https://arm.example"
    let variable = "ARM_CLOUD_METADATA_URL"
    let metadata = "\(endpoint)/metadata/endpoints?api-version=2019-05-01"
    func rule(_ outcome: Result<CloudEnvironment, SignInFailure>) -> Rule? {
      if case .failure(let failure) = outcome { failure.diagnostic.rule } else { nil }
    }
    #expect(rule(await find(endpoint: endpoint)) == .endpointNotAllowed)
    let stack = try await find(endpoint: endpoint, [variable: metadata], page: Self.page).get()
    #expect(stack.audience == "https://x.example")
    #expect(stack.authority.origin == "https://login.example")
    #expect(try await find([variable: metadata], page: Self.page).get().name == "Stack")
    #expect(
      rule(await find(endpoint: "https://evil.example", [variable: metadata], page: Self.page))
        == .endpointNotAllowed)
    #expect(rule(await find("Mars")) == .cloudUnknown)
    #expect(
      rule(await find(["AZURE_AUTHORITY_HOST": "http://login.example"])) == .cloudUnknown)
    #expect(rule(await find([variable: "http://arm.example/"])) == .cloudUnknown)
    #expect(rule(await find([variable: metadata], page: "<html>")) == .cloudUnknown)
  }

  private func find(
    _ environment: [String: String], page: String? = nil
  ) async -> Result<CloudEnvironment, SignInFailure> {
    await find(nil, endpoint: nil, environment, page: page)
  }
}
