import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// The other guards.
///
/// Each says no with a place and a way out.
struct RefusalTests {
  // MARK: foreign-owner, name-taken

  @Test func `T19 what nobody owns is not touched without adopting`() throws {
    let result = plan(
      [desired("pool", "p", ["count": 2], line: 3)], [observed("pool", "p", marks: .nobodys)])
    #expect(result.refusals == ["foreign-owner pool.p"])
    let finding = try #require(result.finding("foreign-owner"))
    #expect(finding.detail.contains("berth: {adopt: true}"))
    #expect(finding.location == testLocation(line: 3))
    #expect(result.plan.changes.map(\.action) == [.update], "people see what was refused")
  }

  @Test(arguments: [true, false])
  func `T19 what another stack owns is never touched`(adopt: Bool) {
    let result = plan(
      [desired("pool", "p") { $0.adopt = adopt }], [observed("pool", "p", marks: .anothers)])
    #expect(result.refusals == ["foreign-owner pool.p"])
    #expect(result.plan.isEmpty)
    #expect(result.plan.unchangedCount == 0)
  }

  @Test(arguments: [("pool", true), ("link", false)])
  func `retaining is a way out only where marks can be taken away`(kind: String, isOne: Bool) throws
  {
    let fields: AttributeMap = kind == "link" ? ["resource_id": .resource("r1")] : [:]
    let result = plan(
      [desired(kind, "p", fields)], [observed(kind, "p", fields, marks: .anothers)])
    let finding = try #require(result.finding("foreign-owner"))
    #expect(finding.detail.contains("on_remove: retain") == isOne)
  }

  @Test func `adopting never removes a target of another kind`() {
    let result = plan(
      [desired("pool", "x") { $0.adopt = true }],
      [observed("link", "x", ["resource_id": .resource("r1")], marks: .nobodys)])
    #expect(result.refusals == ["foreign-owner pool.x"])
  }

  @Test func `an unknown kind keeps its name`() {
    let result = plan([desired("pool", "x")], [observed("Kusto", "X")])
    #expect(result.refusals == ["name-taken pool.x"])
    #expect(!result.plan.steps.contains { $0.act == .delete || $0.act == .detach })
  }

  @Test func `a retained target keeps its name`() {
    let marks = OwnershipMarks(stack: testStack, onRemove: .retain)
    let result = plan(
      [desired("link", "x", ["resource_id": .resource("r1")])],
      [observed("pool", "x", marks: marks)])
    #expect(result.refusals == ["name-taken link.x"])
  }

  // MARK: protected

  @Test func `a protected target is neither re-attached nor replaced nor given to another kind`() {
    let protect: (inout TargetSettings) -> Void = { $0.protect = true }
    let result = plan(
      [
        desired("link", "l", ["resource_id": .resource("r1"), "tls": "on"], settings: protect),
        desired("pool", "p", ["size": "big"], settings: protect),
        desired("pool", "k", settings: protect),
      ],
      [
        observed("link", "l", ["resource_id": .resource("r1")]), observed("pool", "p"),
        observed("link", "k", ["resource_id": .resource("r2")]),
      ])
    #expect(result.refusals == ["protected link.k", "protected link.l", "protected pool.p"])
  }

  @Test func `a protected target may be updated`() {
    let target = desired("pool", "p", ["count": 4]) { $0.protect = true }
    #expect(!plan([target], [observed("pool", "p")]).isRefused)
  }

  @Test(arguments: [PlanMode.apply, .destroy])
  func `the mark protects when the document is gone`(mode: PlanMode) {
    let marks = OwnershipMarks(stack: testStack, isProtected: true)
    let result = plan(
      [anchor], [observed("pool", "p", marks: marks), converged(anchor)], mode: mode)
    #expect(result.refusals == ["protected pool.p"])
  }

  @Test func `destroying minds the document whatever the case of its name`() {
    let result = plan(
      [desired("link", "Web", ["resource_id": .resource("r1")]) { $0.protect = true }],
      [observed("link", "web", ["resource_id": .resource("r1")])], mode: .destroy)
    #expect(result.refusals == ["protected link.web"])
  }

  @Test func `a document lifts the protection in so many words`() {
    let marks = OwnershipMarks(stack: testStack, isProtected: true)
    let target = desired("pool", "p") { $0.liftsProtection = true }
    #expect(!plan([target], [observed("pool", "p", marks: marks)], mode: .destroy).isRefused)
  }

