import Planning
import TargetModel
import TestSupport
import Testing

/// What a plan that was made a while ago relies on.
@Suite struct PlanStalenessTests {
  private let documents = [
    desired("link", "one", ["resource_id": .resource("r1")]), desired("pool", "two"), anchor,
  ]

  private func staleness(
    of plan: Plan, _ observed: [ObservedTarget], stranded: Set<String> = []
  ) -> PlanStaleness? {
    plan.staleness(
      desired: documents, seeing: Snapshot(workspace: testWorkspace, targets: observed),
      stranded: stranded, in: .invented)
  }

  private func converged(_ documents: [ComputeTarget]) -> [ObservedTarget] {
    documents.map { TestSupport.converged($0, stack: testStack) }
  }

  @Test func `a plan is good as long as what it changes is as it was`() {
    let live = converged([documents[2]])
    let made = plan(documents, live).plan
    #expect(made.changes.count == 2)
    #expect(staleness(of: made, live) == nil)
    // What it does not change may move.
    #expect(staleness(of: made, []) == nil)
  }

  @Test func `a plan is stale once what it changes has moved`() {
    let made = plan(documents, converged([documents[2]])).plan
    guard
      case .moved(let change, let target?) = staleness(
        of: made, converged([documents[1], documents[2]]))
    else {
      Issue.record("not moved")
      return
    }
    #expect(change.address == documents[1].address && target.name == "two")
  }

  @Test func `a plan is stale once a name belongs to another target, unless it frees it`() {
    let bearer = TestSupport.converged(desired("box", "two"), stack: testStack)
    #expect(
      staleness(of: plan(documents, []).plan, [bearer])
        .map { if case .taken(_, by: bearer) = $0 { true } else { false } } == true)
    let freeing = plan(documents, [bearer]).plan
    #expect(freeing.changes.contains { $0.address == bearer.address })
    #expect(staleness(of: freeing, [bearer]) == nil)
  }

  @Test func `a plan is stale once somebody holds what it attaches`() {
    let made = plan(documents, []).plan
    let holder = TestSupport.converged(
      desired("link", "other", ["resource_id": .resource("r1")]), stack: "lab")
    guard case .held(let change, by: let found) = staleness(of: made, [holder]) else {
      Issue.record("not held")
      return
    }
    #expect(change.address == documents[0].address && found == holder)
  }

  @Test func `a plan is stale if it does not bring back what an apply took away`() {
    let whole = converged(documents)
    var changed = documents
    changed[1]["count"] = 2
    let made = plan(changed, whole).plan
    #expect(made.changes.map(\.address) == [documents[1].address])
    let left = Array(whole.dropFirst())
    // Somebody took it away on purpose: the next plan tells.
    #expect(staleness(of: made, left) == nil)
    #expect(staleness(of: made, left, stranded: ["one"]) == .stranded(documents[0].address))
    // By now it is there again, nobody wants it any more, or it was left out on purpose.
    #expect(staleness(of: made, whole, stranded: ["one"]) == nil)
    #expect(staleness(of: made, left, stranded: ["three"]) == nil)
    var part = made
    part.leftOut = [documents[0].address]
    #expect(staleness(of: part, left, stranded: ["one"]) == nil)
  }
}
