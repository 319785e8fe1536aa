import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// Pending and drift are kept apart: the mark of what was last applied tells which side moved.
struct DriftTests {
  private let target = desired("pool", "p", ["count": 3])

  private func live(count: Int, applied: ComputeTarget) -> ObservedTarget {
    var live = converged(applied)
    if let slot = applied.kind.slot("count") { live.attributes[slot] = .integer(count) }
    return live
  }

  @Test func `a live target that moved is drift and is changed back`() {
    let result = plan([target], [live(count: 9, applied: target)])
    #expect(result.plan.drift.map(\.address) == [target.address])
    #expect(
      result.plan.drift.first?.attributes == [
        AttributeChange(path: "count", before: 3, after: 9, effect: .inPlace)
      ])
    #expect(result.plan.changes.map(\.action) == [.update])
  }

  @Test func `a manifest that moved is pending, not drift`() {
    let before = desired("pool", "p", ["count": 1])
    let result = plan([target], [live(count: 1, applied: before)])
    #expect(result.plan.drift.isEmpty)
    #expect(result.plan.changes.map(\.action) == [.update])
  }

  @Test func `looking only plans nothing and refuses nothing`() {
    let moved = desired("link", "l", ["resource_id": .resource("r1")])
    var liveLink = converged(moved)
    liveLink.attributes[1] = "off"
    let result = plan(
      [target, moved, desired("pool", "gone"), desired("pool", "foreign")],
      [
        live(count: 9, applied: target), liveLink, observed("pool", "foreign", marks: .anothers),
      ], mode: .refreshOnly)
    #expect(result.plan.changes.isEmpty)
    #expect(result.plan.steps.isEmpty)
    #expect(result.findings.isEmpty)
    #expect(result.plan.drift.map(\.address.description) == ["pool.gone", "pool.p"])
    #expect(result.plan.drift.map(\.isMissing) == [true, false])
  }

  @Test func `power and failure are drift too`() {
    let box = desired("box", "b") { $0.power = .running }
    var stopped = converged(box)
    stopped.power = .stopped
    stopped.state = .failed
    let drift = plan([box], [stopped], mode: .refreshOnly).plan.drift
    #expect(
      drift.first?.attributes.map(\.path) == ["berth.power_state", "provisioning_state"])
  }

  @Test func `a rotated secret is pending`() {
    let link = { (secret: String) in
      desired("link", "l", ["resource_id": .resource("r1")], secrets: ["password": secret])
    }
    let result = plan([link("aaaa2")], [converged(link("aaaa1"))])
    #expect(result.plan.drift.isEmpty)
    #expect(result.plan.changes.count == 1)
  }

  @Test func `a target in flight is not drift`() {
    var moving = live(count: 9, applied: target)
    moving.state = .updating
    #expect(plan([target], [moving], mode: .refreshOnly).plan.drift.isEmpty)
  }

  @Test func `drift is told where a mark may be of an earlier apply`() {
    // A box keeps the marks of its creation, whatever was changed in place since.
    let box = desired("box", "b", ["idle": 30])
    var live = converged(desired("box", "b", ["idle": 10]))
    if let slot = box.kind.slot("idle") { live.attributes[slot] = 99 }
    #expect(plan([box], [live], mode: .refreshOnly).plan.drift.count == 1)
    #expect(plan([box], [live]).plan.drift.isEmpty)
  }

  @Test func `drift of a target that nobody could mark is told to who looks`() {
    let hidden = desired("link", "l", ["resource_id": .resource("r1"), "tls": "on"]) {
      $0.adopt = true
    }
    let live = observed("link", "l", ["resource_id": .resource("r1")], marks: .nobodys)
    #expect(plan([hidden], [live], mode: .refreshOnly).plan.drift.count == 1)
    #expect(plan([hidden], [live]).plan.drift.isEmpty)
  }
}
