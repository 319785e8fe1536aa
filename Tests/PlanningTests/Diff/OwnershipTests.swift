import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// Adopting, forgetting, removing, marks and power.
struct OwnershipTests {
  // MARK: Adopting

  @Test func `adopting as it is changes the mark alone`() {
    let result = plan(
      [desired("pool", "p") { $0.adopt = true }], [observed("pool", "p", marks: .nobodys)])
    #expect(
      result.listing == """
        adopt pool.p (adopted)
        s1 mark pool.p
        """)
  }

  @Test func `adopting what differs updates it, and the update writes the mark`() {
    let result = plan(
      [desired("pool", "p", ["count": 2]) { $0.adopt = true }],
      [observed("pool", "p", ["count": 1], marks: .nobodys)])
    #expect(
      result.listing == """
        update pool.p (adopted) count
        s1 update pool.p
        """)
  }

  @Test func `where marks can't be written the document stands for them`() {
    let target = desired("link", "l", ["resource_id": .resource("r1")]) { $0.adopt = true }
    let same = observed("link", "l", ["resource_id": .resource("r1")], marks: .nobodys)
    #expect(plan([target], [same]).plan.isEmpty)
    #expect(plan([target], [same]).plan.unchangedCount == 1)
    let other = observed("link", "l", ["resource_id": .resource("r2")], marks: .nobodys)
    #expect(plan([target], [other]).plan.changes.map(\.action) == [.detachThenAttach])
  }

  @Test func `adopting stays quiet once the target is ours`() {
    let target = desired("pool", "p") { $0.adopt = true }
    #expect(plan([target], [converged(target)]).plan.isEmpty)
  }

  // MARK: Removing

  @Test func `F31 what was attached is detached and what was created is deleted`() {
    let result = plan(
      [anchor],
      [
        observed("hub", "a", ["resource_id": .resource("r1")]), observed("hub", "b"),
        converged(anchor),
      ])
    #expect(
      result.listing == """
        detach hub.a (not-in-configuration)
        delete hub.b (not-in-configuration)
        s1 detach hub.a
        s2 delete hub.b
        """)
    #expect(result.plan.changes.first?.reason.text == "hub.a is not in configuration")
  }

  @Test(arguments: [RemovalPolicy.detach, .delete])
  func `F31 a mark never makes an attachment a deletion, nor the other way round`(
    policy: RemovalPolicy
  ) {
    let marks = OwnershipMarks(stack: testStack, onRemove: policy)
    let result = plan(
      [anchor],
      [
        observed("hub", "a", ["resource_id": .resource("r1")], marks: marks),
        observed("hub", "b", marks: marks), converged(anchor),
      ])
    #expect(result.plan.steps.map(\.act) == [.detach, .delete])
  }

  @Test func `what is to be retained is forgotten`() {
    let marks = OwnershipMarks(stack: testStack, onRemove: .retain)
    let result = plan([anchor], [observed("pool", "p", marks: marks), converged(anchor)])
    #expect(
      result.listing == """
        forget pool.p (not-in-configuration)
        s1 mark pool.p
        """)
  }

  @Test func `what can't be unmarked stays with a warning`() {
    let marks = OwnershipMarks(stack: testStack, onRemove: .retain)
    let link = observed("link", "l", ["resource_id": .resource("r1")], marks: marks)
    let result = plan([anchor], [link, converged(anchor)])
    #expect(result.plan.isEmpty)
    #expect(result.told == ["retained-with-mark link.l"])
    #expect(!result.isRefused)
  }

  @Test func `a wish for the end that no mark can hold is told while its document stands`() {
    for retains in [true, false] {
      let link = desired("link", "l", ["resource_id": .resource("r1")]) {
        $0.onRemove = retains ? .retain : nil
        $0.protect = !retains
      }
      let result = plan([link], [observed("link", "l", ["resource_id": .resource("r1")])])
      #expect(result.plan.isEmpty)
      #expect(result.told == ["setting-not-kept link.l"])
      #expect(!result.isRefused)
      #expect(plan([link], [converged(link)]).told.isEmpty)
    }
  }

  @Test func `others' targets and unknown kinds are left alone`() {
    let result = plan(
      [anchor],
      [
        observed("pool", "a", marks: .nobodys), observed("pool", "b", marks: .anothers),
        observed("Kusto", "c"), converged(anchor),
      ])
    #expect(result.plan.isEmpty)
    #expect(result.findings.isEmpty)
  }

  // MARK: Marks

  @Test func `settings that live in marks are an update of the mark alone`() {
    let result = plan(
      [
        desired("pool", "p") {
          $0.protect = true
          $0.onRemove = .retain
        }
      ], [observed("pool", "p")])
    #expect(
      result.listing == """
        update pool.p (marks-changed) berth.on_remove berth.protect
        s1 mark pool.p
        """)
  }

  @Test func `where marks can't be written such settings wait`() {
    let result = plan(
      [desired("link", "l", ["resource_id": .resource("r1")]) { $0.protect = true }],
      [observed("link", "l", ["resource_id": .resource("r1")])])
    #expect(result.plan.isEmpty)
  }

  @Test func `the digest of what was applied is no difference by itself`() {
    let marks = OwnershipMarks(stack: testStack, applied: "something else")
    #expect(plan([desired("pool", "p")], [observed("pool", "p", marks: marks)]).plan.isEmpty)
  }

  // MARK: Power

  @Test func `power alone starts and stops`() {
    let result = plan(
      [desired("box", "a") { $0.power = .running }, desired("box", "b") { $0.power = .stopped }],
      [observed("box", "a", power: .stopped), observed("box", "b", power: .running)])
    #expect(
      result.listing == """
        start box.a (power-state) berth.power_state
        stop box.b (power-state) berth.power_state
        s1 start box.a
        s2 stop box.b
        """)
  }

  @Test func `power nobody asked for is left as it is`() {
    #expect(plan([desired("box", "a")], [observed("box", "a", power: .stopped)]).plan.isEmpty)
  }

  @Test func `a machine that should be off is created and then stopped`() {
    let result = plan([desired("box", "a") { $0.power = .stopped }], [])
    #expect(
      result.listing == """
        create box.a (not-in-workspace)
        s1 create box.a
        s2 stop box.a after s1 (same-target)
        """)
    #expect(result.plan.changes.first?.attributes.last?.path == "berth.power_state")
  }

  @Test func `a replaced machine is stopped again`() {
    let result = plan(
      [
        desired("box", "a", ["size": "big"]) {
          $0.power = .stopped
          $0.allowReplace = true
        }
      ], [observed("box", "a", power: .stopped)])
    #expect(
      result.listing == """
        deleteThenCreate box.a (cannot-update) size!
        s1 delete box.a
        s2 create box.a after s1 (name-free)
        s3 stop box.a after s2 (same-target)
        """)
  }

  // MARK: Destroying

  @Test func `destroying takes all that is ours`() {
    let targets = [
      desired("pool", "p"), desired("link", "l", ["resource_id": .resource("r1")]),
      desired("box", "b"),
    ]
    let result = plan(
      targets,
      targets.map { converged($0) } + [
        observed("pool", "no-document"), observed("pool", "foreign", marks: .anothers),
        observed("pool", "nobodys", marks: .nobodys), observed("Kusto", "unknown"),
      ], mode: .destroy)
    #expect(
      result.listing == """
        delete box.b (destroy-requested)
        detach link.l (destroy-requested)
        delete pool.no-document (destroy-requested)
        delete pool.p (destroy-requested)
        s1 delete box.b
        s2 detach link.l
        s3 delete pool.no-document
        s4 delete pool.p
        """)
    #expect(result.findings.isEmpty)
    #expect(result.plan.unchangedCount == 0)
  }

  @Test func `destroying skips what is to be retained and says so`() {
    let result = plan(
      [desired("pool", "p") { $0.onRemove = .retain }], [observed("pool", "p")], mode: .destroy)
    #expect(result.plan.isEmpty)
    #expect(result.told == ["retained pool.p"])
    #expect(!result.isRefused)
  }

  @Test func `destroying takes what a document adopted where marks can't be written`() {
    let target = desired("link", "l", ["resource_id": .resource("r1")]) { $0.adopt = true }
    let live = observed("link", "l", ["resource_id": .resource("r1")], marks: .nobodys)
    #expect(plan([target], [live], mode: .destroy).plan.steps.map(\.act) == [.detach])
    let pool = desired("pool", "p") { $0.adopt = true }
    let livePool = observed("pool", "p", marks: .nobodys)
    #expect(plan([pool], [livePool], mode: .destroy).plan.isEmpty)
  }
}
