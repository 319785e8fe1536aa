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
        AttributeChange(path: "count", before: 3, after: 9, effect: .inPlace, severity: .medium)
      ])
    #expect(result.plan.changes.map(\.action) == [.update])
  }

  @Test func `a manifest that moved is pending, not drift`() {
    let before = desired("pool", "p", ["count": 1])
    let result = plan([target], [live(count: 1, applied: before)])
    #expect(result.plan.drift.isEmpty)
    #expect(result.plan.changes.map(\.action) == [.update])
  }

  @Test func `both sides moved, each its own field`() {
    let before = desired("pool", "p", ["count": 1, "tags": ["a": "1"]])
    var live = converged(before)
    if let slot = target.kind.slot("tags") { live.attributes[slot] = ["a": "2"] }
    let wanted = desired("pool", "p", ["count": 3, "tags": ["a": "1"]])
    for mode in [PlanMode.apply, .refreshOnly] {
      let drift = plan([wanted], [live], mode: mode).plan.drift
      #expect(drift.map { $0.attributes.map(\.path) } == [["tags"]])
      #expect(drift.map(\.isUnclear) == [false])
      #expect(drift.map(\.severity) == [.low])
    }
  }

  @Test func `a field that both sides moved is told to who looks`() {
    let before = desired("pool", "p", ["count": 1])
    let drift = plan([target], [live(count: 9, applied: before)], mode: .refreshOnly).plan.drift
    #expect(drift.map(\.isUnclear) == [true])
    #expect(plan([target], [live(count: 9, applied: before)]).plan.drift.isEmpty)
  }

  @Test func `a field that the manifest only just mentions is pending`() {
    let before = desired("link", "l", ["resource_id": .resource("r1")])
    let after = desired("link", "l", ["resource_id": .resource("r1"), "tls": "on"])
    #expect(plan([after], [converged(before)], mode: .refreshOnly).plan.drift.isEmpty)
    // And the other way round, beside another change.
    let hub = desired("hub", "h", ["resource_id": .resource("r1"), "agents": 2])
    let made = desired("hub", "h", ["agents": 1])
    #expect(plan([hub], [converged(made)], mode: .refreshOnly).plan.drift.isEmpty)
  }

  @Test func `a mark that was taken away is told, and others' targets are listed apart`() {
    let result = plan(
      [target, desired("pool", "theirs")],
      [
        observed("pool", "p", ["count": 3], marks: .nobodys),
        observed("pool", "theirs", marks: .anothers),
        observed("pool", "adhoc", marks: .nobodys), observed("Kusto", "k", marks: .nobodys),
        observed("pool", "ours"),
      ], mode: .refreshOnly)
    #expect(
      result.plan.drift.map { $0.attributes.map(\.path) } == [["berth.stack"]])
    #expect(result.plan.drift.map(\.severity) == [.high])
    #expect(
      result.plan.unmanaged.map { "\($0.address) \($0.owner ?? "-") \($0.isKnownKind)" }
        == ["Kusto.k - false", "pool.adhoc - true", "pool.theirs other true"])
    #expect(plan([target], [observed("pool", "x", marks: .nobodys)]).plan.unmanaged.isEmpty)
  }

  /// What moved is known, since the test moves it; the planner sees only mark, manifest and life.
  @Test func `whatever was moved on either side is told apart`() {
    for seed: UInt64 in 1...2_000 {
      var random = SeededRandom(seed: seed)
      let sizes: [AttributeValue] = ["small", "big", "huge"]
      let applied = desired(
        "pool", "p", ["size": sizes[0], "count": 1, "tags": ["team": "a"]])
      var wanted = applied
      var live = converged(applied)
      var moved: Set<String> = []
      for (path, values) in [
        ("size", sizes), ("count", [1, 2, 3]), ("tags", [["team": "a"], ["team": "b"], [:]]),
      ] as [(String, [AttributeValue])] {
        guard let slot = applied.kind.slot(AttributePath(path)) else { continue }
        switch Int.random(in: 0...2, using: &random) {
        case 0: wanted.attributes[slot] = values[1]
        case 1:
          live.attributes[slot] = values[2] == [:] ? nil : values[2]
          moved.insert(path)
        default: break
        }
      }
      for mode in [PlanMode.apply, .refreshOnly] {
        let drift = plan([wanted], [live], mode: mode).plan.drift
        let told = Set(drift.flatMap(\.attributes).map(\.path.description))
        #expect(told == moved, "seed \(seed), \(mode)")
        #expect(drift.allSatisfy { !$0.isUnclear }, "seed \(seed), \(mode)")
      }
    }
  }

  /// However many fields one side moved alone, it is told; of more than eight of both sides it is not.
  @Test(arguments: [(9, 0), (0, 9), (4, 4), (5, 4)])
  func `many fields are told apart`(byManifest: Int, byLife: Int) throws {
    let fields = (1...9).map {
      Field(
        AttributePath("f\($0)"), .text(), "A field", default: "a", onChange: .inPlace,
        wire: AttributePath("properties.f\($0)"))
    }
    let wide = KindCatalog([
      KindDescriptor(
        name: "wide", computeType: "Wide", title: "wide", summary: "Many fields.",
        origin: .created, fields: fields, updatesMarks: true, sample: "name: a\ntype: wide\n")
    ])
    let applied = desired("wide", "w", in: wide)
    var wanted = applied
    var live = converged(applied)
    for slot in 0..<byManifest { wanted.attributes[slot] = "b" }
    let moved = byManifest..<(byManifest + byLife)
    for slot in moved { live.attributes[slot] = "c" }
    let drift = plan([wanted], [live], mode: .refreshOnly, in: wide).plan.drift
    let isTold = byManifest == 0 || byLife == 0 || byManifest + byLife <= 8
    #expect(drift.map(\.isUnclear) == (byLife == 0 ? [] : [!isTold]))
    let told = drift.flatMap(\.attributes).map(\.path)
    #expect(told == (isTold ? moved : 0..<9).map { fields[$0].path })
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

  @Test func `F32 a target in flight is not drift`() {
    var moving = live(count: 9, applied: target)
    moving.state = .updating
    #expect(plan([target], [moving], mode: .refreshOnly).plan.drift.isEmpty)
    moving.marks = .nobodys
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
