import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// Plans for a part of a stack.
struct SelectionTests {
  private func link(_ name: String, _ resource: String) -> ComputeTarget {
    desired("link", name, ["resource_id": .resource(resource)])
  }

  private func plan(
    _ desired: [ComputeTarget], _ observed: [ObservedTarget], only: [String] = [],
    except: [String] = [], replacing: [String] = [], stranded: Set<String> = [],
    mode: PlanMode = .apply
  ) -> PlanningResult {
    var request = PlanningRequest(
      stack: testStack, desired: desired,
      observed: Snapshot(workspace: testWorkspace, targets: observed), mode: mode,
      catalog: .invented)
    if !only.isEmpty { request.selection = .only(only.compactMap { AddressPattern($0) }) }
    if !except.isEmpty { request.selection = .except(except.compactMap { AddressPattern($0) }) }
    request.replacing = Set(replacing.compactMap { TargetAddress($0) })
    request.stranded = stranded
    return makePlan(request)
  }

  // MARK: What is selected

  @Test func `what is not selected is left out, and told`() {
    let result = plan(
      [desired("pool", "a"), desired("pool", "b"), desired("pool", "c")], [], only: ["pool.b"])
    #expect(result.listing == "create pool.b (not-in-workspace)\ns1 create pool.b")
    #expect(result.plan.leftOut.map(\.description) == ["pool.a", "pool.c"])
    #expect(result.told == ["part-of-stack -"])
    #expect(
      result.finding("part-of-stack")?.detail.contains("2 other changes are left out") == true)
    #expect(!result.isRefused)
  }

  @Test func `everything but what is excluded`() {
    let result = plan(
      [desired("pool", "a"), desired("pool", "b"), desired("box", "c")], [],
      except: ["pool.*"])
    #expect(result.plan.changes.map(\.address.description) == ["box.c"])
    #expect(result.plan.leftOut.map(\.description) == ["pool.a", "pool.b"])
  }

  @Test func `a live target without a document is selected by its address`() {
    let old = observed("pool", "old")
    #expect(plan([anchor], [old], only: ["pool.old"]).plan.changes.map(\.action) == [.delete])
    #expect(plan([anchor], [old], only: ["pool.zz*"]).plan.leftOut.map(\.name) == ["old"])
  }

  @Test func `a name that passes to another kind is selected as a whole`() {
    let documents = [desired("link", "x", ["resource_id": .resource("r1")])]
    for address in ["link.x", "pool.x", "LINK.X"] {
      let result = plan(documents, [observed("pool", "x")], only: [address])
      #expect(!result.isRefused, "\(address)")
      #expect(result.plan.steps.map(\.act) == [.delete, .attach], "\(address)")
    }
  }

  @Test func `what is selected and as it should be is no change`() {
    let target = desired("pool", "a")
    let result = plan([target, desired("pool", "b")], [converged(target)], only: ["pool.a"])
    #expect(result.plan.isEmpty)
    #expect(result.plan.unchangedCount == 1)
  }

  @Test func `drift of what is not selected is not told`() {
    let targets = ["a", "b"].map { desired("pool", $0, ["count": 4]) }
    let live = targets.map { target in
      var moved = converged(target)
      moved.attributes[1] = 9
      return moved
    }
    #expect(plan(targets, live, mode: .refreshOnly).plan.drift.count == 2)
    let one = plan(targets, live, only: ["pool.b"], mode: .refreshOnly)
    #expect(one.plan.drift.map(\.address.description) == ["pool.b"])
  }

  @Test(arguments: [
    (["pool.c"], "Did you mean \"pool.a\"?"), (["a"], "Did you mean \"pool.a\"?"),
    (["box.*"], "fits no document"),
  ])
  func `an address that names nothing is refused`(patterns: [String], hint: String) {
    let result = plan([desired("pool", "a")], [], only: patterns)
    #expect(result.told.contains("unknown-address -"))
    #expect(result.finding("unknown-address")?.detail.contains(hint) == true)
    #expect(plan([desired("pool", "a")], [], except: patterns).isRefused)
  }

  @Test func `a guard speaks only of what is selected`() {
    let documents = [
      desired("pool", "a"), desired("box", "b", ["size": "big"]), desired("pool", "c"),
    ]
    let live = [observed("box", "b", ["size": "small"]), observed("pool", "c", marks: .anothers)]
    #expect(plan(documents, live).refusals == ["foreign-owner pool.c", "loses-data box.b"])
    #expect(!plan(documents, live, only: ["pool.a"]).isRefused)
    #expect(plan(documents, live, only: ["box.b"]).refusals == ["loses-data box.b"])
  }

  // MARK: Halves

  @Test func `half a swap is refused, and the whole of it is not`() {
    let documents = [link("a", "r2"), link("b", "r1")]
    let live = [converged(link("a", "r1")), converged(link("b", "r2"))]
    for half in ["a", "b"] {
      let result = plan(documents, live, only: ["link.\(half)"])
      #expect(result.refusals == ["half-selected link.\(half)"])
      let other = half == "a" ? "b" : "a"
      #expect(
        result.finding("half-selected")?.detail.contains("Add '--target link.\(other)'") == true)
      #expect(plan(documents, live, except: ["link.\(half)"]).isRefused)
    }
    let whole = plan(documents, live, only: ["link.a", "link.b"])
    #expect(!whole.isRefused)
    #expect(whole.plan.steps == plan(documents, live).plan.steps)
  }

  @Test func `half a rename is refused where it attaches, and told where it detaches`() {
    let (documents, live) = ([link("b", "r1")], [converged(link("a", "r1"))])
    #expect(plan(documents, live, only: ["link.b"]).refusals == ["half-selected link.b"])
    let released = plan(documents, live, only: ["link.a"])
    #expect(!released.isRefused)
    #expect(released.plan.steps.map(\.act) == [.detach])
    #expect(
      released.finding("part-of-stack")?.detail.contains("was to be taken by link.b") == true)
  }

  @Test func `two of a rotation of three are refused`() {
    let documents = [link("a", "r2"), link("b", "r3"), link("c", "r1")]
    let live = [link("a", "r1"), link("b", "r2"), link("c", "r3")].map { converged($0) }
    #expect(
      plan(documents, live, only: ["link.a", "link.b"]).refusals == ["half-selected link.b"])
    #expect(!plan(documents, live, only: ["link.*"]).isRefused)
  }

  @Test func `what a change depends on must be selected too`() {
    let base = desired("pool", "base")
    let top = desired("pool", "top") {
      $0.dependsOn = [TargetAddress(kind: "pool", name: "base")]
    }
    #expect(plan([base, top], [], only: ["pool.top"]).refusals == ["half-selected pool.top"])
    #expect(!plan([base, top], [converged(base)], only: ["pool.top"]).isRefused)
    #expect(!plan([base, top], [], only: ["pool.base"]).isRefused)
    let live = [converged(base), converged(top)]
    #expect(
      plan([base, top], live, only: ["pool.base"], mode: .destroy).refusals
        == ["half-selected pool.base"])
    #expect(!plan([base, top], live, only: ["pool.top"], mode: .destroy).isRefused)
  }

  @Test func `law: a selection that is allowed does what the whole plan does there`() {
    var (allowed, halves) = (0, 0)
    for seed in UInt64(1)..<1_500 {
      let world = RandomWorld(seed: seed)
      let whole = world.planned().plan
      var random = SeededRandom(seed: seed)
      let names = Set(
        whole.changes.map(\.address.nameKey).filter { _ in Bool.random(using: &random) })
      guard !names.isEmpty else { continue }
      var request = PlanningRequest(
        stack: testStack, desired: world.desired,
        observed: Snapshot(workspace: testWorkspace, targets: world.observed), mode: world.mode,
        catalog: .invented)
      request.selection = .only(names.sorted().compactMap { AddressPattern("*.\($0)") })
      let part = makePlan(request)
      let waits = Dictionary(uniqueKeysWithValues: whole.steps.map { ($0.id, $0) })
      let isWhole = whole.steps.filter { names.contains($0.address.nameKey) }.allSatisfy { step in
        step.waitsFor.allSatisfy { names.contains(waits[$0]?.address.nameKey ?? "") }
      }
      let isHalf = part.findings.findings.contains { $0.rule.id == "half-selected" }
      #expect(isHalf == !isWhole, "seed \(seed)")
      let acts = part.plan.steps.map { "\($0.act) \($0.address)" }
      #expect(
        Set(acts)
          == Set(
            whole.steps.filter { names.contains($0.address.nameKey) }
              .map { "\($0.act) \($0.address)" }), "seed \(seed)")
      if isHalf { halves += 1 } else { allowed += 1 }
    }
    #expect(allowed > 200)
    #expect(halves > 50)
  }

  // MARK: Replacing

  @Test func `a replacement that is asked for says so`() {
    let (pool, cluster) = (desired("pool", "a"), link("b", "r1"))
    let live = [converged(pool), converged(cluster)]
    let result = plan([pool, cluster], live, replacing: ["pool.a", "link.b"])
    #expect(
      result.listing == """
        detachThenAttach link.b (replace-requested)
        deleteThenCreate pool.a (replace-requested)
        s1 detach link.b
        s2 attach link.b after s1 (detach-first)
        s3 delete pool.a
        s4 create pool.a after s3 (name-free)
        """)
    #expect(result.plan.changes.map(\.isRequested) == [true, true])
    #expect(!result.isRefused)
  }

  @Test func `a replacement that is asked for is guarded as any other`() {
    let box = desired("box", "a")
    #expect(plan([box], [converged(box)], replacing: ["box.a"]).refusals == ["loses-data box.a"])
    let kept = desired("pool", "b") { $0.protect = true }
    #expect(plan([kept], [converged(kept)], replacing: ["pool.b"]).refusals == ["protected pool.b"])
    let mine = desired("pool", "c")
    let theirs = converged(mine, stack: "other")
    #expect(plan([mine], [theirs], replacing: ["pool.c"]).isRefused)
  }

  @Test func `what no document names can't be replaced`() {
    let result = plan([desired("pool", "a")], [observed("pool", "b")], replacing: ["pool.b"])
    #expect(result.told.contains("unknown-address -"))
    let missing = plan([desired("pool", "a")], [], replacing: ["pool.a"])
    #expect(missing.plan.changes.map(\.action) == [.create])
    #expect(!missing.isRefused)
  }

  // MARK: Stranded targets

  @Test func `what an apply took away comes back first`() {
    let documents = [desired("pool", "a"), link("m", "r1"), link("z", "r2")]
    #expect(plan(documents, []).plan.steps.first?.address.name == "m")
    let steps = plan(documents, [], stranded: ["z"]).plan.steps
    #expect(steps.map(\.address.name) == ["z", "m", "a"])
  }

  @Test func `what it has to wait for comes before everything else`() {
    var last = link("z", "r2")
    last.settings.dependsOn = [desired("pool", "y").address]
    let documents = [desired("pool", "a"), desired("pool", "y"), last]
    let steps = plan(documents, [], stranded: ["z"]).plan.steps
    #expect(steps.map(\.address.name) == ["y", "z", "a"])
  }
}
