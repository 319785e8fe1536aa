import Diagnostics
import HTTPExchange
import HTTPScripting
import Synchronization
import TestSupport
import Testing

@testable import AzureSignIn

@Suite("Signed-in requests")
struct SignedInTransportTests {
  /// The authority hands out `token-0` and so on; the service answers with what `service` says.
  private func transport(
    _ service: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) -> ScriptedTransport {
    let tokens = Mutex(0)
    return ScriptedTransport { (request, _) throws(HTTPFailure) in
      guard request.url.host == "login.microsoftonline.com" else { return service(request) }
      return tokens.withLock { number in
        defer { number += 1 }
        return .token("token-\(number)")
      }
    }
  }

  private func request(_ url: String) throws -> HTTPRequest {
    HTTPRequest(.get, try #require(HTTPURL(parsing: url)))
  }

  @Test(arguments: [
    "https://management.azure.com.evil.example/", "http://management.azure.com/",
    "https://management.azure.com:8443/", "https://20.0.0.1/", "https://localhost/",
  ])
  func `T23 a token goes to the configured service and nowhere else`(url: String) async throws {
    let transport = transport { _ in HTTPResponse(200) }
    let credentials = try SignInWorld(environment: secretVariables).credentials(by: transport)
    let signedIn = SignedInTransport(transport, as: credentials)
    await #expect(throws: SignedInFailure.self) { try await signedIn.send(try request(url)) }
    #expect(transport.requests.isEmpty)
    let response = try await signedIn.send(try request("https://MANAGEMENT.azure.com:443/a"))
    #expect(response.status == 200)
    #expect(transport.requests.last?.headers["Authorization"] == "Bearer token-0")
    // What proves who we are goes to the authority alone.
    for request in transport.requests where request.url.host != "login.microsoftonline.com" {
      #expect(request.form["client_secret"] == nil)
    }
  }

  @Test func `T24 a redirect is given back, its target not called`() async throws {
    let transport = transport { _ in
      HTTPResponse(302, headers: ["Location": "https://evil.example/"])
    }
    let credentials = try SignInWorld(environment: secretVariables).credentials(by: transport)
    let response = try await SignedInTransport(transport, as: credentials).send(
      try request("https://management.azure.com/"))
    #expect(response.status == 302)
    #expect(!transport.requests.contains { $0.url.host == "evil.example" })
  }

  @Test func `F21 a refused token is replaced once, and the challenge passed on`() async throws {
    let transport = transport { request in
      request.headers["Authorization"] == "Bearer token-0"
        ? HTTPResponse(
          401,
          headers: [
            "WWW-Authenticate":
              #"Bearer realm="", error="insufficient_claims", claims="eyJhIjoiPz8_In0""#
          ]) : HTTPResponse(200)
    }
    let credentials = try SignInWorld(environment: secretVariables).credentials(by: transport)
    let signedIn = SignedInTransport(transport, as: credentials)
    #expect(try await signedIn.send(try request("https://management.azure.com/")).status == 200)
    let asked = transport.requests.filter { $0.method == .post }
    #expect(asked.map { $0.form["claims"] } == [nil, "%7B%22a%22%3A%22%3F%3F%3F%22%7D"])
    #expect(try await signedIn.send(try request("https://management.azure.com/")).status == 200)
    #expect(transport.requests.count == 5)
  }

  @Test func `F21 a second refusal is the answer`() async throws {
    let transport = transport { _ in HTTPResponse(401) }
    let credentials = try SignInWorld(environment: secretVariables).credentials(by: transport)
    let response = try await SignedInTransport(transport, as: credentials).send(
      try request("https://management.azure.com/"))
    #expect(response.status == 401)
    #expect(transport.requests.count == 4)
  }

  @Test func `no sign-in is for this machine only`() async throws {
    var world = SignInWorld()
    let none = SignInConfiguration(kind: SignInKind.none)
    #expect(
      await world.failure(none, by: ScriptedTransport.silence)?.diagnostic.rule == .signInNeeded)
    let endpoint = try #require(HTTPURL(parsing: "http://127.0.0.1:8080"))
    world.cloud = try await CloudEnvironment.find(
      endpoint: endpoint, environment: [:], transport: ScriptedTransport.silence)
    let transport = transport { _ in HTTPResponse(200) }
    let credentials = try world.credentials(none, by: transport)
    #expect(try await credentials.token() == nil)
    _ = try await SignedInTransport(transport, as: credentials).send(
      try request("http://127.0.0.1:8080/x"))
    #expect(transport.requests.map { $0.headers["Authorization"] } == [nil])
  }

  @Test(arguments: [
    (#"Bearer claims="eyJhIjoxfQ""#, #"{"a":1}"#),
    (#"bearer  a=b,claims="eyJhIjoxfQ==" , x="y,\" z""#, #"{"a":1}"#),
    (#"Basic realm="x", Bearer claims="eyJhIjoxfQ""#, #"{"a":1}"#),
    (#"Bearer realm="x", Basic claims="eyJhIjoxfQ""#, nil),
    (#"Bearer claims="!!""#, nil), (#"Bearer claims="AAAA""#, nil), ("Bearer", nil), ("", nil),
    (#"Bearer claims="eyJhIjoxfQ"#, #"{"a":1}"#), ("=,=\u{1}", nil), (#"Bearer x="\"#, nil),
  ])
  func `challenges are read`(text: String, claims: String?) {
    #expect(AuthenticationChallenge(parsing: text)?.claims == claims)
  }
}
