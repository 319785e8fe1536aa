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
          # (or its document is new and was not applied yet)
        """))
  }
}
