import Diagnostics
import Planning
import Reporting
import TargetModel
import TestSupport
import Testing

/// What a plan file says (conventions: plan file).
struct PlanFileTests {
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
    let file = PlanFile.of(plan)
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
              "wait_rules": {
                "s1": "detach-first"
              },
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
    let steps = RandomPlan.acts(of: action).enumerated().map {
      Step(id: StepID($0 + 1), address: TargetAddress(kind: "pool", name: "a"), act: $1)
    }
    let file = PlanFile.of(plan([change(action)], steps: steps))
    let body = try AttributeValue(json: file.json)
    let item = try #require(body["resource_changes"]?.list?.first)
    let actions = try #require(item["change.actions"]?.list).compactMap(\.text)
    #expect(actions.contains("delete") == (action.release != nil))
    #expect(actions.contains("create") == (action.acquisition != nil))
    #expect(
      Set(actions).isSubset(of: ["no-op", "create", "read", "update", "delete", "forget"]))
    #expect(!actions.isEmpty)
    #expect(item["reversible"] == .bool(action.release != .delete))
    let read = try PlanFile(reading: Array(file.json.utf8))
    #expect(read.plan.changes.map(\.action) == [action])
  }

  @Test func `T34 no secret is in a file`() {
    #expect(!PlanFile.everyday.json.contains("hunter2"))
    #expect(!PlanFile.everyday.json.contains("aaaa"))
  }

  @Test func `only a plan without errors and with steps can be applied`() throws {
    let applyable = { (file: PlanFile) in try AttributeValue(json: file.json)["applyable"] }
    #expect(try applyable(PlanFile.everyday) == true)
    var errored = PlanFile.everyday
    errored.isErrored = true
    #expect(try applyable(errored) == false)
    #expect(try applyable(PlanFile.of(plan([]))) == false)
  }
}
