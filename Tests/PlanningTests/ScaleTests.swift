import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// Plans of ten thousand targets.
///
/// Times are printed, not expected; a plan whose time grows with the square of its size would not
/// end here.
struct ScaleTests {
  @Test func `ten thousand targets that need nothing, and ten thousand that do`() {
    let count = 10_000
    let targets = (0..<count).map { index in
      desired(
        "link", "t\(index)", ["resource_id": .resource("r\(index)")],
        secrets: ["password": "aaaa\(index)"], line: index + 1)
    }
    let live = targets.map { converged($0) }
    timed("converged") { #expect(plan(targets, live).plan.isEmpty) }
    timed("all missing") { #expect(plan(targets, []).plan.steps.count == count) }
    let rotated = targets.indices.map { index in
      var target = targets[index]
      target["resource_id"] = .resource("r\((index + 1) % count)")
      return target
    }
    timed("one rotation of all") { #expect(plan(rotated, live).plan.steps.count == 2 * count) }
  }

  @Test func `ten thousand shares of one resource, and as many documents that all want it`() {
    let count = 10_000
    let shares = (0..<count).map { index in
      desired(
        "sharedlink", "t\(index)",
        ["resource_id": .resource("r"), "namespace": .text("n\(index)")], line: index + 1)
    }
    let live = shares.map { converged($0) }
    timed("shares") { #expect(plan(shares, live).findings.isEmpty) }
    let greedy = (0..<count).map { index in
      desired("link", "g\(index)", ["resource_id": .resource("r")], line: index + 1)
    }
    timed("greedy") { #expect(plan(greedy, []).refusals.count == count - 1) }
  }

  @Test func `a chain of ten thousand dependencies, and as many typos`() {
    let count = 10_000
    let chain = (0..<count).map { index in
      desired("pool", "t\(index)", line: index + 1) {
        if index > 0 { $0.dependsOn = [TargetAddress(kind: "pool", name: "t\(index - 1)")] }
      }
    }
    timed("chain") { #expect(plan(chain, []).plan.steps.last?.waitsFor.count == 1) }
    let typos = (0..<count).map { index in
      desired("pool", "t\(index)", line: index + 1) {
        $0.dependsOn = [TargetAddress(kind: "pool", name: "u\(index)x")]
      }
    }
    timed("typos") { #expect(plan(typos, []).refusals.count == count) }
  }

  private func timed(_ what: String, _ body: () -> Void) {
    let time = ContinuousClock().measure(body)
    print("planning, \(what): \(time)")
  }
}
