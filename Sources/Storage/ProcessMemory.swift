internal import CSpawn

/// How a process takes memory from the system.
package enum ProcessMemory {
  /// In large pieces of which little is given back: nearly all runs are short, and giving pages back to
  /// take them again costs a tenth of one.
  package static func keep() { takeMemoryInLargePieces() }
}