  @Test func `the mark protects when the line is lost and the document stays`() {
    let marks = OwnershipMarks(stack: testStack, isProtected: true)
    let live = observed("pool", "p", marks: marks)
    let replacing = plan([desired("pool", "p", ["size": "big"])], [live])
    #expect(replacing.refusals == ["protected pool.p"])
    #expect(plan([desired("pool", "p")], [live], mode: .destroy).isRefused)
    // Alone, the lost line is a change that a reviewer sees.
    let alone = plan([desired("pool", "p")], [live])
    #expect(!alone.isRefused)
    #expect(alone.plan.changes.first?.attributes.map(\.path) == ["berth.protect"])
  }

  // MARK: loses-data

  @Test func `a disk is not lost without leave`() {
    let live = observed("box", "b", power: .running)
    #expect(plan([desired("box", "b", ["size": "big"])], [live]).refusals == ["loses-data box.b"])
    let allowed = desired("box", "b", ["size": "big"]) { $0.allowReplace = true }
    #expect(!plan([allowed], [live]).isRefused)
  }

  @Test func `a disk is not lost with a document, and destroying is leave enough`() {
    let live = [observed("box", "b"), converged(anchor)]
    #expect(plan([anchor], live).refusals == ["loses-data box.b"])
    #expect(!plan([anchor], live, mode: .destroy).isRefused)
  }

  @Test func `a change of kind takes the leave from the document of the name`() {
    let live = observed("box", "b")
    #expect(plan([desired("pool", "b")], [live]).refusals == ["loses-data box.b"])
    #expect(!plan([desired("pool", "b") { $0.allowReplace = true }], [live]).isRefused)
  }

  // MARK: empty-desired, secrets-first

  @Test func `T15 no documents never means remove all`() throws {
    let live = (1...5).map { observed("pool", "p\($0)") }
    let result = plan([], live)
    #expect(result.refusals == ["empty-desired -"])
    let detail = try #require(result.finding("empty-desired")).detail
    #expect(detail.contains("5 live targets: pool.p1, pool.p2, pool.p3 and 2 more"))
    #expect(!plan([], live, mode: .destroy).isRefused)
    #expect(!plan([], [observed("pool", "p", marks: .nobodys)]).isRefused)
    #expect(!plan([], []).isRefused)
  }

  @Test func `an unresolved secret stops a re-attachment`() throws {
    var target = desired("link", "l", ["resource_id": .resource("r1"), "tls": "on"])
    target["password"] = "${env:PASSWORD}"
    let result = plan([target], [observed("link", "l", ["resource_id": .resource("r1")])])
    #expect(result.refusals == ["secrets-first link.l"])
    #expect(try #require(result.finding("secrets-first")).hidesSource)
  }

  // MARK: depends_on

  @Test func `a dependency must be a document`() throws {
    let result = plan(
      [
        desired("pool", "base"),
        desired("pool", "a") { $0.dependsOn = [TargetAddress(kind: "pool", name: "bse")] },
        desired("pool", "b") { $0.dependsOn = [TargetAddress(kind: "link", name: "base")] },
      ], [])
    #expect(result.refusals == ["unknown-dependency pool.a", "unknown-dependency pool.b"])
    #expect(
      try #require(result.finding("unknown-dependency")).detail.contains(
        #"Did you mean "pool.base"?"#))
  }

  @Test func `a cycle is refused and the rest of the plan is shown`() throws {
    let on = { (name: String) in [TargetAddress(kind: "pool", name: name)] }
    let result = plan(
      [
        desired("pool", "a") { $0.dependsOn = on("b") },
        desired("pool", "b") { $0.dependsOn = on("c") },
        desired("pool", "c") { $0.dependsOn = on("a") },
        desired("pool", "self") { $0.dependsOn = on("self") },
      ], [])
    #expect(result.refusals == ["dependency-cycle pool.a", "dependency-cycle pool.self"])
    #expect(
      try #require(result.finding("dependency-cycle")).detail
        .hasPrefix("pool.a -> pool.b -> pool.c -> pool.a."))
    #expect(result.plan.steps.count == 4)
  }

  @Test func `every refusal has an address or numbers, and a way out`() {
    let result = plan(
      [desired("pool", "p", ["size": "big"]) { $0.protect = true }], [observed("pool", "p")])
    for finding in result.findings.findings where finding.findingClass == .refusal {
      #expect(finding.severity == .error)
      #expect(finding.address != nil)
      #expect(finding.location != nil)
      #expect(finding.detail.hasSuffix("."))
    }
  }
}
