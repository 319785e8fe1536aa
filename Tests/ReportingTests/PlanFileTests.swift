import Diagnostics
import Planning
import Reporting
import TargetModel
import TestSupport
import Testing

/// Saved plans: what is written is read, and nothing else is (conventions: plan file).
struct PlanFileTests {
  private static func file(_ plan: Plan) -> PlanFile {
    PlanFile(
      plan: plan, berthVersion: "0.4.0", timestamp: "2026-01-05T09:00:00Z", isErrored: false,
      commit: "c0ffee", manifestsSHA256: String(repeating: "0", count: 64))
  }

  private static let everyday = file(Everyday.plan)

  private func read(_ text: String) throws(PlanFileFailure) -> PlanFile {
    try PlanFile(reading: Array(text.utf8))
  }

  private func failure(_ text: String) -> PlanFileFailure? {
    do throws(PlanFileFailure) {
      _ = try read(text)
      return nil
    } catch { return error }
  }

  @Test func `the whole file of a re-attachment`() {
    var plan = planned(
      [
        desired(
          "hub", "k8s", ["resource_id": .resource("aks"), "tls.status": "Enabled"],
          secrets: ["tls.key": "bbbb1"], line: 31)
      ],
      [
        converged(
          desired(
            "hub", "k8s", ["resource_id": .resource("aks"), "tls.status": "Enabled"],
            secrets: ["tls.key": "bbbb2"]))
      ])
    plan.changes[0].precondition = "f00d"
    let id = "/subscriptions/s/resourceGroups/g/providers/Test.Things/things/aks"
    let values = """
      {
              "agents": 1,
              "resource_id": "\(id)",
              "tls": {
                "status": "Enabled"
              }
            }
      """
    let file = Self.file(plan)
    #expect(
      file.json == """
        {
          "applyable": true,
          "berth_version": "0.4.0",
          "digest": "\(file.digest)",
          "errored": false,
          "format_version": "1.0",
          "mode": "apply",
          "planned_values": {
            "root_module": {
              "resources": [
                {
                  "address": "hub.k8s",
                  "mode": "managed",
                  "name": "k8s",
                  "provider_name": "berth/azureml",
                  "type": "hub",
                  "values": \(indented(values, by: 4))
                }
              ]
            }
          },
          "resource_changes": [
            {
              "action_reason": "replace_because_cannot_update",
              "address": "hub.k8s",
              "attributes": [
                {
                  "effect": "forces-reattachment",
                  "path": [
                    "tls",
                    "key"
                  ],
                  "sensitive": true
                }
              ],
              "change": {
                "actions": [
                  "delete",
                  "create"
                ],
                "after": \(indented(values, by: 2)),
                "after_sensitive": {
                  "tls": {
                    "key": true
                  }
                },
                "after_unknown": {},
                "before": \(indented(values, by: 2)),
                "before_sensitive": {},
                "replace_paths": [
                  [
                    "tls",
                    "key"
                  ]
                ]
              },
              "mode": "managed",
              "name": "k8s",
              "operation": "reattach",
              "precondition": {
                "fingerprint": "sha256:f00d"
              },
              "provider_name": "berth/azureml",
              "reason": {
                "doc": "https://github.com/berth-iac/berth/blob/main/docs/planning.md",
                "rule": "tls-needs-detach",
                "text": "TLS of an attachment changes by detaching it first"
              },
              "resource_id": "\(id)",
              "reversible": true,
              "sensitive_paths": [
                [
                  "tls",
                  "key"
                ]
              ],
              "source": {
                "column": 1,
                "file": "compute.yml",
                "line": 31
              },
              "type": "hub",
              "unchanged_attribute_count": 3,
              "underlying_resource": "kept"
            }
          ],
          "resource_drift": [],
          "scope": {
            "location": "westeurope",
            "resource_group": "test-rg",
            "stack": "prod",
            "subscription_id": "00000000-0000-0000-0000-000000000000",
            "workspace": "test-ws"
          },
          "source": {
            "commit": "c0ffee",
            "manifests_sha256": "0000000000000000000000000000000000000000000000000000000000000000"
          },
          "steps": [
            {
              "act": "detach",
              "address": "hub.k8s",
              "id": "s1",
              "resource_id": "\(id)",
              "waits_for": []
            },
            {
              "act": "attach",
              "address": "hub.k8s",
              "id": "s2",
              "resource_id": "\(id)",
              "waits_for": [
                "s1"
              ]
            }
          ],
          "timestamp": "2026-01-05T09:00:00Z",
          "unchanged_count": 0
        }

        """)
  }

  private func indented(_ text: String, by spaces: Int) -> String {
    text.replacing("\n", with: "\n" + String(repeating: " ", count: spaces))
  }

  @Test(arguments: Action.allCases)
  func `what loses something says delete, and what can't be undone says so`(_ action: Action) throws
  {
    let steps = [action.release, action.acquisition].compactMap(\.self).enumerated().map {
      Step(id: StepID($0 + 1), address: TargetAddress(kind: "pool", name: "a"), act: $1)
    }
    let file = Self.file(plan([change(action)], steps: steps))
    let body = try AttributeValue(json: file.json)
    let item = try #require(body["resource_changes"]?.list?.first)
    let actions = try #require(item["change.actions"]?.list).compactMap(\.text)
    #expect(actions.contains("delete") == (action.release != nil))
    #expect(actions.contains("create") == (action.acquisition != nil))
    #expect(
      Set(actions).isSubset(of: ["no-op", "create", "read", "update", "delete", "forget"]))
    #expect(!actions.isEmpty)
    #expect(item["reversible"] == .bool(action.release != .delete))
    let read = try read(file.json)
    #expect(read.plan.changes.map(\.action) == [action])
  }

  @Test func `no secret is in a file`() {
    #expect(!Self.everyday.json.contains("hunter2"))
    #expect(!Self.everyday.json.contains("aaaa"))
  }

  // MARK: Reading

  @Test func `what is written is read back, to the byte`() throws {
    for seed in UInt64(1)...300 {
      var random = SeededRandom(seed: seed)
      let file = RandomPlan.file(&random)
      let text = file.json
      let read: PlanFile
      do throws(PlanFileFailure) { read = try self.read(text) } catch {
        Issue.record("seed \(seed): \(error)\n\(text)")
        continue
      }
      #expect(read == file, "seed \(seed)")
      #expect(Array(read.json.utf8) == Array(text.utf8), "seed \(seed)")
      #expect(read.digest == file.digest, "seed \(seed)")
      #expect(
        Array(PlanText(read.plan).text.utf8) == Array(PlanText(file.plan).text.utf8),
        "seed \(seed)")
    }
  }

  @Test func `the digest is over what an apply does, and over no fact about the file`() {
    let digest = Self.everyday.digest
    #expect(digest.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil)
    var other = Self.everyday
    other.timestamp = "2027-01-05T09:00:00Z"
    other.berthVersion = "9"
    other.commit = nil
    #expect(other.digest == digest)
    var moved = Self.everyday
    moved.manifestsSHA256 = String(repeating: "1", count: 64)
    #expect(moved.digest != digest)
    moved = Self.everyday
    moved.isErrored = true
    #expect(moved.digest != digest)
    moved = Self.everyday
    moved.plan.steps[0].act = .mark
    #expect(moved.digest != digest)
    moved = Self.everyday
    moved.plan.workspace = WorkspaceIdentity(
      subscriptionID: "s", resourceGroup: "g", name: "n", location: "l")
    #expect(moved.digest != digest)
  }

  @Test func `every value that is edited is found, but for facts about the file`() throws {
    let body = try AttributeValue(json: Self.everyday.json)
    var count = 0
    for (place, edited) in body.editions {
      count += 1
      let failure = failure(edited.prettyJSON)
      if ["/timestamp", "/berth_version", "/source/commit", "/format_version"].contains(place) {
        #expect(failure == nil, "\(place)")
        continue
      }
      switch failure {
      case .edited?, .unreadable?: continue
      case .version?, nil: Issue.record("\(place): \(String(describing: failure))")
      }
    }
    #expect(count > 150)
  }

  @Test func `every value that is missing is found`() throws {
    let body = try AttributeValue(json: Self.everyday.json)
    for (place, shortened) in body.shortenings {
      #expect(failure(shortened.prettyJSON) != nil, "\(place)")
    }
  }

  @Test func `an adjusted digest does not save steps that nobody reviewed`() {
    var file = Self.everyday
    let bystander = TargetAddress(kind: "pool", name: "bystander")
    file.plan.steps.append(Step(id: StepID(99), address: bystander, act: .delete))
    let told = PlanFileFailure.unreadable("has steps that do not belong to its changes")
    #expect(failure(file.json) == told)
    file = Self.everyday
    file.plan.steps[0].act = .update
    #expect(failure(file.json) == told)
    file = Self.everyday
    file.plan.steps.removeLast()
    #expect(failure(file.json) == told)
    file = Self.everyday
    file.plan.steps.reverse()
    #expect(failure(file.json) == told)
    file = Self.everyday
    file.plan.steps[1].id = file.plan.steps[0].id
    #expect(failure(file.json) == told)
  }

  @Test func `every truncated file is refused`() {
    let bytes = Array(Self.everyday.json.utf8)
    for length in stride(from: 0, to: bytes.count - 1, by: 97) + [bytes.count - 2] {
      do throws(PlanFileFailure) {
        _ = try PlanFile(reading: Array(bytes[..<length]))
        Issue.record("\(length) bytes were read")
      } catch {
        guard case .unreadable(let reason) = error else {
          Issue.record("\(length) bytes: \(error)")
          continue
        }
        #expect(reason.hasPrefix("is not the JSON of a plan: "))
      }
    }
  }

  @Test(arguments: ["2.0", "0.9", "10.0", "", "x", "11", ".1", "..1.0", "1x", "01.0", " 1.0"])
  func `another major version is refused`(_ version: String) {
    #expect(failure(Self.everyday.json, format: version) == .version(version))
  }

  @Test(arguments: ["1.0", "1.7", "1"])
  func `a minor version is read, and keys that nobody knows are ignored`(_ version: String) throws {
    var body = try AttributeValue(json: Self.everyday.json)
    body["format_version"] = .text(version)
    body["later"] = ["key": 1]
    body["scope.later"] = true
    guard case .list(var changes)? = body["resource_changes"] else {
      Issue.record("no changes")
      return
    }
    changes[0]["later"] = "x"
    changes[0]["change.later"] = []
    body["resource_changes"] = .list(changes)
    #expect(try read(body.prettyJSON) == read(Self.everyday.json))
  }

  private func failure(_ text: String, format: String) -> PlanFileFailure? {
    failure(
      text.replacing(#""format_version": "1.0""#, with: #""format_version": "\#(format)""#))
  }

  @Test(arguments: [
    ("", "is not the JSON of a plan: a value is due at byte 0"),
    ("plan", "is not the JSON of a plan: a value is due at byte 0"),
    ("{}", "is JSON, and no plan: it has no 'format_version'"),
    ("[]", "is JSON, and no plan: it has no 'format_version'"),
    (#"{"format_version":1}"#, "is JSON, and no plan: it has no 'format_version'"),
    (
      #"{"format_version":"1.0"}"#,
      "is no plan that this version reads: 'scope' is missing or not as it should be"
    ),
    (
      #"{"format_version":"1.0","format_version":"1.0"}"#,
      "is not the JSON of a plan: a key is repeated at byte 24"
    ),
  ])
  func `what is no plan is told so`(_ text: String, _ reason: String) {
    #expect(failure(text) == .unreadable(reason))
  }

  @Test func `hostile depth, bytes and size are refused`() {
    let deep = String(repeating: #"{"format_version":"#, count: 100_000)
    #expect(
      failure(deep) == .unreadable("is not the JSON of a plan: more than 64 levels at byte 1152"))
    let lists = #"{"format_version":"1.0","scope":"# + String(repeating: "[", count: 1_000_000)
    #expect(
      failure(lists) == .unreadable("is not the JSON of a plan: more than 64 levels at byte 95"))
    var bytes = Array(Self.everyday.json.utf8)
    if let place = bytes.firstIndex(of: UInt8(ascii: "K")) ?? bytes.indices.dropFirst(5).first {
      bytes[place] = 0xFF
    }
    #expect(throws: PlanFileFailure.self) { try PlanFile(reading: bytes) }
    #expect(throws: PlanFileFailure.self) {
      try PlanFile(reading: Array(Self.everyday.json.utf8) + [0])
    }
  }

  @Test func `bytes that were changed at random never pass for another plan`() {
    let bytes = Array(Self.everyday.json.utf8)
    for seed in UInt64(1)...300 {
      var random = SeededRandom(seed: seed)
      var changed = bytes
      guard let place = changed.indices.randomElement(using: &random) else { continue }
      changed[place] = .random(in: 0x20...0x7E, using: &random)
      guard let read = try? PlanFile(reading: changed) else { continue }
      #expect(read.plan == (try? PlanFile(reading: bytes))?.plan, "seed \(seed), byte \(place)")
      #expect(read.digest == Self.everyday.digest, "seed \(seed), byte \(place)")
    }
  }

  @Test func `only a plan without errors and with steps can be applied`() throws {
    let applyable = { (file: PlanFile) in try AttributeValue(json: file.json)["applyable"] }
    #expect(try applyable(Self.everyday) == true)
    var errored = Self.everyday
    errored.isErrored = true
    #expect(try applyable(errored) == false)
    #expect(try applyable(Self.file(plan([]))) == false)
  }
}

