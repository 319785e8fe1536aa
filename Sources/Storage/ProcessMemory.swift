internal import CSpawn

/// How a process takes memory from the system.
package enum ProcessMemory {
  /// In large pieces of which little is given back: nearly all runs are short, and giving pages back to
  /// take them again costs a tenth of one.
  package static func keep() { takeMemoryInLargePieces() }

  /// Gives back what was read of the program itself: between two phases, of which the second needs
  /// little of what the first did.
  ///
  /// The system has it still, and hands out again what is needed.
  package static func giveProgramBack() {
    // A debugger keeps its breakpoints there.
    #if !DEBUG
      CSpawn.giveProgramBack()
    #endif
  }

  /// Keeps a value until the process ends.
  ///
  /// The system then takes all memory at once; taking ten thousand targets apart before, one by one,
  /// costs a twentieth of a run.
  package static func keepToEnd(_ value: any Sendable) {
    _ = Unmanaged.passRetained(Kept(value))
  }

  private final class Kept: Sendable {
    private let value: any Sendable

    init(_ value: any Sendable) { self.value = value }
  }
}
