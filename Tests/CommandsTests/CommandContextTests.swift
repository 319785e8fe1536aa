import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Commands

/// What commands ask of the world around them.
@Suite struct CommandContextTests {
  @Test func `only what locks or journals asks who runs it`() async throws {
    let folder = try TemporaryFolder.stack([
      "gpu.yml": "name: gpu\ntype: amlcompute\nsize: Standard_DS3_v2\nmax_instances: 1\n"
    ])
    let asked = Mutex(false)
    let said = Mutex("")
    func asks(_ words: String...) async -> Bool {
      var context = CommandContext.silent()
      context.environment["BERTH_FINGERPRINT_KEY"] = "0123456789abcdef"
      context.now = { Int64(Date().timeIntervalSince1970 * 1_000) }
      context.who = {
        asked.withLock { $0 = true }
        return "ana@test"
      }
      context.messages = Console { text in
        said.withLock { $0 += text }
        return nil
      }
      let status = await BerthProgram.run(words + ["--chdir", folder.url.path], in: context)
      #expect(status == .success, "\(words): \(said.withLock { $0 })")
      return asked.withLock { asked in
        defer { asked = false }
        return asked
      }
    }
    for command in ["version", "validate", "plan", "drift", "list"] {
      #expect(await !asks(command), "\(command)")
    }
    #expect(await asks("apply", "--auto-approve"))
  }
}
