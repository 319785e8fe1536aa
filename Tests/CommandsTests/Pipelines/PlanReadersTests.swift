import Foundation
import Testing

/// The JSON plan as tools made for `terraform show -json` read it (conventions: plan file).
@Suite("Plans read by others")
struct PlanReadersTests {
  /// A workspace with four clusters and an instance, and a plan that takes away some of them.
  private func lossy() throws -> TemporaryFolder {
    let names = ["one", "two", "three", "four"]
    let folder = try TemporaryFolder.stack(
      Dictionary(
        uniqueKeysWithValues: names.map {
          ("\($0).yml", "name: pool-\($0)\ntype: amlcompute\nsize: STANDARD_DS3_V2\n")
        }))
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("one.yml"))
    try folder.write(
      "name: pool-two\ntype: amlcompute\nsize: STANDARD_DS4_V2\n", to: "two.yml")
    try folder.write(
      "name: pool-three\ntype: amlcompute\nsize: STANDARD_DS3_V2\nmin_instances: 2\n",
      to: "three.yml")
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    try folder.write(try folder.run("show", "plan.json", "--json").output, to: "shown.json")
    return folder
  }

  @Test func `what is shown is the plan, with the version that such tools ask for`() throws {
    let folder = try lossy()
    let shown = try folder.read("shown.json")
    let saved = try folder.read("plan.json")
    #expect(shown.replacing("  \"terraform_version\": \"1.0.0\",\n", with: "") == saved)
    #expect(shown != saved)
    #expect(try folder.run("apply", "shown.json").status == 0, "it is a plan all the same")
  }

  @Test func `checkov judges it by checks of our own`() throws {
    guard let checkov = HostRecipeTests.checker("checkov") else { return }
    let folder = try lossy()
    let checks = Recipe.folder.appendingPathComponent("policies/checkov").path
    let runner = try FakeRunner(folder)
    runner.environment["LOG_LEVEL"] = "CRITICAL"
    let run = try runner.bash(
      """
      '\(checkov.path)' --file shown.json --framework terraform_plan --skip-download \
      --external-checks-dir '\(checks)' --check CKV_BERTH_1,CKV_BERTH_2 --compact --output json
      """)
    #expect(run.status == 1, "\(run.messages)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let results = try #require(object["results"] as? [String: Any])
    func told(_ kind: String) -> [String] {
      (results[kind] as? [[String: Any]] ?? []).map {
        "\($0["check_id"] ?? "") \($0["resource_address"] ?? "")"
      }.sorted()
    }
    #expect(
      told("failed_checks") == [
        "CKV_BERTH_1 amlcompute.pool-three", "CKV_BERTH_2 amlcompute.pool-two",
      ])
    #expect(
      told("passed_checks") == [
        "CKV_BERTH_1 amlcompute.pool-two", "CKV_BERTH_2 amlcompute.pool-three",
      ])
  }

  @Test func `a rule counts what would be lost, as conftest and opa would`() throws {
    let folder = try lossy()
    let runner = try FakeRunner(folder)
    let rule = Recipe.folder.appendingPathComponent("policies/losses.py").path
    let strict = try runner.bash("python3 '\(rule)' plan.json 1")
    #expect(strict.status == 1)
    #expect(
      strict.output
        == "2 targets would be lost or let go, and 1 may: amlcompute.pool-one, amlcompute.pool-two\n"
    )
    #expect(try runner.bash("python3 '\(rule)' shown.json 2").status == 0)
  }

  @Test func `the rule in Rego is the rule in Python, and opa agrees where it is there`() throws {
    let rego = try Recipe.text("policies/losses.rego")
    let python = try Recipe.text("policies/losses.py")
    for phrase in [
      "targets would be lost or let go, and", "would lose its disk", "underlying_resource",
      "computeinstance", "resource_changes", "actions",
    ] {
      #expect(rego.contains(phrase) && python.contains(phrase), "\(phrase)")
    }
    let folder = try lossy()
    let runner = try FakeRunner(folder)
    guard try runner.bash("command -v opa").status == 0 else {
      print("SKIPPED: no opa here; the same rule is tested in Python.")
      return
    }
    let policy = Recipe.folder.appendingPathComponent("policies/losses.rego").path
    let run = try runner.bash(
      "opa eval --format raw --data '\(policy)' --input plan.json 'count(data.main.lost)'")
    #expect(run.output == "2\n")
  }
}
