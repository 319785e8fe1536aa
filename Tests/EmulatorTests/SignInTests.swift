import Emulator
import TargetModel
import Testing

struct SignInTests {
  private static let list = "\(Emulation.base)/computes?api-version=2025-12-01"

  private func token(_ emulation: Emulation, _ form: String) async -> EmulatedResponse {
    await emulation.answer(
      EmulatedRequest(
        "POST", "/tenant/oauth2/v2.0/token",
        headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Array(form.utf8))
    ).response
  }

  @Test func `without a token nothing is told but where to get one`() async {
    let response = await Emulation().ask("GET", Self.list, headers: [:])
    #expect(response.status == 401)
    #expect(
      response.headers["WWW-Authenticate"]?.hasPrefix(
        "Bearer authorization_uri=\"http://127.0.0.1:8440/") == true)
    #expect(response.text.contains("--auth none"))
    #expect(await Emulation { $0.access = .none }.ask("GET", Self.list, headers: [:]).status == 200)
  }

  @Test(
    "an application signs in by secret or assertion",
    arguments: [
      ("client_secret=s", 200), ("client_assertion=a.b.c", 401), ("", 401),
      (
        "client_assertion=a.b.c&client_assertion_type="
          + "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer", 200
      ),
    ])
  func applications(proof: String, status: Int) async throws {
    let emulation = Emulation { $0.access = .issued }
    let response = await token(
      emulation,
      "grant_type=client_credentials&client_id=app&scope=https%3A%2F%2Farm%2F.default&\(proof)")
    #expect(response.status == status)
    guard status == 200 else {
      #expect(response.json["error"] == "invalid_client")
      #expect(response.json["error_description"]?.text?.hasPrefix("AADSTS7000218") == true)
      return
    }
    #expect(response.json["expires_in"] == 3_600 && response.json["token_type"] == "Bearer")
    let token = try #require(response.json["access_token"]?.text)
    let bearer: MessageHeaders = ["Authorization": "Bearer \(token)"]
    #expect(await emulation.ask("GET", Self.list, headers: bearer).status == 200)
    emulation.wait(3_600_000)
    let late = await emulation.ask("GET", Self.list, headers: bearer)
    #expect(late.status == 401 && late.code == "ExpiredAuthenticationToken")
    #expect(late.headers["WWW-Authenticate"]?.contains("invalid_token") == true)
  }

  @Test func `a stranger's token is good unless only our own are`() async {
    let forged: MessageHeaders = ["Authorization": "Bearer eyJ.eyJ.x"]
    #expect(await Emulation().ask("GET", Self.list, headers: forged).status == 200)
    let refused = await Emulation { $0.access = .issued }.ask("GET", Self.list, headers: forged)
    #expect(refused.status == 401 && refused.code == "InvalidAuthenticationToken")
    // Another run's key is another one.
    let other = Emulation { $0.tokenSeconds = 10 }
    let issued = await token(
      other, "grant_type=client_credentials&client_id=a&client_secret=b&resource=r")
    let text = issued.json["access_token"]?.text ?? ""
    var edited = text
    edited.removeLast()
    let judged = await Emulation { $0.access = .issued }.ask(
      "GET", Self.list, headers: ["Authorization": "Bearer \(edited)"])
    #expect(judged.status == 401)
  }

  @Test(
    "requests for tokens that are none are refused as the directory does",
    arguments: [
      ("grant_type=password&client_id=a", "unsupported_grant_type"),
      ("grant_type=client_credentials&client_secret=a", "invalid_request"),
      ("grant_type=client_credentials&client_id=a&client_secret=b&scope=x", "invalid_scope"),
      ("", "unsupported_grant_type"),
    ])
  func refusals(form: String, error: String) async {
    let response = await token(Emulation(), form)
    #expect(response.status == 400)
    #expect(response.json["error"]?.text == error)
  }

  @Test func `a machine signs in as itself`() async throws {
    let emulation = Emulation { $0.access = .issued }
    let target = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Farm"
    #expect(await emulation.ask("GET", target, headers: [:]).status == 400)
    let response = await emulation.ask("GET", target, headers: ["Metadata": "true"])
    let token = try #require(response.json["access_token"]?.text)
    #expect(response.json["resource"] == "https://arm")
    #expect(
      response.json["expires_on"]?.text.flatMap(Int.init) != nil, "a text, as the service has it")
    let bearer: MessageHeaders = ["Authorization": "Bearer \(token)"]
    #expect(await emulation.ask("GET", Self.list, headers: bearer).status == 200)

    let service = "/msi/token?api-version=2019-08-01&resource=r"
    #expect(await emulation.ask("GET", service, headers: [:]).status == 401)
    let own = await emulation.ask("GET", service, headers: ["X-IDENTITY-HEADER": "h"])
    #expect(own.status == 200)
    // App Service tells when a token ends, and not how long it lives.
    #expect(own.json["expires_in"] == nil && own.json["expires_on"]?.text != nil)
    let early = await emulation.ask(
      "GET", "/msi/token?api-version=2017-09-01&resource=r", headers: ["X-IDENTITY-HEADER": "h"])
    #expect(early.status == 400)
  }

  @Test func `the cloud's hosts are the emulator's own`() async {
    let emulation = Emulation()
    let list = await emulation.ask(
      "GET", "/metadata/endpoints?api-version=2019-05-01", headers: [:])
    let cloud = list.json.list?.first
    #expect(cloud?["resourceManager"] == "http://127.0.0.1:8440/")
    #expect(cloud?[at: "authentication.loginEndpoint"] == "http://127.0.0.1:8440")
    let configuration = await emulation.ask(
      "GET", "/t/v2.0/.well-known/openid-configuration", headers: [:])
    #expect(
      configuration.json["token_endpoint"] == "http://127.0.0.1:8440/t/oauth2/v2.0/token")
  }
}
