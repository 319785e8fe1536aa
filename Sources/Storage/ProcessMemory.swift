internal import CSpawn

/// How a process takes memory from the system.
package enum ProcessMemory {
  /// In large pieces that are kept until the end: a run is short, and giving pages back to take
  /// them again costs a tenth of it.
  package static func keep() { takeMemoryInLargePieces() }
}
