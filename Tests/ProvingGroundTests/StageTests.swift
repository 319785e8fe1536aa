import Foundation
import Synchronization
import Testing

@testable import ProvingGround

@Suite struct StageTests {
  private final class Numbers: Sendable {
    let seen = Mutex<[(address: Int, number: Int)]>([])
  }

  private final class Waiting: Sendable {
    private let continuation = Mutex<CheckedContinuation<Void, Never>?>(nil)

    var isSet: Bool { continuation.withLock { $0 != nil } }
    func set(_ new: CheckedContinuation<Void, Never>) { continuation.withLock { $0 = new } }
    func resume() { continuation.withLock(\.self)?.resume() }
  }

  @Test func `a job that another thread brings ends the world`() {
    for isForeign in [false, true] {
      let stage = Stage(Tape(seed: 1))
      let waiting = Waiting()
      let endsWell = stage.play(turns: 10_000) {
        await withTaskGroup(of: Void.self) { group in
          group.addTask { await withCheckedContinuation { waiting.set($0) } }
          group.addTask {
            while !waiting.isSet { await Task.yield() }
            guard isForeign else { return waiting.resume() }
            let thread = Thread { waiting.resume() }
            thread.start()
            while !thread.isFinished { usleep(1000) }
          }
        }
      }
      #expect(endsWell == !isForeign)
    }
  }

  @Test func `tasks have numbers of their own although addresses are used again`() {
    let stage = Stage(Tape(seed: 1))
    let numbers = Numbers()
    let ends = stage.play(turns: 10_000) {
      for _ in 0..<50 {
        await withTaskGroup(of: Void.self) { group in
          group.addTask {
            let address = withUnsafeCurrentTask { $0?.hashValue ?? 0 }
            let number = stage.number(ofTaskAt: address)
            await Task.yield()
            // It stays the same for as long as the task lives.
            #expect(stage.number(ofTaskAt: address) == number)
            numbers.seen.withLock { $0.append((address, number)) }
          }
        }
      }
    }
    #expect(ends)
    let seen = numbers.seen.withLock(\.self)
    #expect(Set(seen.map(\.number)).count == 50)
    #expect(Set(seen.map(\.address)).count < 50)
  }
}
