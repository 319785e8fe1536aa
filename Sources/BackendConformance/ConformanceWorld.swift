package import BackendInterface

/// A small story that every backend must tell in the same way, whatever service is behind it.
///
/// Each starts in an empty workspace that knows the invented kinds (`KindCatalog.invented`):
///
///     @Test(arguments: ConformanceWorld.all)
///     func `the backend conforms`(world: ConformanceWorld) async throws {
///       #expect(try await world.violations(of: backend) { clock.advance() } == [])
///     }
package struct ConformanceWorld: Sendable, CustomStringConvertible {
  /// What it is about, as a sentence.
  package let description: String
  private let walk: @Sendable (inout Visit) async throws(BackendFailure) -> Void

  init(
    _ description: String,
    walk: @escaping @Sendable (inout Visit) async throws(BackendFailure) -> Void
  ) {
    self.description = description
    self.walk = walk
  }

  /// Every world.
  package static let all: [ConformanceWorld] =
    readingWorlds + writingWorlds + attachingWorlds + markingWorlds

  /// Walks through the world and returns what the backend did wrong; nothing if it conforms.
  ///
  /// - Parameter letTimePass: called while an operation runs, and where something must be long ago.
  ///   A backend with a real service waits so long; one with a clock of its own sets it forward.
  package func violations(
    of backend: any Backend, letTimePass: @escaping @Sendable (Duration) async -> Void
  ) async -> [String] {
    var visit = Visit(backend: backend, letTimePass: letTimePass)
    do {
      try await walk(&visit)
    } catch {
      visit.blame("\(error.code): \(error.message) (\(error.failureClass))")
    }
    return visit.violations
  }
}
