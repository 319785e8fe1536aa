import Foundation
import Synchronization
import Testing

/// The real program against a real service, over a line that breaks: nothing in between is played.
@Suite("Crashes at a service", .timeLimit(.minutes(60)))
struct CrashesAtServiceTests {
  /// Most of a round is waiting, so many of them go side by side.
  private static let width = 10

  /// What strikes each ten applies; those that take longest come first.
  private static let strikes: [ServiceRound.Strike] = [
    .killed, .killed, .killed, .killed, .takenOver, .stopped, .stopped, .withoutDisk, .withoutDisk,
    .nothing,
  ]

  @Test
  func `F1 F4 F5 F17 F22 F23 an apply on a line that breaks is finished when the line holds`()
    async throws
  {
    print("Rounds at a service: \(KillSettings.kills), BERTH_KILL_SEED=\(KillSettings.seed)")
    let place = try TemporaryFolder.stack([:])
    let emulator = try EmulatorProcess(
      [
        "--auth", "none", "--store", "service.db",
        "--operation-milliseconds", "300",
      ], in: place.url)
    let port = try #require(URL(string: try emulator.url())?.port.flatMap { UInt16(exactly: $0) })
    let service = ServiceRound.Service(
      port: port, store: place.url.appendingPathComponent("service.db").path)
    let tally = Mutex(Tally())
    await sideBySide(KillSettings.kills, width: Self.width) { number in
      let strike = Self.strikes[number % Self.strikes.count]
      do {
        let round = try ServiceRound(number, strike, at: service)
        try round.play()
        tally.withLock { $0.add(round) }
      } catch {
        tally.withLock { $0.wrongs.append("round \(number), \(strike): \(error)") }
      }
    }
    let result = tally.withLock { $0 }
    let struck = result.struck.map { "\($1) \($0)" }.sorted().joined(separator: ", ")
    print("Connections cut: \(result.cuts); applies that were met: \(struck)")
    #expect(result.wrongs.isEmpty, "\(result.wrongs.joined(separator: "\n"))")
    #expect(result.cuts > 0 && !result.struck.isEmpty)
    _ = emulator.end(SIGTERM)
  }

  @Test func `a record tells of an attachment that breaks another one`() throws {
    let folder = try TemporaryFolder.stack([:])
    let cluster =
      "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/"
      + "Microsoft.ContainerService/managedClusters/k"
    for name in ["att-one", "att-two"] {
      #expect(try folder.run("workspace", "attach", name, "aks", cluster).status == 0)
    }
    let wrongs = try WorkspaceRecord(at: folder.store).wrongs
    #expect(wrongs.contains("att-two was attached while att-one held the resource"), "\(wrongs)")
    #expect(wrongs.contains("att-one: attachment-broken"), "\(wrongs)")
  }

  private struct Tally {
    var struck: [ServiceRound.Strike: Int] = [:]
    var cuts = 0
    var wrongs: [String] = []

    mutating func add(_ round: ServiceRound) {
      if round.isStruck { struck[round.strike, default: 0] += 1 }
      cuts += round.cuts
      wrongs += round.wrongs
    }
  }

  /// Does work that blocks, for each number, on threads of its own.
  private func sideBySide(
    _ count: Int, width: Int, _ work: @escaping @Sendable (Int) -> Void
  ) async {
    let next = Mutex(0)
    let turn: @Sendable () -> Int? = {
      next.withLock { next in
        defer { next += 1 }
        return next < count ? next : nil
      }
    }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<min(width, count) {
        group.addTask {
          await withCheckedContinuation { (over: CheckedContinuation<Void, Never>) in
            Thread.detachNewThread {
              while let number = turn() { work(number) }
              over.resume()
            }
          }
        }
      }
    }
  }
}
