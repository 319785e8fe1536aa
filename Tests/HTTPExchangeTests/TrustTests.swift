import HTTPExchange
import NIOSSL
import Testing

/// Who is believed to be who they say, and how the way there is found.
@Suite("Trust and proxies", .timeLimit(.minutes(60)))
struct TrustTests {
  private func outcome(
    _ url: String, settings: NetworkSettings, headers: HTTPHeaders = HTTPHeaders(),
    limits: HTTPLimits = NetworkTransportTests.limits
  ) async throws -> Result<HTTPResponse, HTTPFailure> {
    let request = HTTPRequest(.get, try #require(HTTPURL(parsing: url)), headers: headers)
    return try await withNetworkTransport(settings) { transport in
      do throws(HTTPFailure) {
        return .success(try await transport.send(request, limits: limits))
      } catch {
        return .failure(error)
      }
    }
  }

  private func expectUntrusted(
    _ outcome: Result<HTTPResponse, HTTPFailure>, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard case .failure(let failure) = outcome else {
      Issue.record("it was trusted", sourceLocation: sourceLocation)
      return
    }
    #expect(failure.reason == .untrusted, "\(failure)", sourceLocation: sourceLocation)
    #expect(!failure.mayHaveArrived, sourceLocation: sourceLocation)
  }

  @Test func `T26 a certificate of an unknown authority is refused, of a given one accepted`()
    async throws
  {
    let authority = try TestAuthority()
    try await LoopbackServer.with(tls: try authority.server("localhost"), { _ in [.answer()] }) {
      server, port in
      let url = "https://localhost:\(port)/"
      expectUntrusted(try await outcome(url, settings: NetworkSettings()))
      #expect(server.requests.isEmpty)
      try await authority.withFile { path in
        let settings = try NetworkSettings(environment: ["BERTH_CA_FILE": path])
        #expect(try await outcome(url, settings: settings).get().status == 200)
      }
    }
  }

  @Test func `T26 a certificate for another host, or of another time, is refused`() async throws {
    let authority = try TestAuthority()
    try await authority.withFile { path in
      for tls in [
        try authority.server("other.example"), try authority.server("localhost", hours: -3...(-2)),
        try authority.server("localhost", hours: 2...3),
      ] {
        try await LoopbackServer.with(tls: tls, { _ in [.answer()] }) { server, port in
          expectUntrusted(
            try await outcome(
              "https://localhost:\(port)/", settings: NetworkSettings(authorities: path)))
          #expect(server.requests.isEmpty)
        }
      }
    }
  }

  @Test func `a server without TLS is not believed`() async throws {
    try await LoopbackServer.with({ _ in [.answer()] }) { server, port in
      var limits = NetworkTransportTests.limits
      limits.connect = .milliseconds(200)
      let outcome = try await outcome(
        "https://localhost:\(port)/", settings: NetworkSettings(), limits: limits)
      guard case .failure(let failure) = outcome else {
        Issue.record("it was trusted")
        return
      }
      #expect(!failure.mayHaveArrived)
    }
  }

  @Test func `authorities that can't be read are refused`() {
    #expect(throws: NetworkSettingsFailure.self) {
      try NetworkTransport(NetworkSettings(authorities: "/no/such/file"))
    }
    #expect(throws: NetworkSettingsFailure.self) {
      try NetworkTransport(NetworkSettings(authorities: "/etc/hostname"))
    }
  }

  @Test func `a proxy is asked for a tunnel and sees nothing of what goes through it`()
    async throws
  {
    let authority = try TestAuthority()
    let tls = try authority.server("service.example")
    try await LoopbackServer.with({ request in
      request.lines[0].hasPrefix("CONNECT") ? [.beginTLS(tls)] : [.answer()]
    }) { server, port in
      try await authority.withFile { path in
        let settings = try NetworkSettings(environment: [
          "https_proxy": "http://me:p%40ss@127.0.0.1:\(port)", "BERTH_CA_FILE": path,
        ])
        let response = try await outcome(
          "https://service.example/secret", settings: settings,
          headers: ["Authorization": "Bearer t"])
        #expect(try response.get().status == 200)
        let requests = server.requests
        try #require(requests.count == 2, "\(requests)")
        #expect(requests[0].lines[0] == "CONNECT service.example:443 HTTP/1.1")
        #expect(requests[0].header("Proxy-Authorization") == "Basic bWU6cEBzcw==")
        #expect(requests[0].header("Authorization") == nil)
        #expect(requests[1].lines[0] == "GET /secret HTTP/1.1")
        #expect(requests[1].header("Proxy-Authorization") == nil)
      }
    }
  }

  @Test func `T28 a proxy that refuses is named without its password`() async throws {
    try await LoopbackServer.with({ _ in
      [.answer("407 Proxy Authentication Required"), .close]
    }) { _, port in
      let settings = try NetworkSettings(environment: [
        "HTTPS_PROXY": "http://me:canary@127.0.0.1:\(port)"
      ])
      let outcome = try await outcome("https://service.example/", settings: settings)
      guard case .failure(let failure) = outcome else {
        Issue.record("it was sent")
        return
      }
      #expect(failure.reason == .notConnected)
      #expect(!failure.mayHaveArrived)
      #expect(failure.message.contains("127.0.0.1:\(port)"))
      for text in ["\(failure)", String(reflecting: settings), "\(settings)"] {
        #expect(!text.contains("canary"))
      }
      var dumped = ""
      dump(settings, to: &dumped)
      #expect(!dumped.contains("canary"))
    }
  }

  @Test func `T27 loopback and the machine's host are never asked by a proxy`() async throws {
    // A proxy that nobody answers at: what goes by it fails.
    let settings = try NetworkSettings(environment: ["ALL_PROXY": "http://127.0.0.1:1"])
    try await LoopbackServer.with({ _ in [.answer()] }) { _, port in
      let url = try #require(HTTPURL(parsing: "http://127.0.0.1:\(port)/"))
      try await withNetworkTransport(settings) { transport in
        for reach in [HTTPRequest.Reach.network, .host] {
          let response = try await transport.send(
            HTTPRequest(.get, url, reach: reach), limits: NetworkTransportTests.limits)
          #expect(response.status == 200)
        }
      }
    }
  }
}
