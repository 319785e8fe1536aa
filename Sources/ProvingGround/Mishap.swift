/// One thing that goes wrong once: at the so-many-th of the moments of a run in which it can.
struct Mishap: Sendable {
  let fault: Fault
  let party: Party
  /// How many such moments pass before it comes.
  private var momentsLeft: Int

  init(_ fault: Fault, to party: Party, after moments: Int) {
    self.fault = fault
    self.party = party
    momentsLeft = moments
  }

  /// A moment in which one of several faults may come over somebody: the fault, if it comes now.
  mutating func meet(_ faults: [Fault], of party: Party) -> Fault? {
    guard party == self.party, momentsLeft >= 0, faults.contains(fault) else { return nil }
    momentsLeft -= 1
    return momentsLeft < 0 ? fault : nil
  }
}
