import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// A resource that is held twice already: which one stays, why, and who mends it.
struct DoubleAttachmentTests {
  private let kept = desired("link", "b", ["resource_id": .resource("r1")])
  private let r1: AttributeMap = ["resource_id": .resource("r1")]

  @Test func `the one with a document stays and is attached anew when the others are gone`() throws
  {
    let result = plan(
      [kept], [converged(kept), observed("link", "a", r1), observed("link", "c", r1)])
    #expect(!result.isRefused)
    #expect(
      result.listing == """
        detachThenAttach link.b (double-attachment)
        detach link.a (not-in-configuration)
        detach link.c (not-in-configuration)
        s1 detach link.b
        s2 detach link.a after s1 (mending-first)
        s3 detach link.c after s1 (mending-first)
        s4 attach link.b after s1 (detach-first) s2 (detach-first) s3 (detach-first)
        """)
    let finding = try #require(result.finding("double-attachment"))
    #expect(finding.severity == .warning)
    #expect(finding.detail.contains("link.b stays, because its document names the resource"))
  }

  @Test func `where the damage shows, the same is told and done`() {
    var broken = converged(kept)
    broken.state = .failed
    let result = plan([kept], [broken, observed("link", "a", r1)])
    #expect(result.told == ["double-attachment link.b"])
    #expect(
      result.listing == """
        detachThenAttach link.b (provisioning-failed)
        detach link.a (not-in-configuration)
        s1 detach link.b
        s2 detach link.a after s1 (mending-first)
        s3 attach link.b after s1 (detach-first) s2 (detach-first)
        """)
  }

  @Test func `stopped anywhere, the next plan mends what is left`() {
    let a = observed("link", "a", r1)
    // After the first step nothing of the damage shows any more but the missing target.
    let rest = plan([kept], [a])
    #expect(!rest.isRefused)
    #expect(
      rest.listing == """
        detach link.a (not-in-configuration)
        attach link.b (not-in-workspace)
        s1 detach link.a
        s2 attach link.b after s1 (detach-first)
        """)
  }

  @Test func `somebody else's attachment is left alone, and the way out is told`() throws {
    for marks in [OwnershipMarks.nobodys, .anothers] {
      let result = plan([kept], [converged(kept), observed("link", "a", r1, marks: marks)])
      #expect(result.plan.isEmpty)
      let finding = try #require(result.finding("double-attachment"))
      #expect(finding.detail.contains("link.b should stay, because its document names"))
      #expect(finding.detail.contains("have it detached"))
    }
  }

  @Test func `a protected one is not taken away to be mended`() throws {
    let protected = desired("link", "b", r1) { $0.protect = true }
    let result = plan([protected], [converged(protected), observed("link", "a", r1)])
    #expect(!result.isRefused)
    #expect(result.plan.changes.map(\.address.description) == ["link.a"])
    let finding = try #require(result.finding("double-attachment"))
    #expect(finding.detail.contains("it is protected"))
  }

  @Test func `other shares of the resource are no double attachment`() {
    let share = { (name: String, space: AttributeValue) in
      desired("sharedlink", name, ["resource_id": .resource("r1"), "namespace": space])
    }
    let (one, two) = (share("one", "x"), share("two", "y"))
    let stray = converged(share("stray", "x"))
    let result = plan([one, two], [converged(one), converged(two), stray])
    #expect(
      result.plan.changes.map(\.address.description) == ["sharedlink.one", "sharedlink.stray"])
    #expect(plan([one, two], [converged(one), converged(two)]).plan.isEmpty)
  }

  @Test func `nothing is attached anew beside a share that stays, though another one goes`() {
    let share = { (space: AttributeValue) -> AttributeMap in
      ["resource_id": .resource("r1"), "namespace": space]
    }
    let ours = observed("sharedlink", "ours", share("x"))
    let theirs = observed("sharedlink", "theirs", share("y"), marks: .anothers)
    #expect(
      plan([kept], [converged(kept), ours]).plan.changes.map(\.address.description)
        == ["link.b", "sharedlink.ours"])
    #expect(
      plan([kept], [converged(kept), ours, theirs]).plan.changes.map(\.address.description)
        == ["sharedlink.ours"])
  }

  @Test func `whoever looks is told which one should stay`() throws {
    let result = plan(
      [kept], [converged(kept), observed("link", "a", r1)], mode: .refreshOnly)
    let finding = try #require(result.finding("double-attachment"))
    #expect(finding.detail.contains("link.b should stay"))
  }
}

/// A resource that another workspace of the same run holds.
struct CrossWorkspaceTests {
  private func planned(_ workspace: String, _ held: AttributeValue) -> PlanningResult {
    let link = desired("link", "l", ["resource_id": .resource("r1")])
    let other = WorkspaceIdentity(
      subscriptionID: testWorkspace.subscriptionID, resourceGroup: testWorkspace.resourceGroup,
      name: workspace, location: "westeurope")
    return makePlan(
      PlanningRequest(
        stack: testStack, desired: [link],
        observed: Snapshot(workspace: testWorkspace, targets: []), catalog: .invented,
        elsewhere: [
          Snapshot(
            workspace: other, targets: [observed("link", "theirs", ["resource_id": held])])
        ]))
  }

  @Test func `the holder is named with its workspace`() throws {
    let result = planned("staging", .resource("R1"))
    #expect(!result.isRefused)
    let finding = try #require(result.finding("cross-workspace"))
    #expect(finding.detail.contains("link.theirs in the workspace 'staging'"))
  }

  @Test func `another resource, and the workspace itself, are no matter`() {
    #expect(planned("staging", .resource("r2")).findings.isEmpty)
    #expect(planned(testWorkspace.name.uppercased(), .resource("r1")).findings.isEmpty)
  }
}
