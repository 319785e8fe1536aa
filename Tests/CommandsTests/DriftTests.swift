import Foundation
import Testing

@Suite("Drift")
struct DriftTests {
  private static let gpu = "name: gpu\ntype: amlcompute\n"

  @Test func `what is not there is told without a claim that it ever was`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": Self.gpu])
    let run = try folder.run("drift", "--detailed-exitcode")
    #expect(run.status == 2)
    #expect(
      run.output.contains(
        """
          # amlcompute.gpu has been deleted
          # (gpu.yml:1)
          # (because it is not in the workspace; one that was never applied looks the same)
        """))
  }
}
