import Foundation
import TestSupport
import Testing

/// Compares a text with `Goldens/NAME` beside this file.
func expectGolden(
  _ actual: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens/\(name)").path
  let isRecording = ProcessInfo.processInfo.environment["BERTH_RECORD"] == "1"
  if let difference = Golden.difference(actual, file, isRecording: isRecording) {
    Issue.record("\(difference)", sourceLocation: sourceLocation)
  }
}

@Suite("Examples")
struct ExampleTests {
  private static let secrets = [
    "BUILD_VM_PASSWORD": "not a real one", "SSH_PASSWORD": "Nor this 1",
  ]

  @Test(arguments: ["quickstart", "tls-rotation", "rename-and-swap", "gitops", "az-ml"])
  func `an example plans as its golden says, applies, and then plans empty`(name: String) throws {
    let folder = try TemporaryFolder.example(name)
    let plan = try folder.run("plan", environment: Self.secrets)
    #expect(plan.status == 0, "\(plan.messages)")
    expectGolden(plan.output, "\(name).plan.txt")
    #expect(try folder.run("plan", environment: Self.secrets).output == plan.output)

    let apply = try folder.run("apply", "--auto-approve", environment: Self.secrets)
    #expect(apply.status == 0, "\(apply.output)\(apply.messages)")
    let again = try folder.run("plan", "--detailed-exitcode", environment: Self.secrets)
    #expect(again.status == 0, "\(again.output)")
    #expect(
      again.output == "No changes. Your infrastructure matches the configuration.\n",
      "\(again.output)")

    let destroy = try folder.run("destroy", "--auto-approve", environment: Self.secrets)
    #expect(destroy.status == 0 || name == "gitops", "\(destroy.output)\(destroy.messages)")
  }

  @Test(arguments: ["dev", "prod"])
  func `one stack serves several environments`(name: String) throws {
    let folder = try TemporaryFolder.example("environments")
    let choice = ["--overlay", name, "--var-file", "vars/\(name).yaml"]
    let plan = try folder.run(["plan"] + choice)
    #expect(plan.status == 0, "\(plan.messages)")
    expectGolden(plan.output, "environments.\(name).txt")
    #expect(try folder.run(["apply", "--auto-approve"] + choice).status == 0)
    #expect(try folder.run(["plan", "--detailed-exitcode"] + choice).status == 0)
    #expect(try folder.run("plan").messages.contains("[variable-unset]"))
  }

  @Test func `a renewed certificate is re-attached, and no output ever shows it`() throws {
    let folder = try TemporaryFolder.example("tls-rotation")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    for file in ["www.pem", "www.key"] {
      try folder.write(try folder.read("certs/renewed/\(file)"), to: "certs/\(file)")
    }
    let plan = try folder.run("plan", "--out", "plan.json")
    expectGolden(
      plan.output.replacing(/Digest: .*/, with: "Digest: ..."), "tls-rotation.renewed.txt")
    let apply = try folder.run("apply", "--auto-approve")
    let order = apply.output.split(separator: "\n").filter { $0.hasPrefix("aks.inference: ") }
    #expect(
      order.map { $0.replacing(/\ after .*/, with: "") } == [
        "aks.inference: Detaching...", "aks.inference: Detachment complete",
        "aks.inference: Attaching...", "aks.inference: Attachment complete",
      ])
    let key = try folder.read("certs/www.key").split(separator: "\n")[1]
    for text in [plan.output, plan.messages, apply.output, apply.messages] {
      #expect(!text.contains(key))
    }
    for case let file as URL in FileManager.default.enumerator(
      at: folder.url.appendingPathComponent(".berth"), includingPropertiesForKeys: nil) ?? .init()
    {
      let bytes = (try? Data(contentsOf: file)) ?? Data()
      // The simulated service has to keep what it was sent; nothing else may.
      if file.lastPathComponent.hasPrefix("workspace.db") { continue }
      #expect(!String(decoding: bytes, as: UTF8.self).contains(key), "\(file.path)")
    }
    #expect(try !folder.read("plan.json").contains(key))
  }

  @Test func `a rename and a swap detach before they attach`() throws {
    let folder = try TemporaryFolder.example("rename-and-swap")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    for file in ["spark-etl.yml", "spark-adhoc.yml"] {
      let text = try folder.read(file)
      let swapped =
        text.contains("pool1")
        ? text.replacing("pool1", with: "pool2") : text.replacing("pool2", with: "pool1")
      try folder.write(swapped, to: file)
    }
    try folder.write(
      try folder.read("inference.yml").replacing("inference-blue", with: "inference-green"),
      to: "inference.yml")
    let plan = try folder.run("plan")
    expectGolden(plan.output, "rename-and-swap.changed.txt")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }
}
