import Diagnostics
import Emulator
import TargetModel
import Testing

struct FaultTests {
  private static let list = "\(Emulation.base)/computes?api-version=2025-12-01"

  private func emulation(_ yaml: String) throws -> Emulation {
    var findings = DiagnosticList()
    let plan = readFaults(Array(yaml.utf8), file: "faults.yml", reporting: &findings)
    #expect(findings.isEmpty, "\(findings.findings)")
    return Emulation(faults: try #require(plan))
  }

  private func compute(_ name: String) -> String {
    "\(Emulation.base)/computes/\(name)?api-version=2025-12-01"
  }

  // MARK: Effects

  @Test func `an answer stands in for the right one, the nth time and for some names`() async throws
  {
    let emulation = try emulation(
      """
      faults:
        - on: put
          name: gpu-*
          nth: [1, 3]
          answer: {status: 429, retry_after: 7}
      """)
    var statuses: [Int] = []
    for name in ["gpu-a", "cpu-a", "gpu-b", "gpu-c", "gpu-d"] {
      let response = await emulation.makeCluster(name)
      statuses.append(response.status)
      if response.status == 429 {
        #expect(response.headers["Retry-After"] == "7" && response.code == "TooManyRequests")
      }
    }
    #expect(statuses == [429, 201, 201, 429, 201])
    #expect(await emulation.ask("GET", Self.list).json["value"]?.list?.count == 3)
  }

  @Test(
    "waits are told in every form",
    arguments: [
      ("seconds", "Retry-After", "2"), ("milliseconds", "x-ms-retry-after-ms", "1500"),
      ("date", "Retry-After", "Fri, 15 Jan 2027 08:00:01 GMT"), ("nonsense", "Retry-After", "soon"),
    ])
  func waits(form: String, header: String, value: String) async throws {
    let emulation = try emulation(
      """
      faults:
        - on: list
          answer: {status: 503, retry_after: 1.5, retry_after_form: \(form)}
      """)
    #expect(await emulation.ask("GET", Self.list).headers[header] == value)
  }

  @Test(
    "bodies come in irregular forms",
    arguments: [("html", "<html>"), ("text", "This"), ("truncated", "{\"error\""), ("empty", "")])
  func bodies(form: String, beginning: String) async throws {
    let emulation = try emulation(
      "faults: [{on: list, answer: {status: 502, body: \(form)}}]")
    let response = await emulation.ask("GET", Self.list)
    #expect(response.status == 502)
    #expect(response.text.hasPrefix(beginning) && response.json["error"] == nil)
  }

  @Test func `a connection breaks before the effect, or after it`() async throws {
    let emulation = try emulation(
      """
      faults:
        - {on: put, name: lost, connection: lose-answer}
        - {on: put, name: reset, connection: reset}
      """)
    for (name, isThere) in [("lost", true), ("reset", false)] {
      let answer = await emulation.answer("PUT", compute(name), Emulation.cluster)
      #expect(answer.isLost)
      #expect((await emulation.ask("GET", compute(name)).status == 200) == isThere)
    }
  }

  @Test func `operations fail, take long and never end`() async throws {
    let emulation = try emulation(
      """
      faults:
        - {name: bad, operation: {ends: failed, code: QuotaExceeded, message: No cores.}}
        - {name: slow, operation: {takes: 90}}
        - {name: stuck, operation: {ends: never}}
      """)
    var monitors: [String: String] = [:]
    for name in ["bad", "slow", "stuck"] {
      monitors[name] = try await emulation.ask("PUT", compute(name), Emulation.cluster)
        .target("Azure-AsyncOperation")
    }
    emulation.wait(60_000)
    func state(_ name: String) async -> AttributeValue {
      await emulation.ask("GET", monitors[name] ?? "").json
    }
    #expect(await state("bad")["status"] == "Failed")
    #expect(await state("bad")[at: "error.code"] == "QuotaExceeded")
    let failed = await emulation.ask("GET", compute("bad")).json
    #expect(failed[at: "properties.provisioningState"] == "Failed")
    #expect(await state("slow")["status"] == "InProgress")
    emulation.wait(30_000)
    #expect(await state("slow")["status"] == "Succeeded")
    emulation.wait(86_400_000)
    #expect(await state("stuck")["status"] == "InProgress")
  }

  @Test(
    "a failure is told in each irregular form",
    arguments: [
      ("usual", "{\"code\":\"Broken\",\"message\":\"It broke.\"}"),
      ("nested", "{\"error\":{\"code\":\"Broken\",\"message\":\"It broke.\"}}"),
      ("code-ok", "{\"code\":\"OK\",\"message\":\"It broke.\",\"statusCode\":200}"),
      ("status-code", "{\"message\":\"Conflict\",\"statusCode\":409}"), ("text", "\"It broke.\""),
      ("bare", nil), ("html", nil), ("empty", nil),
    ])
  func failureForms(form: String, error: String?) async throws {
    let emulation = try emulation(
      """
      faults: [{operation: {ends: failed, code: Broken, message: It broke., body: \(form)}}]
      """)
    let monitor = try await emulation.ask("PUT", compute("cpu"), Emulation.cluster)
      .target("Azure-AsyncOperation")
    emulation.wait(60_000)
    let response = await emulation.ask("GET", monitor)
    #expect(response.status == 200)
    #expect(response.json["error"]?.canonicalJSON == error)
    #expect((form == "html") == response.text.contains("<html>"))
    #expect((form == "empty") == response.body.isEmpty)
  }

  @Test func `reads are stale by so many writes`() async throws {
    let emulation = try emulation("faults: [{on: [list, get], nth: [2, 3], stale: {writes: 2}}]")
    for name in ["aaa", "bbb", "ccc"] { await emulation.makeCluster(name) }
    func count() async -> Int? { await emulation.ask("GET", Self.list).json["value"]?.list?.count }
    #expect(await count() == 3)
    #expect(await count() == 1)
    #expect(await emulation.ask("GET", compute("bbb")).status == 404)
    #expect(await count() == 3)
  }

  @Test func `a stale read shows what was removed, and counts no write that was refused`()
    async throws
  {
    let emulation = try emulation("faults: [{on: [list, get], stale: {}}]")
    await emulation.makeCluster("cpu")
    #expect(await emulation.ask("GET", compute("cpu")).status == 404)
    #expect(await emulation.ask("PUT", compute("bad"), ["a": 1]).status == 400)
    #expect(await emulation.ask("GET", compute("cpu")).status == 404)
    _ = await emulation.ask("DELETE", compute("cpu") + "&underlyingResourceAction=Delete")
    emulation.wait(60_000)
    #expect(await emulation.ask("GET", compute("cpu")).status == 200)
    #expect(await emulation.ask("GET", Self.list).json["value"]?.list?.count == 1)
  }

  @Test func `an operation fails after a time of its own`() async throws {
    let emulation = try emulation("faults: [{operation: {takes: 90, ends: failed, code: Late}}]")
    let monitor = try await emulation.ask("PUT", compute("cpu"), Emulation.cluster)
      .target("Azure-AsyncOperation")
    emulation.wait(89_000)
    #expect(await emulation.ask("GET", monitor).json["status"] == "InProgress")
    emulation.wait(1_000)
    #expect(await emulation.ask("GET", monitor).code == "Late")
  }

  @Test func `an answer is held back`() async throws {
    let emulation = try emulation("faults: [{on: list, delay: 2.5}]")
    #expect(await emulation.answer("GET", Self.list).delay == 2_500)
  }

  @Test func `a refusal is late and gets lost like any other answer`() async throws {
    let path = compute("none")
    let late = try emulation("faults: [{on: get, delay: 1}]")
    let answer = await late.answer("GET", path)
    #expect(answer.response.status == 404)
    #expect(answer.delay == 1_000)
    let lost = try emulation("faults: [{on: get, connection: lose-answer}]")
    #expect(await lost.answer("GET", path).isLost)
  }

  @Test func `limits of a file are enforced`() async throws {
    let emulation = try emulation("limits: {reads: {size: 1, per_second: 1}}")
    #expect(await emulation.ask("GET", Self.list).status == 200)
    #expect(await emulation.ask("GET", Self.list).status == 429)
  }

  // MARK: Chance

  @Test func `the same seed brings the same faults, whatever else is asked`() async throws {
    let yaml = "seed: 4\nfaults: [{on: [list, get], chance: 0.5, answer: {status: 500}}]"
    func statuses(disturbed: Bool) async throws -> [Int] {
      let emulation = try emulation(yaml)
      var statuses: [Int] = []
      for _ in 0..<64 {
        if disturbed { _ = await emulation.ask("GET", compute("cpu")) }
        statuses.append(await emulation.ask("GET", Self.list).status)
      }
      return statuses
    }
    let first = try await statuses(disturbed: false)
    #expect(try await statuses(disturbed: true) == first)
    let share = first.filter { $0 == 500 }.count
    #expect((16...48).contains(share))
  }

  @Test func `a seed alone draws faults of several sorts`() async {
    var statuses: Set<Int> = []
    for seed: UInt64 in 0..<20 {
      let emulation = Emulation(faults: .random(seed: seed))
      for _ in 0..<30 { statuses.insert(await emulation.ask("GET", Self.list).status) }
    }
    #expect(statuses.isSuperset(of: [200, 429, 502, 503]))
  }

  @Test func `a seed alone draws failures in every form`() async {
    var texts: Set<String> = []
    let host = "http://127.0.0.1:8440"
    for seed: UInt64 in 0..<400 {
      let emulation = Emulation(faults: .random(seed: seed))
      for name in ["one", "two", "three"] {
        let made = await emulation.ask("PUT", compute(name), Emulation.cluster)
        guard let monitor = made.headers["Azure-AsyncOperation"] else { continue }
        emulation.wait(60_000)
        let answer = await emulation.ask("GET", String(monitor.dropFirst(host.count)))
        guard answer.status == 200, answer.json["status"] != "Succeeded" else { continue }
        texts.insert(answer.json["error"]?.canonicalJSON ?? String(answer.text.prefix(6)))
      }
    }
    for form in ["\"OK\"", "\"statusCode\":409", "{\"error\":{", "<html>"] {
      #expect(texts.contains { $0.contains(form) }, "\(form)")
    }
    #expect(texts.contains(""), "empty")
  }

  // MARK: The file

  @Test(
    "mistakes in the file are told where they stand",
    arguments: [
      ("[]", 1, "must have a list 'faults'"), ("faults: 3", 1, "'faults' must be a list of rules"),
      ("faults:\n  - {on: putt, answer: {status: 500}}", 2, "Did you mean \"put\"?"),
      ("faults:\n  - {on: put}", 2, "exactly one of"),
      ("faults:\n  - {delay: 1, stale: {}}", 2, "exactly one of"),
      ("faults:\n  - {answer: {}}", 2, "'faults[0].answer.status' is missing"),
      ("faults:\n  - answer:\n      status: 99", 3, "a whole number from 200 to 599"),
      ("faults:\n  - {chanse: 1, delay: 1}", 2, "Did you mean \"chance\"?"),
      ("faults:\n  - {chance: 2, delay: 1}", 2, "a number from 0 to 1"),
      ("faults:\n  - {connection: cut}", 2, "one of reset, lose-answer"),
      ("faults:\n  - {operation: {ends: soon}}", 2, "'failed' or 'never'"),
      ("faults:\n  - {nth: 1, every: 2, delay: 1}", 2, "one of 'nth', 'first' and 'every'"),
      ("faults:\n  - {on: list, operation: {ends: never}}", 2, "for which 'operation' makes"),
      ("faults:\n  - {on: put, stale: {}}", 2, "for which 'stale' makes sense"),
      ("faults:\n  - {on: [list, usages], name: a, delay: 1}", 2, "for which 'name' makes sense"),
      ("faults:\n  - {on: token, workspace: a, delay: 1}", 2, "for which 'workspace' makes"),
      ("faults:\n  - {operation: {ends: never, takes: 5}}", 2, "no effect beside 'ends: never'"),
      ("faults:\n  - {operation: {takes: 5, code: A}}", 2, "without 'ends: failed'"),
      ("remains: long", 1, "a number of seconds"),
      ("limits: {reads: {size: none}}", 1, "a whole number"),
      ("falts: []", 1, "Did you mean \"faults\"?"),
      ("faults: []\n---\nfaults: []", 2, "one document"),
    ])
  func mistakes(yaml: String, line: Int, words: String) throws {
    var findings = DiagnosticList()
    #expect(readFaults(Array(yaml.utf8), file: "faults.yml", reporting: &findings) == nil)
    let finding = try #require(findings.findings.first)
    #expect(finding.rule.id == "fault-file")
    #expect(finding.detail.contains(words), "\(finding.detail)")
    #expect(finding.location?.start.line == line)
  }
}
