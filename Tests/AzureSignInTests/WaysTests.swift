import AzureSignIn
import Crypto
import CryptoExtras
import Diagnostics
import Foundation
import HTTPExchange
import HTTPScripting
import JWTKit
import SwiftASN1
import TargetModel
import TestSupport
import Testing
import X509

/// What each way to sign in sends, and what it makes of the answers.
@Suite("Ways to sign in")
struct WaysTests {
  private func variables(_ names: String...) -> [String: String] {
    var variables = secretVariables
    variables["AZURE_CLIENT_SECRET"] = nil
    for name in names { variables[name] = "/there" }
    return variables
  }

  @Test func `a client secret goes to the authority in a form`() async throws {
    let transport = ScriptedTransport.authority()
    let world = SignInWorld(environment: secretVariables)
    let token = try await world.credentials(by: transport).token()
    #expect(token?.secret.reveal() == "token-0")
    let request = try #require(transport.requests.first)
    #expect(
      request.url.description == "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token")
    #expect(request.method == .post)
    #expect(request.headers["Content-Type"] == "application/x-www-form-urlencoded")
    #expect(
      request.form == [
        "grant_type": "client_credentials", "client_id": "client-1",
        "scope": "https%3A%2F%2Fmanagement.azure.com%2F.default",
        "client_secret": "s%2Bca%20na%2Fry",
      ])
  }

  @Test func `a certificate signs who the application is`() async throws {
    let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let start = Date(timeIntervalSince1970: Double(SignInWorld.start) / 1_000)
    let name = try DistinguishedName { CommonName("berth") }
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
      notValidBefore: start.addingTimeInterval(-60), notValidAfter: start.addingTimeInterval(3_600),
      issuer: name, subject: name, signatureAlgorithm: .sha256WithRSAEncryption,
      extensions: .init(), issuerPrivateKey: .init(key))
    let document = try certificate.serializeAsPEM()
    var world = SignInWorld(environment: variables("AZURE_CLIENT_CERTIFICATE_PATH"))
    world.environment["AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"] = "true"
    world.files["/there"] = document.pemString + "\n" + key.pemRepresentation

    let transport = ScriptedTransport.authority()
    _ = try await world.credentials(by: transport).token()
    let form = try #require(transport.requests.first).form
    #expect(form["client_secret"] == nil)
    #expect(
      form["client_assertion_type"]
        == "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer")
    let assertion = try #require(form["client_assertion"])
    let parts = assertion.split(separator: ".").map(String.init)
    func json(_ part: String) throws -> AttributeValue {
      let text = part.replacing("-", with: "+").replacing("_", with: "/")
      let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
      return try AttributeValue(json: try #require(Data(base64Encoded: padded)))
    }
    let header = try json(parts[0])
    #expect(header[key: "alg"] == "PS256")
    #expect(header[key: "typ"] == "JWT")
    let thumbprint = Data(SHA256.hash(data: document.derBytes)).base64EncodedString()
    #expect(
      header[key: "x5t#S256"]?.text
        == thumbprint.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""))
    #expect(header[key: "x5c"]?.list == [.text(Data(document.derBytes).base64EncodedString())])
    let claims = try json(parts[1])
    #expect(
      claims == [
        "aud": "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token", "iss": "client-1",
        "sub": "client-1", "jti": "an-id", "nbf": 1_800_000_000, "exp": 1_800_001_800,
      ])
    let keys = await JWTKeyCollection().add(
      pss: try Insecure.RSA.PublicKey(pem: key.publicKey.pemRepresentation),
      digestAlgorithm: .sha256)
    _ = try await keys.verify(assertion, as: AnyClaims.self)

    try await world.pass(.seconds(3_601))
    let failure = await world.failure(by: transport)
    #expect(failure?.diagnostic.detail.contains("expired") == true)
  }

  private struct AnyClaims: JWTPayload {
    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  @Test(arguments: [
    (nil, "can't be read"), ("no PEM", "openssl pkcs12"),
    ("-----BEGIN ENCRYPTED PRIVATE KEY-----", "encrypted"),
    (P256.Signing.PrivateKey().pemRepresentation, "no certificate"),
  ])
  func `a certificate that can't be used says why`(text: String?, words: String) async {
    var world = SignInWorld(environment: variables("AZURE_CLIENT_CERTIFICATE_PATH"))
    world.files["/there"] = text
    let failure = await world.failure(by: ScriptedTransport.authority())
    #expect(failure?.diagnostic.rule == .signInFailed)
    #expect(failure?.diagnostic.detail.contains(words) == true, "\(failure as Any)")
  }

  @Test func `the file of a workload identity is read for each token`() async throws {
    var world = SignInWorld(environment: variables("AZURE_FEDERATED_TOKEN_FILE"))
    for text in ["first", "second"] {
      world.files["/there"] = text + "\n"
      let transport = ScriptedTransport.authority()
      _ = try await world.credentials(by: transport).token()
      #expect(transport.requests.first?.form["client_assertion"] == text)
    }
    world.files["/there"] = nil
    #expect(await world.failure(by: ScriptedTransport.authority())?.kind == .lasting)
  }

  @Test func `GitHub is asked who the job is`() async throws {
    var world = SignInWorld(environment: variables())
    world.environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://run.example/token?x=1"
    world.environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "job"
    let transport = ScriptedTransport(answers: [
      HTTPResponse(200, json: #"{"value":"a.b.c"}"#), .token("t"),
    ])
    _ = try await world.credentials(by: transport).token()
    let requests = transport.requests
    #expect(
      requests[0].url.description
        == "https://run.example/token?x=1&audience=api://AzureADTokenExchange")
    #expect(requests[0].headers["Authorization"] == "bearer job")
    #expect(requests[1].form["client_assertion"] == "a.b.c")
    #expect(requests[1].headers["Authorization"] == nil)
  }

  @Test(arguments: [
    ("AzureCloud", "api://AzureADTokenExchange"),
    ("AzureUSGovernment", "api://AzureADTokenExchangeUSGov"),
    ("AzureChinaCloud", "api://AzureADTokenExchangeChina"),
  ])
  func `the token of a job is for the exchange of its cloud`(
    name: String, audience: String
  ) async throws {
    var world = SignInWorld(environment: variables())
    world.environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://run.example/token"
    world.environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "job"
    let transport = ScriptedTransport(answers: [
      HTTPResponse(200, json: #"{"value":"a.b.c"}"#), .token("t"),
    ])
    world.cloud = try await CloudEnvironment.find(
      named: name, environment: [:], transport: transport)
    _ = try await world.credentials(by: transport).token()
    #expect(transport.requests[0].url.description.hasSuffix("?audience=" + audience))
  }

  @Test func `App Service hands out tokens at its own endpoint`() async throws {
    let world = SignInWorld(environment: [
      "IDENTITY_ENDPOINT": "http://127.0.0.1:41/msi/token", "IDENTITY_HEADER": "h",
      "AZURE_CLIENT_ID": "id/1",
    ])
    let transport = ScriptedTransport.authority()
    _ = try await world.credentials(by: transport).token()
    let request = try #require(transport.requests.first)
    #expect(
      request.url.description
        == "http://127.0.0.1:41/msi/token?api-version=2019-08-01"
        + "&resource=https%3A%2F%2Fmanagement.azure.com&client_id=id%2F1")
    #expect(request.headers["X-IDENTITY-HEADER"] == "h")
    #expect(request.reach == .host)
  }

  @Test func `App Service tells only when a token ends`() async throws {
    let world = SignInWorld(environment: [
      "IDENTITY_ENDPOINT": "http://127.0.0.1:41/msi/token", "IDENTITY_HEADER": "h",
    ])
    // Microsoft's example of 2019-08-01, with an end one hour ahead.
    let end = SignInWorld.start / 1_000 + 3_600
    let transport = ScriptedTransport { (_, number) throws(HTTPFailure) in
      HTTPResponse(
        200,
        json: #"""
          {"access_token":"t-\#(number)","expires_on":"\#(end)","resource":"https://vault.azure.net",
          "token_type":"Bearer","client_id":"00000000-0000-0000-0000-000000000000"}
          """#)
    }
    let credentials = try world.credentials(by: transport)
    for (seconds, token) in [(0, "t-0"), (1_799, "t-0"), (2, "t-1")] {
      try await world.pass(.seconds(seconds))
      #expect(try await credentials.token()?.secret.reveal() == token)
    }
    try await world.pass(.seconds(3_600))
    #expect(await world.failure(by: transport)?.diagnostic.detail.contains("clock") == true)
  }

  @Test func `the host of another cloud is no way to sign in, said at once`() async throws {
    let world = SignInWorld()
    let elsewhere = ScriptedTransport { (_, _) throws(HTTPFailure) in
      HTTPResponse(404, headers: ["Content-Type": "text/html"], body: Array("<html>".utf8))
    }
    #expect(await world.failure(by: elsewhere)?.diagnostic.rule == .noCredentials)
    #expect(elsewhere.requests.count == 1)
    #expect(world.clock.now.offset == .zero)
    // A host of Azure's that is busy for a moment speaks JSON.
    let busy = ScriptedTransport(answers: [
      HTTPResponse(404, json: #"{"error":"not_ready"}"#), .token("t"),
    ])
    #expect(try await world.credentials(by: busy).token()?.secret.reveal() == "t")
    // Where the way is named, nobody else is meant.
    let named = ScriptedTransport { (_, _) throws(HTTPFailure) in HTTPResponse(404) }
    #expect(await world.failure(.init(kind: .managedIdentity), by: named)?.kind == .lasting)
    #expect(named.requests.count == 6)
  }

  @Test func `an authority that wants a long silence has refused for now`() async throws {
    let world = SignInWorld(environment: secretVariables)
    let busy = ScriptedTransport(answers: [HTTPResponse(429, headers: ["Retry-After": "600"])])
    #expect(await world.failure(by: busy)?.kind == .passing)
    #expect(busy.requests.count == 1)
    #expect(world.clock.now.offset == .zero)
  }

  @Test func `T27 a machine's host is asked directly, and only at an address of its own`()
    async throws
  {
    let managed = SignInConfiguration(kind: .managedIdentity)
    let transport = ScriptedTransport(answers: [
      HTTPResponse(404), HTTPResponse(410), HTTPResponse(500),
      HTTPResponse(200, json: #"{"access_token":"t","expires_in":"86399"}"#),
    ])
    _ = try await SignInWorld().credentials(managed, by: transport).token()
    #expect(transport.requests.count == 4)
    let request = try #require(transport.requests.last)
    #expect(
      request.url.description
        == "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
        + "&resource=https%3A%2F%2Fmanagement.azure.com")
    #expect(request.headers["Metadata"] == "true")
    #expect(request.reach == .host)
    for (name, value) in [
      ("IDENTITY_ENDPOINT", "http://evil.example/"),
      ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://evil.example"),
      ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://169.254.169.254.evil.example"),
    ] {
      let world = SignInWorld(environment: ["IDENTITY_HEADER": "h", name: value])
      let never = ScriptedTransport.authority()
      #expect(await world.failure(managed, by: never)?.kind == .lasting)
      #expect(never.requests.isEmpty)
    }
  }

  @Test func `a machine without an identity says so after one question`() async throws {
    let transport = ScriptedTransport.silence
    let failure = await SignInWorld().failure(by: transport)
    #expect(failure?.diagnostic.rule == .noCredentials)
    #expect(failure?.diagnostic.detail.contains("az login") == true)
    #expect(transport.requests.count == 1)
    let none = ScriptedTransport(answers: [HTTPResponse(400, json: "{}")])
    #expect(
      await SignInWorld().failure(.init(kind: .managedIdentity), by: none)?.kind == .notSetUp)
  }

  @Test func `an authority that is busy is asked again, a network that fails, too`() async throws {
    let world = SignInWorld(environment: secretVariables)
    let busy = ScriptedTransport(answers: [
      HTTPResponse(503), HTTPResponse(429, headers: ["Retry-After": "17"]), .token("t"),
    ])
    _ = try await world.credentials(by: busy).token()
    #expect(busy.requests.count == 3)
    // A pause of 0.8 s, a little more or less, and the one that was asked for.
    let pauses = Duration.milliseconds(17_640)...(.milliseconds(18_040))
    #expect(pauses.contains(world.clock.now.offset))
    let silence = ScriptedTransport.silence
    #expect(await world.failure(by: silence)?.kind == .passing)
    #expect(silence.requests.count == 4)
  }

  @Test func `what the authority says is told, with what to do`() async {
    let world = SignInWorld(environment: secretVariables)
    let transport = ScriptedTransport(answers: [
      HTTPResponse(
        401,
        json: #"""
          {"error":"invalid_client","correlation_id":"c-1","error_description":
          "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: x"}
          """#)
    ])
    let diagnostic = await world.failure(by: transport)?.diagnostic
    #expect(
      diagnostic?.detail == """
        Sign-in with a client secret failed. https://login.microsoftonline.com says: \
        AADSTS7000215: Invalid client secret provided. Copy the secret's value, not its id, into \
        AZURE_CLIENT_SECRET. Correlation id: c-1.
        """)
  }

  @Test(arguments: [
    "", "<html>", "{}", #"{"access_token":""}"#, #"{"access_token":"t"}"#,
    #"{"access_token":"a\r\nX: y","expires_in":3600}"#,
    #"{"access_token":"t","expires_in":-1}"#, #"{"access_token":["t"],"expires_in":3600}"#,
  ])
  func `T25 an answer that is no token is refused`(body: String) async {
    let world = SignInWorld(environment: secretVariables)
    let failure = await world.failure(
      by: ScriptedTransport(answers: [HTTPResponse(200, json: body)]))
    #expect(failure?.kind == .lasting)
  }
}
