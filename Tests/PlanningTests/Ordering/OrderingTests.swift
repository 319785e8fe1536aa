import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// Which step waits for which.
struct OrderingTests {
  private func link(_ name: String, _ resource: String) -> ComputeTarget {
    desired("link", name, ["resource_id": .resource(resource)])
  }

  @Test func `detach-first: a rename detaches before it attaches`() {
    let result = plan([link("b", "r1")], [converged(link("a", "r1"))])
    #expect(
      result.listing == """
        detach link.a (not-in-configuration)
        attach link.b (not-in-workspace)
        s1 detach link.a
        s2 attach link.b after s1 (detach-first)
        """)
    #expect(!result.isRefused)
  }

  @Test func `detach-first: a swap detaches both before either is attached`() {
    let result = plan(
      [link("a", "r2"), link("b", "r1")], [converged(link("a", "r1")), converged(link("b", "r2"))])
    #expect(
      result.listing == """
        detachThenAttach link.a (cannot-update) resource_id!
        detachThenAttach link.b (cannot-update) resource_id!
        s1 detach link.a
        s2 detach link.b
        s3 attach link.a after s1 (name-free) s2 (detach-first)
        s4 attach link.b after s1 (detach-first) s2 (name-free)
        """)
    #expect(!result.isRefused)
    #expect(
      result.plan.steps.map(\.resource)
        == ["r1", "r2", "r2", "r1"].map { AttributeValue.resource($0).text })
  }

  @Test func `detach-first: a rotation of three`() {
    let result = plan(
      [link("a", "r2"), link("b", "r3"), link("c", "r1")],
      [converged(link("a", "r1")), converged(link("b", "r2")), converged(link("c", "r3"))])
    #expect(
      result.plan.steps.map { "\($0.act.rawValue) \($0.address.name)" }
        == ["detach a", "detach b", "detach c", "attach a", "attach b", "attach c"])
    #expect(result.plan.steps.suffix(3).map(\.waitsFor.count) == [2, 2, 2])
    #expect(!result.isRefused)
  }

  @Test func `detach-first: ids compare as ids`() {
    let result = plan([link("b", "R1")], [converged(link("a", "r1"))])
    #expect(result.plan.steps.last?.waitsFor == [StepID(1)])
  }

  @Test func `detach-first: shares of one resource do not wait for each other`() {
    let shared = { (name: String, share: String) in
      desired("sharedlink", name, ["resource_id": .resource("r1"), "namespace": .text(share)])
    }
    let apart = plan([shared("b", "two")], [converged(shared("a", "one"))])
    #expect(apart.plan.steps.map(\.waitsFor) == [[], []])
    let same = plan([shared("b", "one")], [converged(shared("a", "one"))])
    #expect(same.plan.steps.map(\.waitsFor) == [[], [StepID(1)]])
  }

  @Test func `name-free: another kind waits until the name is free`() {
    let result = plan(
      [desired("link", "x", ["resource_id": .resource("r1")])], [observed("pool", "x")])
    #expect(
      result.listing == """
        delete pool.x (kind-changed)
        attach link.x (kind-changed)
        s1 delete pool.x
        s2 attach link.x after s1 (name-free)
        """)
  }

  @Test func `mending-first: who stays is detached before the others go`() {
    let result = plan(
      [link("b", "r1")],
      [
        converged(link("b", "r1")), observed("link", "a", ["resource_id": .resource("r1")]),
      ])
    #expect(
      result.listing == """
        detachThenAttach link.b (double-attachment)
        detach link.a (not-in-configuration)
        s1 detach link.b
        s2 detach link.a after s1 (mending-first)
        s3 attach link.b after s1 (detach-first) s2 (detach-first)
        """)
  }

  @Test func `same-target: a machine is switched off when it is there`() {
    let result = plan([desired("box", "a") { $0.power = .stopped }], [])
    #expect(
      result.listing == """
        create box.a (not-in-workspace)
        s1 create box.a
        s2 stop box.a after s1 (same-target)
        """)
  }

  @Test func `releases-first: plain removals come last, and those that free something first`() {
    let result = plan(
      [link("m", "r1"), desired("pool", "n"), desired("pool", "o", ["count": 4])],
      [
        converged(link("z", "r1")), observed("pool", "a"), observed("pool", "o", ["count": 1]),
      ])
    #expect(
      result.plan.steps.map { "\($0.act.rawValue) \($0.address)" }
        == ["detach link.z", "attach link.m", "create pool.n", "update pool.o", "delete pool.a"])
  }

  @Test func `depends-on: the dependent is made last and updated last`() {
    let result = plan(
      [
        desired("pool", "a", ["count": 2]) {
          $0.dependsOn = [TargetAddress(kind: "pool", name: "Z")]
        },
        desired("pool", "b") { $0.dependsOn = [TargetAddress(kind: "pool", name: "a")] },
        desired("pool", "z", ["size": "big"]),
      ], [observed("pool", "a"), observed("pool", "z")])
    #expect(
      result.listing == """
        deleteThenCreate pool.z (cannot-update) size!
        update pool.a (field-changed) count
        create pool.b (not-in-workspace)
        s1 delete pool.z
        s2 create pool.z after s1 (name-free)
        s3 update pool.a after s2 (depends-on)
        s4 create pool.b after s3 (depends-on)
        """)
  }

  @Test func `depends-on: the dependent is removed first`() {
    let targets = [
      desired("pool", "a"),
      desired("pool", "b") { $0.dependsOn = [TargetAddress(kind: "pool", name: "a")] },
    ]
    let result = plan(targets, targets.map { converged($0) }, mode: .destroy)
    #expect(
      result.listing == """
        delete pool.b (destroy-requested)
        delete pool.a (destroy-requested)
        s1 delete pool.b
        s2 delete pool.a after s1 (depends-on)
        """)
  }

  @Test func `depends-on: what needs no change is not waited for`() {
    let base = desired("pool", "base")
    let result = plan(
      [base, desired("pool", "x") { $0.dependsOn = [base.address] }], [converged(base)])
    #expect(result.plan.steps.map(\.waitsFor) == [[]])
  }
}
