import Foundation
import TestSupport
import Testing

/// Microsoft's own examples of `az ml compute`, where they stand beside the repository.
@Suite("Microsoft's examples")
struct MicrosoftExampleTests {
  @Test func `each validates, plans and applies unchanged but for its placeholders`() throws {
    let source = BerthBinary.packageFolder.deletingLastPathComponent()
      .appendingPathComponent("shared/azure/spec/cli-v2-examples")
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: source.path) else {
      print("SKIPPED: Microsoft's examples are not beside the repository (\(source.path)).")
      return
    }
    #expect(names.count == 14)
    for name in names.sorted() {
      var text = try String(contentsOf: source.appendingPathComponent(name), encoding: .utf8)
      for (placeholder, value) in Self.placeholders {
        text = text.replacing("<\(placeholder)>", with: value)
      }
      let folder = try TemporaryFolder.stack([name: text])
      #expect(try folder.run("validate").status == 0, "\(name)")
      let plan = try folder.run("plan")
      #expect(plan.status == 0, "\(name): \(plan.messages)")
      #expect(plan.output.contains("Plan: 1 to add"), "\(name)")
      let apply = try folder.run("apply", "--auto-approve")
      #expect(apply.status == 0, "\(name): \(apply.output)\(apply.messages)")
      #expect(try folder.run("plan", "--detailed-exitcode").status == 0, "\(name)")
    }
  }

  private static let placeholders = [
    "ATTACHED_SPARK_POOL_NAME": "spark-example",
    "SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000000", "RESOURCE_GROUP": "my-rg",
    "SYNAPSE_WORKSPACE_NAME": "my-synapse", "SPARK_POOL_NAME": "mypool",
    "AML_USER_MANAGED_ID": "my-uai", "VM_NAME": "my-vm", "admin_username": "azureuser",
    "admin_password": "example-password",
  ]
}
