import Foundation
import Testing

@Suite("Shared workspace")
struct SharedWorkspaceTests {
  @Test func `F18: applies of two stacks that share a workspace exclude each other`() throws {
    let shared = try TemporaryFolder()
    let store = shared.url.appendingPathComponent("shared.db").path
    let folder = try TemporaryFolder.stack(["gpu.yml": "name: gpu\ntype: amlcompute\n"])
    let berth = try folder.read("berth.yaml")
    try folder.write(
      berth.replacing("type: local,", with: "type: local, store: \(store),"), to: "berth.yaml")

    // As another stack's apply would hold it.
    let lock = try shared.write("Path:      other\n", to: "shared.db.lock")
    let handle = try FileHandle(forUpdating: lock)
    #expect(flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0)
    let refused = try folder.run("apply", "--auto-approve")
    #expect(refused.status == 4)
    #expect(refused.messages.contains("Another apply in this workspace"))
    #expect(refused.messages.contains("Path:      other"))
    #expect(try folder.run("plan").status == 0)

    try handle.close()
    #expect(try folder.run("apply", "--auto-approve").status == 0)
  }
}
