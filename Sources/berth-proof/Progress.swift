internal import ProvingGround
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Tells on stderr how far a long campaign is: a line that is written over on a terminal, a line
/// every minute elsewhere.
final class Progress: Sendable {
  private let worlds: Int
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private let state = Mutex((played: 0, told: ContinuousClock.now))

  init(of worlds: Int) { self.worlds = worlds }

  /// Some more worlds were played.
  func played(_ count: Int) {
    let now = ContinuousClock.now
    let total = state.withLock { state -> Int? in
      state.played += count
      guard now - state.told >= (isTerminal ? .seconds(1) : .seconds(60)) else { return nil }
      state.told = now
      return state.played
    }
    guard let total else { return }
    let speed = Int(Double(total) / ((now - start) / .seconds(1)))
    let text = "\(total) of \(worlds) worlds, \(speed) a second"
    Self.tell(isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n")
  }

  /// Takes the line away again.
  func end() {
    if isTerminal { Self.tell("\r\u{1B}[K") }
  }

  /// A meeting of two runners was gone through.
  static func met(_ number: Int, of total: Int, _ counts: DuelSearch.Counts) {
    tell(
      "meeting \(number) of \(total): \(counts.states) states, \(counts.ends) ends, "
        + "\(counts.violations.count) violations\n")
  }

  private static func tell(_ text: String) {
    var text = text
    // Progress that can't be told is no reason to stop.
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
