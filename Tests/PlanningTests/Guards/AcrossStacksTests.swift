import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// What several stacks must not want at once.
struct AcrossStacksTests {
  private func workspace(_ name: String) -> WorkspaceIdentity {
    WorkspaceIdentity(
      subscriptionID: testWorkspace.subscriptionID, resourceGroup: "rg-\(name)", name: name,
      location: "westeurope")
  }

  private func stack(
    _ folder: String, _ name: String? = nil, in workspace: String = "w",
    _ desired: [ComputeTarget] = [], _ observed: [ObservedTarget]? = nil
  ) -> StackOfRun {
    let identity = self.workspace(workspace)
    return StackOfRun(
      folder: folder, stack: name ?? folder, workspace: identity, place: "", desired: desired,
      observed: observed.map { Snapshot(workspace: identity, targets: $0) })
  }

  private func link(_ name: String, _ resource: String) -> ComputeTarget {
    desired("link", name, ["resource_id": .resource(resource)])
  }

  private func live(_ name: String, _ resource: String) -> ObservedTarget {
    observed("link", name, ["resource_id": .resource(resource)])
  }

  private func told(_ stacks: [StackOfRun]) -> [String] {
    checkAcrossStacks(stacks).map {
      "\($0.stack): \($0.finding.severity.rawValue) \($0.finding.rule) \($0.finding.address ?? "-")"
    }
  }

  @Test func `one resource in two stacks of a workspace is attached once at most`() {
    let both = [
      stack("a", in: "w", [link("x", "r1")], []), stack("b", in: "w", [link("y", "R1")], []),
    ]
    #expect(told(both) == ["1: error attach-once link.y"])
    #expect(told(both.reversed()) == ["1: error attach-once link.x"])
  }

  @Test func `one resource in two workspaces is refused while one of them would attach it`() {
    let a = [link("x", "r1")]
    let b = [link("y", "r1")]
    #expect(
      told([stack("a", in: "v", a, []), stack("b", in: "w", b, [])])
        == ["1: error cross-workspace link.y"])
    // Who holds it is in the right, wherever it stands in the list.
    #expect(
      told([stack("a", in: "v", a, []), stack("b", in: "w", b, [live("y", "r1")])])
        == ["0: error cross-workspace link.x"])
    #expect(
      told([stack("a", in: "v", a, [live("x", "r1")]), stack("b", in: "w", b, [live("y", "r1")])])
        == ["1: warning cross-workspace link.y"])
    #expect(
      told([stack("a", in: "v", a), stack("b", in: "w", b)])
        == ["1: warning cross-workspace link.y"], "where nobody looked, people are told")
  }

  @Test func `what is no clash is none`() {
    #expect(
      told([stack("a", in: "w", [link("x", "r1")], []), stack("b", in: "w", [link("y", "r2")], [])])
        .isEmpty)
    #expect(
      told([stack("a", in: "w", [link("x", "r1"), link("y", "r1")], [])]).isEmpty, "its own matter")
    #expect(told([stack("a", "one", in: "v"), stack("b", "one", in: "w")]).isEmpty)
  }

  @Test func `two folders that are one stack, and two stacks that want one name, are refused`() {
    #expect(told([stack("a", "one"), stack("b", "one")]) == ["1: error same-stack -"])
    #expect(
      told([stack("a", in: "w", [link("X", "r1")], []), stack("b", in: "w", [link("x", "r2")], [])])
        == ["1: error shared-name link.x"])
    var apart = stack("b", "one")
    apart.place = "another.db"
    #expect(told([stack("a", "one"), apart]).isEmpty, "simulated workspaces of one name")
  }

  // MARK: Moves

  private func plan(_ stack: StackOfRun) -> Plan {
    makePlan(
      PlanningRequest(
        stack: stack.stack, desired: stack.desired,
        observed: Snapshot(workspace: stack.workspace, targets: stack.observed?.targets ?? []),
        catalog: .invented)
    ).plan
  }

  private func owned(_ name: String, _ resource: String, by owner: String) -> ObservedTarget {
    observed(
      "link", name, ["resource_id": .resource(resource)], marks: OwnershipMarks(stack: owner))
  }

  private func moves(_ stacks: [StackOfRun]) -> MovesAcrossStacks {
    MovesAcrossStacks(stacks, stacks.map(plan))
  }

  @Test func `a resource that moves to another workspace is let go there first`() {
    let keep = link("keep", "r9")
    let held = [owned("x", "r1", by: "a"), owned("keep", "r9", by: "a")]
    let stacks = [
      stack("b", in: "w", [link("y", "r1")], []), stack("a", in: "v", [keep], held),
    ]
    let moves = moves(stacks)
    #expect(moves.waitsFor == [[1], []])
    #expect(moves.order == [1, 0])
    #expect(moves.elsewhere.map(\.count) == [0, 0])
    #expect(moves.circles(stacks).isEmpty)
  }

  @Test func `what is kept elsewhere is told, and nobody waits for it`() {
    let stacks = [
      stack("b", in: "w", [link("y", "r1")], []),
      stack("a", in: "v", [link("x", "r1")], [owned("x", "r1", by: "a")]),
    ]
    let moves = moves(stacks)
    #expect(moves.waitsFor == [[], []])
    #expect(moves.elsewhere[0].map(\.workspace.name) == ["v"])
    #expect(moves.elsewhere[0].flatMap(\.targets).map(\.address.name) == ["x"])
  }

  @Test func `stacks that would swap resources wait in a circle, which is refused`() {
    let stacks = [
      stack(
        "a", in: "v", [link("x", "r2"), link("k", "r8")],
        [owned("o", "r1", by: "a"), owned("k", "r8", by: "a")]),
      stack(
        "b", in: "w", [link("y", "r1"), link("l", "r9")],
        [owned("p", "r2", by: "b"), owned("l", "r9", by: "b")]),
    ]
    let moves = moves(stacks)
    #expect(moves.order.isEmpty)
    #expect(moves.circles(stacks).map(\.finding.rule.id) == ["cross-workspace", "cross-workspace"])
  }
}
