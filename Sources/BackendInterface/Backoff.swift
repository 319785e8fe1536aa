/// The pause before a call is tried again: 0.8 s x (2^n - 1), a little more or less so that many
/// workers do not come back together, and never more than a minute.
package struct Backoff: Sendable {
  package static let unit = 800  // milliseconds
  package static let longest: Duration = .seconds(60)
  /// In hundredths.
  package static let jitter = 80...130

  private var random: any RandomNumberGenerator & Sendable

  package init(random: any RandomNumberGenerator & Sendable) {
    self.random = random
  }

  /// The pause after so many failed tries, from 1.
  package mutating func pause(afterFailures count: Int) -> Duration {
    let growth = (1 << min(max(count, 1), 16)) - 1
    let hundredths = Int.random(in: Self.jitter, using: &random)
    return min(.milliseconds(Self.unit * growth * hundredths / 100), Self.longest)
  }
}
