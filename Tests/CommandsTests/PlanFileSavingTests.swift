import Foundation
import Planning
import Reporting
import Storage
import TargetModel
import Testing

@testable import Commands

/// Plans as they are put on disk.
@Suite struct PlanFileSavingTests {
  private static let plan = PlanFile(
    plan: Plan(
      stack: "ml",
      workspace: WorkspaceIdentity(
        subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "g", name: "w",
        location: "westeurope"),
      mode: .apply),
    berthVersion: "0.4.0", timestamp: "2026-01-05T09:00:00Z", isErrored: false,
    manifestsSHA256: String(repeating: "0", count: 64))

  @Test func `a plan that nobody could read is not written, and the one before it stays`() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path + "/plan.json"
    let digest = try Self.plan.save(to: path, mayReplace: true)
    let size = try Data(contentsOf: folder.url.appending(path: "plan.json")).count
    #expect(try Self.plan.save(to: path, mayReplace: true, limit: size) == digest)
    do throws(FileFailure) {
      _ = try Self.plan.save(to: path, mayReplace: true, limit: size - 1)
      Issue.record("it was written")
    } catch {
      #expect(error.problem == .tooLarge)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["plan.json"])
    let read = try PlanFile(reading: Array(Data(contentsOf: URL(filePath: path))))
    #expect(read.digest == digest)
  }
}
