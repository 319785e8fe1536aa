import ProvingGround
import Testing

/// One apply that has everything to do, with each thing that can go wrong in each of its moments.
///
/// `swift run berth-proof --complete` tries more orders, and each way to go on after each fault.
@Suite struct EachFaultOnceTests {
  @Test func `each thing that can go wrong goes wrong in each moment of an apply`() async {
    let counts = await EachFaultOnce(seed: 1).run(jobs: 2)
    for violation in counts.violations.prefix(20) { Issue.record("\(violation)") }
    for fault in EachFaultOnce.faults {
      #expect(counts.cases[fault, default: 0] > 0, "\(fault) never came")
    }
    let cases = counts.cases.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.value) \($0.key)" }
    print("each fault once: \(counts.total) cases: \(cases.joined(separator: ", "))")
    #expect(counts.total > 1000)
  }
}
