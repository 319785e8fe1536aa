import Foundation
import Synchronization
import TestSupport

/// What goes wrong on the line of one apply: connections are cut, and at one moment the apply itself
/// is struck.
final class Mishaps: Sendable {
  private struct State {
    var random: SeededRandom
    /// Moments until the strike; nil once it came, and where there is none.
    var countdown: Int?
    var cuts = 0
    var hasEnded = false
  }

  private let state: Mutex<State>
  private let countsWritesOnly: Bool
  private let strike: @Sendable () -> Void

  /// - Parameter strikes: false to cut connections only.
  init(using random: inout SeededRandom, strikes: Bool, strike: @escaping @Sendable () -> Void) {
    // Many moments are those of reads, most of them while nothing happens.
    countsWritesOnly = Bool.random(using: &random)
    let countdown = Int.random(in: 1...(countsWritesOnly ? 24 : 160), using: &random)
    self.strike = strike
    state = Mutex(
      State(
        random: SeededRandom(seed: random.next()), countdown: strikes ? countdown : nil))
  }

  /// How many connections were cut.
  var cuts: Int { state.withLock(\.cuts) }

  var hasStruck: Bool { state.withLock { $0.countdown == nil } }

  /// Nothing more goes wrong.
  func end() { state.withLock { $0.hasEnded = true } }

  /// What happens at a moment of a request; true to cut its connection.
  func cuts(at moment: CuttingProxy.Moment, _ method: Substring) -> Bool {
    let isWrite = method != "GET"
    return state.withLock { state in
      if state.hasEnded { return false }
      if let countdown = state.countdown, isWrite || !countsWritesOnly {
        state.countdown = countdown == 1 ? nil : countdown - 1
        if countdown == 1 { strike() }
      }
      let isCut = Int.random(in: 0..<(isWrite ? 12 : 50), using: &state.random) == 0
      if isCut { state.cuts += 1 }
      return isCut
    }
  }
}
