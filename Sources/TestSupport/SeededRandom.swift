internal import BackendInterface

/// A small random source that repeats itself from its seed, so that a failing law can be run again
/// from the seed it printed.
package struct SeededRandom: RandomNumberGenerator {
  private var random: SplitMix

  package init(seed: UInt64) { random = SplitMix(state: seed) }

  package mutating func next() -> UInt64 { random.next() }
}
