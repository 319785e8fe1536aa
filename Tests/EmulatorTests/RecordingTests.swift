import ComputeKinds
import Diagnostics
import Emulator
import Synchronization
import TargetModel
import Testing

struct RecordingTests {
  private static let version = "api-version=2025-12-01"

  /// What a recorder wrote.
  private final class Tape: Sendable {
    private let lines = Mutex("")
    var text: String { lines.withLock { $0 } }
    var recorder: Recorder {
      Recorder(catalog: .azureML, now: { 0 }, write: { line in self.lines.withLock { $0 += line } })
    }
  }

  private func request(
    _ method: String, _ target: String, _ body: AttributeValue? = nil, port: Int = 8440,
    token: String = "token"
  ) -> EmulatedRequest {
    EmulatedRequest(
      method, target,
      headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
      body: Array((body?.canonicalJSON ?? "").utf8), origin: "http://127.0.0.1:\(port)")
  }

  private func replay(_ text: String) throws -> Replay {
    var findings = DiagnosticList()
    let replay = Replay.read(
      Array(text.utf8), file: "tape.jsonl", signingInAt: Emulation().service,
      reporting: &findings)
    #expect(findings.isEmpty, "\(findings.findings)")
    return try #require(replay)
  }

  @Test func `what was recorded is answered again, on another port`() async throws {
    let emulation = Emulation()
    let tape = Tape()
    let recorder = tape.recorder
    let path = "\(Emulation.base)/computes/cpu?\(Self.version)"
    var requests = [
      request("GET", path), request("PUT", path, Emulation.cluster), request("GET", path),
      request("DELETE", path + "&underlyingResourceAction=Delete"),
    ]
    var answers: [EmulatedAnswer] = []
    for request in requests {
      let answer = await emulation.answer(request)
      recorder.record(request, answer)
      answers.append(answer)
      emulation.wait(60_000)
    }
    let replay = try replay(tape.text)
    for (index, answer) in answers.enumerated() {
      requests[index].origin = "https://localhost:9"
      let again = await replay.answer(requests[index]).response
      #expect(again.status == answer.response.status)
      #expect(again.json == answer.response.json)
      for header in ["x-ms-request-id", "Retry-After", "x-ms-retry-after-ms"] {
        #expect(again.headers[header] == answer.response.headers[header])
      }
      let monitor = again.headers["Azure-AsyncOperation"]
      #expect(monitor?.hasPrefix("https://localhost:9/") ?? true)
      #expect((monitor != nil) == (answer.response.headers["Azure-AsyncOperation"] != nil))
    }
  }

  @Test func `a request that was not recorded is told what is different`() async throws {
    let tape = Tape()
    let recorder = tape.recorder
    let path = "\(Emulation.base)/computes/cpu"
    let put = request("PUT", "\(path)?\(Self.version)", Emulation.cluster)
    recorder.record(put, EmulatedAnswer(EmulatedResponse(201)))
    let replay = try replay(tape.text)
    for (request, words) in [
      (request("PUT", "\(path)?\(Self.version)", ["a": 1]), "with another body"),
      (request("PUT", "\(path)?api-version=2022-05-01", Emulation.cluster), "with another query"),
      (request("GET", "\(path)?\(Self.version)"), "none of this path"),
    ] {
      let response = await replay.answer(request).response
      #expect(response.status == 501 && response.code == "NotRecorded")
      #expect(response.text.contains(words), "\(response.text)")
    }
    #expect(await replay.answer(put).response.status == 201)
    let second = await replay.answer(put).response
    #expect(second.status == 501)
    #expect(second.text.contains("all of them have been answered"))
  }

  @Test func `a read beyond the recording is answered as the last one was`() async throws {
    let tape = Tape()
    let recorder = tape.recorder
    let get = request("GET", "\(Emulation.base)/computes/cpu?\(Self.version)")
    for status in [404, 200] { recorder.record(get, EmulatedAnswer(EmulatedResponse(status))) }
    let replay = try replay(tape.text)
    var statuses: [Int] = []
    for _ in 0..<4 { statuses.append(await replay.answer(get).response.status) }
    #expect(statuses == [404, 200, 200, 200])
  }

