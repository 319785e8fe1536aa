import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// One plan takes away only so much of a stack.
struct BlastRadiusTests {
  private static func pools(_ count: Int, size: AttributeValue = "small") -> [ComputeTarget] {
    (0..<count).map { desired("pool", "p\($0)", ["size": size]) }
  }

  private func planned(
    keeping desired: [ComputeTarget], of live: [ComputeTarget],
    _ radius: BlastRadius = BlastRadius(), allows: Bool = false
  ) -> PlanningResult {
    makePlan(
      PlanningRequest(
        stack: testStack, desired: desired,
        observed: Snapshot(
          workspace: testWorkspace, targets: live.map { TestSupport.converged($0) }),
        catalog: .invented, blastRadius: radius, allowsLargeRemoval: allows))
  }

  @Test(arguments: [(20, 6, false), (20, 7, true), (11, 3, false), (11, 4, true), (10, 9, false)])
  func `at most 30 percent of more than ten go`(managed: Int, gone: Int, isRefused: Bool) {
    let live = Self.pools(managed)
    let result = planned(keeping: Array(live.dropFirst(gone)), of: live)
    #expect(result.refusals == (isRefused ? ["blast-radius -"] : []))
    #expect(result.plan.changes.count == gone, "people see what was refused")
  }

  @Test func `the refusal has numbers, names and a way out`() throws {
    let live = Self.pools(20)
    let finding = try #require(
      planned(keeping: Array(live.dropFirst(8)), of: live).finding("blast-radius"))
    #expect(finding.findingClass == .refusal)
    #expect(
      finding.detail == """
        The plan would delete, detach for good or replace 8 of 20 managed targets (40 %): pool.p0, \
        pool.p1, pool.p2, pool.p3, pool.p4 and 3 more. At most 30 % in one plan is the limit \
        ('blast_radius.removals.percent'). If every one of them is meant, allow this one plan by \
        its digest ('berth apply --dangerous-removals DIGEST'), or set another limit in \
        berth.yaml, in a change of its own.
        """)
  }

  @Test func `a replacement is a removal`() {
    let live = Self.pools(12)
    let wanted = Self.pools(5, size: "big") + live.dropFirst(5)
    #expect(planned(keeping: wanted, of: live).refusals == ["blast-radius -"])
  }

  @Test func `a re-attachment and a rename keep the resource and count apart`() {
    let links = (0..<12).map { desired("link", "l\($0)", ["resource_id": .resource("r\($0)")]) }
    let changed = (0..<12).map {
      desired("link", "l\($0)", ["resource_id": .resource("r\($0)"), "tls": "on"])
    }
    let renamed = (0..<12).map { desired("link", "m\($0)", ["resource_id": .resource("r\($0)")]) }
    let limited = BlastRadius(
      limits: .init(
        removals: .init(percent: 30), reattachments: .init(percent: 50)))
    for wanted in [changed, renamed] {
      #expect(!planned(keeping: wanted, of: links).isRefused)
      #expect(planned(keeping: wanted, of: links, limited).refusals == ["blast-radius -"])
    }
  }

  @Test func `a count counts in small stacks too, and kinds have limits of their own`() {
    let live = Self.pools(5) + [desired("box", "b1"), desired("box", "b2")]
    let count = BlastRadius(limits: .init(removals: .init(count: 1)))
    #expect(!planned(keeping: Array(live.dropFirst(1)), of: live, count).isRefused)
    #expect(planned(keeping: Array(live.dropFirst(2)), of: live, count).isRefused)
    let kinds = BlastRadius(byKind: ["pool": .init(removals: .init(count: 2))])
    #expect(!planned(keeping: Array(live.dropFirst(2)), of: live, kinds).isRefused)
    let refused = planned(keeping: Array(live.dropFirst(3)), of: live, kinds)
    #expect(refused.refusals == ["blast-radius -"])
    #expect(
      refused.finding("blast-radius")?.detail.contains("3 of 5 managed targets of type 'pool'")
        == true)
    #expect(
      refused.finding("blast-radius")?.detail.contains("'blast_radius.kinds.pool.removals.count'")
        == true)
  }

  @Test func `others' targets are neither managed nor removed`() {
    let live = Self.pools(12)
    var observed = live.map { TestSupport.converged($0) }
    observed += (0..<50).map { TestSupport.observed("pool", "x\($0)", marks: .anothers) }
    let result = plan(Array(live.dropFirst(4)), observed)
    #expect(result.refusals == ["blast-radius -"])
  }

  @Test func `leave for one plan lifts the limits, and never lets everything go`() {
    let live = Self.pools(12)
    let large = planned(keeping: Array(live.dropFirst(11)), of: live, allows: true)
    #expect(!large.isRefused)
    #expect(large.told == ["blast-radius -"])
    let all = [desired("pool", "another")]
    let everything = BlastRadius(limits: .init(removals: .init(percent: 100)))
    #expect(planned(keeping: all, of: live, everything, allows: true).isRefused)
    #expect(planned(keeping: all, of: live, everything).isRefused)
  }

  @Test func `destroying is exempt`() {
    let live = Self.pools(12)
    #expect(!plan(live, live.map { converged($0) }, mode: .destroy).isRefused)
  }

  @Test func `a larger removal is never judged milder`() {
    for seed: UInt64 in 1...500 {
      var random = SeededRandom(seed: seed)
      let live =
        Self.pools(.random(in: 0...15, using: &random))
        + (0..<Int.random(in: 0...15, using: &random)).map {
          desired("link", "l\($0)", ["resource_id": .resource("r\($0)")])
        }
      let radius = BlastRadius(
        limits: .init(
          removals: .init(
            percent: .random(in: 0...100, using: &random),
            count: Bool.random(using: &random) ? .random(in: 0...20, using: &random) : nil)),
        byKind: ["link": .init(removals: .init(percent: .random(in: 0...100, using: &random)))],
        above: .random(in: 0...12, using: &random))
      // Something always stays desired, so that only this guard is asked.
      var kept = live.shuffled(using: &random)
      var wasRefused = false
      while !kept.isEmpty {
        kept.removeLast()
        let isRefused = planned(keeping: kept + [anchor], of: live, radius).isRefused
        #expect(isRefused || !wasRefused, "seed \(seed), \(kept.count) of \(live.count) kept")
        wasRefused = isRefused
      }
    }
  }
}
