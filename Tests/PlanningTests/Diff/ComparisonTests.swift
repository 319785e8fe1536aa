import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// What counts as a difference, and what it costs.
struct ComparisonTests {
  @Test func `a converged world needs nothing`() {
    let targets = [
      desired("pool", "p", ["count": 3, "tags": ["team": "ml"]]),
      desired("link", "l", ["resource_id": .resource("r1")], secrets: ["password": "aaaa1"]),
      desired("box", "b") { $0.power = .stopped },
      desired("hub", "h", ["resource_id": .resource("r2"), "tls.status": "Enabled"]),
    ]
    let result = plan(targets, targets.map { converged($0) })
    #expect(result.plan.isEmpty)
    #expect(result.plan.unchangedCount == 4)
    #expect(result.findings.isEmpty)
  }

  @Test func `what is missing is created or attached`() {
    let result = plan(
      [
        desired("pool", "p"), desired("hub", "made"),
        desired("hub", "taken", ["resource_id": .resource("r1")]),
      ], [])
    #expect(
      result.listing == """
        create hub.made (not-in-workspace)
        attach hub.taken (not-in-workspace)
        create pool.p (not-in-workspace)
        s1 create hub.made
        s2 attach hub.taken
        s3 create pool.p
        """)
    #expect(result.plan.steps[1].resource == AttributeValue.resource("r1").text)
    #expect(result.plan.steps[0].resource == nil)
  }

  @Test func `an in-place field updates and shows both values`() throws {
    let live = desired("pool", "p", ["count": 3])
    let result = plan([desired("pool", "p", ["count": 5])], [converged(live)])
    #expect(
      result.listing == """
        update pool.p (field-changed) count
        s1 update pool.p
        """)
    let change = try #require(result.plan.changes.first)
    #expect(
      change.attributes == [
        AttributeChange(path: "count", before: 3, after: 5, effect: .inPlace)
      ])
    #expect(change.unchangedAttributeCount == 2)
    #expect(change.before == ["size": "small", "count": 3, "tags": [:]])
    #expect(change.after == ["size": "small", "count": 5, "tags": [:]])
    #expect(change.precondition == converged(live).fingerprint(in: .invented))
    #expect(change.source == testLocation(line: 1))
  }

  @Test func `F28 a spelling is not a change`() {
    let result = plan(
      [
        desired("pool", "P", ["size": "SMALL"]),
        desired("link", "l", ["resource_id": .resource("R1")]),
      ],
      [
        observed("pool", "p", ["size": "small"]),
        observed("link", "l", ["resource_id": .resource("r1")]),
      ])
    #expect(result.plan.isEmpty)
  }

  @Test func `an absent field has its default, and none without one`() {
    let result = plan(
      [desired("pool", "p"), desired("link", "l", ["resource_id": .resource("r1")])],
      [
        observed("pool", "p", ["count": 7]),
        observed("link", "l", ["resource_id": .resource("r1"), "tls": "on"]),
      ])
    #expect(
      result.listing == """
        update pool.p (field-changed) count
        s1 update pool.p
        """)
  }

  @Test func `a null default means absent`() {
    let live = observed(
      "hub", "h", ["resource_id": .resource("r1"), "tls.status": "Enabled", "version": "1.2"])
    let result = plan([desired("hub", "h", ["resource_id": .resource("r1")])], [live])
    #expect(
      result.listing == """
        detachThenAttach hub.h (tls-needs-detach) tls.status!
        s1 detach hub.h
        s2 attach hub.h after s1 (detach-first)
        """)
    #expect(result.plan.changes.first?.attributes.first?.after == nil)
  }

  @Test func `what can't be updated re-attaches an attachment and replaces the rest`() {
    let result = plan(
      [
        desired("link", "l", ["resource_id": .resource("r1"), "tls": "on"]),
        desired("pool", "p", ["size": "big"]),
      ],
      [
        observed("link", "l", ["resource_id": .resource("r1"), "tls": "off"]),
        observed("pool", "p", ["size": "small"]),
      ])
    #expect(
      result.listing == """
        detachThenAttach link.l (tls-needs-detach) tls!
        deleteThenCreate pool.p (cannot-update) size!
        s1 detach link.l
        s2 attach link.l after s1 (detach-first)
        s3 delete pool.p
        s4 create pool.p after s3 (name-free)
        """)
    #expect(
      result.plan.changes.map { $0.attributes.first?.effect } == [
        .forcesReattachment, .forcesReplacement,
      ])
  }

  @Test func `TLS is changed in place where that was asked for`() {
    let result = plan(
      [
        desired("hub", "h", ["resource_id": .resource("r1"), "tls.status": "Enabled"]) {
          $0.updatesTLSInPlace = true
        }
      ], [observed("hub", "h", ["resource_id": .resource("r1")])])
    #expect(
      result.listing == """
        update hub.h (field-changed) tls.status
        s1 update hub.h
        """)
  }

  @Test func `created and attached give way to each other`() {
    let result = plan(
      [desired("hub", "a", ["resource_id": .resource("r1")]), desired("hub", "b")],
      [observed("hub", "a"), observed("hub", "b", ["resource_id": .resource("r2")])])
    #expect(
      result.listing == """
        deleteThenAttach hub.a (cannot-update) resource_id!
        detachThenCreate hub.b (origin-changed)
        s1 delete hub.a
        s2 attach hub.a after s1 (name-free)
        s3 detach hub.b
        s4 create hub.b after s3 (name-free)
        """)
  }

  @Test func `F12 a failed target is taken away and made again`() {
    let result = plan(
      [desired("link", "l", ["resource_id": .resource("r1")]), desired("pool", "p")],
      [
        observed("link", "l", ["resource_id": .resource("r1")], state: .failed),
        observed("pool", "p", state: .canceled),
      ])
    #expect(
      result.listing == """
        detachThenAttach link.l (provisioning-failed)
        deleteThenCreate pool.p (provisioning-failed)
        s1 detach link.l
        s2 attach link.l after s1 (detach-first)
        s3 delete pool.p
        s4 create pool.p after s3 (name-free)
        """)
    #expect(result.plan.changes.first?.reason.text == "the service says 'Failed' of it")
  }

  @Test func `a target in transition is planned as it is, with a warning`() {
    let result = plan(
      [desired("pool", "p", ["count": 2])], [observed("pool", "p", state: .updating)])
    #expect(result.plan.changes.map(\.action) == [.update])
    #expect(result.told == ["still-in-transition pool.p"])
    #expect(!result.isRefused)
  }

  @Test func `ignored fields are not compared, nor what is below them`() {
    let live = observed(
      "hub", "h", ["resource_id": .resource("r1"), "tls.status": "Enabled", "agents": 9])
    let result = plan(
      [
        desired("hub", "h", ["resource_id": .resource("r1")]) {
          $0.ignoreChanges = ["tls", "agents"]
        }
      ], [live])
    #expect(result.plan.isEmpty)
  }

  @Test func `what the service sets is not compared`() {
    let live = observed("hub", "h", ["version": "9"])
    #expect(plan([desired("hub", "h", ["version": "1"])], [live]).plan.isEmpty)
  }

  @Test func `the change of kind under a name is a removal and a creation`() {
    let result = plan(
      [desired("pool", "x")], [observed("link", "X", ["resource_id": .resource("r1")])])
    #expect(
      result.listing == """
        detach link.X (kind-changed)
        create pool.x (kind-changed)
        s1 detach link.X
        s2 create pool.x after s1 (name-free)
        """)
    #expect(!result.isRefused)
  }
}