  @Test func `what is no recording is refused`() throws {
    let heading = #"{"format":"berth-recording","version":1}"#
    for (text, words) in [
      ("", "does not begin"), ("{}\n", "does not begin"),
      (#"{"format":"berth-recording","version":2}"#, "later version"),
      ("\(heading)\n{}\n", "Line 2"), ("\(heading)\nnonsense\n", "Line 2"),
    ] {
      var findings = DiagnosticList()
      let replay = Replay.read(
        Array(text.utf8), file: "tape.jsonl", signingInAt: Emulation().service,
        reporting: &findings)
      #expect(replay == nil)
      #expect(findings.findings.first?.detail.contains(words) == true, "\(findings.findings)")
    }
    // A last line that was cut off when the recorder was killed.
    _ = try replay("\(heading)\n{\"at\":0,\"requ")
  }

  /// A canary in every place where a secret may stand (reliability.md T28).
  @Test func `T28 no secret is in a recording, in whatever spelling`() async throws {
    let canary = "canary/9f3+K"
    let emulation = Emulation()
    let tape = Tape()
    let recorder = tape.recorder
    var requests: [EmulatedRequest] = []
    let base = Emulation.base
    for (index, body) in Self.bodies(with: canary).enumerated() {
      let path = "\(base)/computes/target\(index)a"
      requests.append(
        request("PUT", "\(path)?\(Self.version)&sig=\(canary)", body, token: canary))
      requests.append(request("POST", "\(path)/listKeys?\(Self.version)", token: canary))
      requests.append(request("GET", "\(path)?\(Self.version)", token: canary))
    }
    requests.append(request("GET", "\(base)/computes?\(Self.version)", token: canary))
    var signIn = EmulatedRequest(
      "POST", "/t/oauth2/v2.0/token",
      headers: ["Cookie": canary, "X-IDENTITY-HEADER": canary, "Proxy-Authorization": canary])
    for form in ["client_secret=\(canary)", "client_assertion=\(canary)"] {
      signIn.body = Array(
        "grant_type=client_credentials&client_id=a&scope=r/.default&\(form)".utf8)
      requests.append(signIn)
    }
    requests.append(
      EmulatedRequest("PUT", "\(base)/computes/raw?\(Self.version)", body: Array(canary.utf8)))
    requests += Self.requests(with: canary)
    for request in requests {
      recorder.record(request, await emulation.answer(request))
      emulation.wait(60_000)
    }
    let text = tape.text
    let bytes = Array(canary.utf8)
    let hex = bytes.map { String($0, radix: 16) }.joined()
    for spelling in [
      canary, "canary", "9f3", String(canary.reversed()), hex, hex.uppercased(),
      "Y2FuYXJ5LzlmMytL", "canary%2F9f3%2BK", "canary\\/9f3+K",
    ] {
      #expect(!text.contains(spelling), "as \(spelling)")
    }
    #expect(text.contains("(redacted)"))
    #expect(text.split(separator: "\n").count == requests.count + 1)
    // What helps is still there.
    #expect(text.contains("Standard_DS3_v2"))
  }

  /// Changes and actions, which do not say of which kind they are, and fields that nobody knows.
  private static func requests(with canary: String) -> [EmulatedRequest] {
    let secret = AttributeValue.text(canary)
    let bag: AttributeValue = [
      "apiKey": secret, "name": secret, "id": secret, "state": ["type": secret],
    ]
    let box = "\(Emulation.base)/computes/target6a"
    let bodies: [(String, String, AttributeValue)] = [
      (
        "PATCH", "\(Emulation.base)/computes/target5a",
        [
          "tags": ["team": "a", "api-key": secret],
          "properties": ["propertyBag": bag, "properties": ["propertyBag": bag, "vmSize": bag]],
        ]
      ),
      (
        "PUT", "\(Emulation.base)/computes/target5a",
        [
          "location": "westeurope", "propertyBag": bag, "identity": ["propertyBag": bag],
          "properties": [
            "computeType": "AmlCompute", "propertyBag": bag,
            "properties": ["vmSize": "Standard_DS3_v2", "propertyBag": bag],
          ],
        ]
      ),
      (
        "POST", "\(box)/customServices",
        [
          [
            "name": "a", "image": ["type": "docker", "reference": "a/b"], "propertyBag": bag,
            "environmentVariables": ["PASS": ["type": "local", "value": secret]],
          ]
        ]
      ),
      ("POST", "\(box)/enableSso", ["enableSSO": true, "propertyBag": bag]),
      ("POST", "\(box)/updateSchedules", ["computeStartStop": [["propertyBag": bag]]]),
      ("POST", "\(box)/updateIdleShutdownSetting", ["propertyBag": bag]),
      ("POST", "\(box)/stop", bag),
      ("POST", "\(Emulation.base)/checkComputeNameAvailability", ["propertyBag": bag]),
      ("POST", "\(Emulation.locations)/westeurope/updateQuotas", ["value": [["propertyBag": bag]]]),
    ]
    return bodies.map { method, path, body in
      EmulatedRequest(
        method, "\(path)?\(version)",
        headers: ["Authorization": "Bearer \(canary)", "Content-Type": "application/json"],
        body: Array(body.canonicalJSON.utf8))
    }
  }

  // MARK: What helps stays

  @Test func `what a kind knows to be no secret reads as it was`() async throws {
    let emulation = Emulation()
    let tape = Tape()
    let recorder = tape.recorder
    var body = Emulation.cluster
    body[AttributePath("tags")] = ["berth-secrets": "a=1", "team": "ml", "password": "x"]
    body[AttributePath("properties.properties.userAccountCredentials.adminUserName")] = "ana"
    let path = "\(Emulation.base)/computes/cpu?\(Self.version)"
    for request in [request("PUT", path, body), request("GET", path)] {
      recorder.record(request, await emulation.service.answer(request))
      emulation.wait(60_000)
    }
    let read = await (try replay(tape.text)).answer(request("GET", path)).response.json
    #expect(read[at: "tags.berth-secrets"] == "a=1" && read[at: "tags.team"] == "ml")
    #expect(read[at: "tags.password"] == "(redacted)")
    #expect(read[at: "properties.properties.userAccountCredentials.adminUserName"] == "ana")
    #expect(read[at: "properties.properties.allocationState"] == "Steady")
    #expect(read[at: "properties.properties.scaleSettings.maxNodeCount"] == 4)
  }

  @Test func `answers that are no JSON, and challenges, are played as they were`() async throws {
    let tape = Tape()
    let recorder = tape.recorder
    let path = "\(Emulation.base)/computes?\(Self.version)"
    let page = EmulatedResponse(
      502, headers: ["Content-Type": "text/html", "WWW-Authenticate": "Bearer realm=\"a\""],
      body: Array("<html>Bad gateway at http://127.0.0.1:8440</html>".utf8))
    recorder.record(request("GET", path), EmulatedAnswer(page))
    let token = EmulatedResponse(
      500, headers: ["Content-Type": "text/plain"], body: Array("Bearer eyJhbGci".utf8))
    recorder.record(request("GET", path + "&$skip=a"), EmulatedAnswer(token))
    let replay = try replay(tape.text)
    let again = await replay.answer(request("GET", path, port: 9)).response
    #expect(again.status == 502 && again.headers["Content-Type"] == "text/html")
    #expect(again.text == "<html>Bad gateway at http://127.0.0.1:9</html>")
    #expect(again.headers["WWW-Authenticate"] == "Bearer realm=\"a\"")
    #expect(!tape.text.contains("eyJ"))
  }

  // MARK: Signing in

  private func signIn(tenant: String, secret: String) -> EmulatedRequest {
    EmulatedRequest(
      "POST", "/\(tenant)/oauth2/v2.0/token",
      body: Array(
        "grant_type=client_credentials&client_id=a&scope=r/.default&client_secret=\(secret)".utf8))
  }

  @Test func `a replay is signed in to by whoever, from anywhere`() async throws {
    let emulation = Emulation()
    let tape = Tape()
    let recorder = tape.recorder
    func identity(_ port: Int) -> EmulatedRequest {
      EmulatedRequest(
        "GET",
        "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=http://127.0.0.1:\(port)",
        headers: ["Metadata": "true"])
    }
    for request in [signIn(tenant: "one", secret: "short"), identity(8440)] {
      recorder.record(request, await emulation.service.answer(request))
    }
    let replay = try replay(tape.text)
    for request in [signIn(tenant: "two", secret: "much-longer"), identity(9)] {
      let response = await replay.answer(request).response
      #expect(response.status == 200)
      #expect(response.json["access_token"]?.text?.split(separator: ".").count == 3)
    }
    // One that was recorded without signing in can be signed in to as well.
    let silent = try self.replay(#"{"format":"berth-recording","version":1}"# + "\n")
    #expect(await silent.answer(signIn(tenant: "t", secret: "s")).response.status == 200)
  }

  @Test func `a recorded refusal to sign in is played`() async throws {
    let tape = Tape()
    let recorder = tape.recorder
    for status in [429, 200] {
      recorder.record(
        signIn(tenant: "one", secret: "a"), EmulatedAnswer(EmulatedResponse(status)))
    }
    let replay = try replay(tape.text)
    var statuses: [Int] = []
    for _ in 0..<3 {
      statuses.append(await replay.answer(signIn(tenant: "two", secret: "bc")).response.status)
    }
    #expect(statuses == [429, 200, 200])
  }

  private static func bodies(with canary: String) -> [AttributeValue] {
    let secret = AttributeValue.text(canary)
    func body(
      _ type: String, _ resource: String?, _ inner: AttributeValue
    ) -> AttributeValue {
      var body: AttributeValue = [
        "location": "westeurope",
        "properties": ["computeType": .text(type), "properties": inner],
      ]
      if let resource {
        body[AttributePath("properties.resourceId")] = .text(
          "/subscriptions/\(Emulation.subscription)/resourceGroups/rg/providers/\(resource)")
      }
      return body
    }
    let account: AttributeValue = [
      "username": "admin", "password": secret, "privateKeyData": secret, "passphrase": secret,
    ]
    return [
      body(
        "VirtualMachine", "Microsoft.Compute/virtualMachines/a", ["administratorAccount": account]),
      body("HDInsight", "Microsoft.HDInsight/clusters/a", ["administratorAccount": account]),
      body(
        "Databricks", "Microsoft.Databricks/workspaces/a", ["databricksAccessToken": secret]),
      body(
        "AKS", "Microsoft.ContainerService/managedClusters/a",
        ["sslConfiguration": ["status": "Enabled", "cname": "a.b", "cert": secret, "key": secret]]),
      body(
        "Kubernetes", "Microsoft.ContainerService/managedClusters/b",
        [
          "namespace": "default", "relayConnectionString": secret,
          "serviceBusConnectionString": secret,
        ]),
      body(
        "AmlCompute", nil,
        [
          "vmSize": "Standard_DS3_v2",
          "scaleSettings": ["minNodeCount": 0, "maxNodeCount": 1],
          "userAccountCredentials": [
            "adminUserName": "admin", "adminUserPassword": secret, "adminUserSshPublicKey": secret,
          ],
        ]),
      body(
        "ComputeInstance", nil,
        [
          "vmSize": "Standard_DS3_v2",
          "setupScripts": [
            "scripts": ["creationScript": ["scriptData": secret, "scriptArguments": secret]]
          ],
        ]),
      body("Kusto", nil, ["kustoConnectionString": secret, "anything": secret]),
    ]
  }
}