extension AttributeValue {
  /// The value with each of its scalars changed in turn.
  fileprivate var editions: [(place: String, value: AttributeValue)] {
    switch self {
    case .null: [("", "x")]
    case .bool(let bool): [("", .bool(!bool))]
    case .integer(let integer): [("", .integer(integer + 1))]
    case .number(let number): [("", .number(number + 1))]
    case .text(let text): [("", .text(text + "1"))]
    case .secret: []
    case .list, .map: inside { $0.editions }
    }
  }

  /// The value with each of its elements and entries taken away in turn; but not the whole of it,
  /// nor what may be missing.
  fileprivate var shortenings: [(place: String, value: AttributeValue)] {
    switch self {
    case .null, .bool, .integer, .number, .text, .secret: []
    case .list(let elements):
      elements.indices.map { index in
        var rest = elements
        rest.remove(at: index)
        return ("/\(index)", .list(rest))
      } + inside { $0.shortenings }
    case .map(let entries):
      entries.keys.sorted().filter { $0 != "commit" }.map { key in
        ("/" + key, .map(entries.filter { $0.key != key }))
      } + inside { $0.shortenings }
    }
  }

  private func inside(
    _ edit: (AttributeValue) -> [(place: String, value: AttributeValue)]
  ) -> [(place: String, value: AttributeValue)] {
    switch self {
    case .null, .bool, .integer, .number, .text, .secret: []
    case .list(let elements):
      elements.enumerated().flatMap { index, element in
        edit(element).map { place, value in
          var changed = elements
          changed[index] = value
          return ("/\(index)" + place, .list(changed))
        }
      }
    case .map(let entries):
      entries.sorted { $0.key < $1.key }.flatMap { key, entry in
        edit(entry).map { place, value in
          var changed = entries
          changed[key] = value
          return ("/" + key + place, .map(changed))
        }
      }
    }
  }
}
