import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// `attach-once` and `double-attachment`.
struct AttachOnceTests {
  private func link(_ name: String, _ resource: AttributeValue, line: Int = 1) -> ComputeTarget {
    desired("link", name, ["resource_id": resource], line: line)
  }

  @Test func `two documents with one resource are refused at the second`() throws {
    let result = plan(
      [link("k8s-b", .cluster("aks"), line: 31), link("k8s-prod", .cluster("AKS"), line: 7)], [])
    #expect(result.refusals == ["attach-once link.k8s-b"])
    let finding = try #require(result.finding("attach-once"))
    #expect(finding.summary == "Cluster is already attached")
    #expect(
      finding.detail == """
        The same cluster is attached as link.k8s-prod. A second attachment breaks the first one. \
        Remove one of the two.
        """)
    #expect(finding.location == testLocation(line: 31))
    #expect(finding.related.map(\.location) == [testLocation(line: 7)])
    #expect(result.plan.changes.count == 2, "people see what was refused")
  }

  @Test func `what is no cluster is called a resource`() {
    let result = plan([link("a", .resource("r1")), link("b", .resource("r1"), line: 2)], [])
    #expect(result.finding("attach-once")?.summary == "Resource is already attached")
  }

  @Test func `who holds the resource already is in the right`() {
    let holder = link("z", .resource("r1"), line: 9)
    let result = plan([link("a", .resource("r1"), line: 2), holder], [converged(holder)])
    #expect(result.refusals == ["attach-once link.a"])
  }

  @Test func `a live holder that stays is named, with its place where it has one`() throws {
    let holder = desired("link", "h", ["resource_id": .resource("r2")], line: 4) {
      $0.ignoreChanges = ["resource_id"]
    }
    let live = observed("link", "h", ["resource_id": .resource("r1")])
    let result = plan([holder, link("a", .resource("r1"))], [live])
    #expect(result.refusals == ["attach-once link.a"])
    let finding = try #require(result.finding("attach-once"))
    #expect(finding.detail.hasPrefix("The same resource is attached as link.h."))
    #expect(finding.related.map(\.location) == [testLocation(line: 4)])
  }

  @Test(arguments: [
    (OwnershipMarks.nobodys, "no stack owns it"), (.anothers, "the stack 'other' owns it"),
    (OwnershipMarks(stack: testStack, onRemove: .retain), "to be retained"),
  ])
  func `a holder that nobody releases is refused`(marks: OwnershipMarks, words: String) {
    let live = observed("link", "h", ["resource_id": .resource("r1")], marks: marks)
    let result = plan([link("a", .resource("R1"))], [live])
    #expect(result.refusals == ["attach-once link.a"])
    #expect(result.finding("attach-once")?.detail.contains(words) == true)
  }

  @Test func `a target of an unknown kind is a holder`() {
    let live = observed("Kusto", "k", resource: .invented("r1"))
    let result = plan([link("a", .resource("r1"))], [live])
    #expect(result.refusals == ["attach-once link.a"])
    #expect(result.plan.steps.map(\.act) == [.attach])
  }

  @Test func `different shares of one resource are allowed`() {
    let shared = { (name: String, share: String, line: Int) in
      desired(
        "sharedlink", name, ["resource_id": .resource("r1"), "namespace": .text(share)], line: line)
    }
    #expect(!plan([shared("a", "one", 1), shared("b", "two", 2)], []).isRefused)
    #expect(
      plan([shared("a", "one", 1), shared("b", "one", 2)], []).refusals
        == ["attach-once sharedlink.b"])
    #expect(
      plan([shared("a", "one", 1), link("c", .resource("r1"), line: 2)], []).refusals
        == ["attach-once link.c"])
  }

  @Test func `a double attachment in reality is shown, with both names`() throws {
    let ours = link("a", .resource("r1"))
    let result = plan(
      [ours],
      [converged(ours), observed("link", "b", ["resource_id": .resource("r1")], marks: .nobodys)])
    #expect(result.told == ["double-attachment link.a"])
    #expect(!result.isRefused)
    let detail = try #require(result.finding("double-attachment")).detail
    #expect(detail.contains("link.a") && detail.contains("link.b"))
  }

  @Test func `a double attachment of others is theirs`() {
    let result = plan(
      [anchor],
      [
        observed("link", "a", ["resource_id": .resource("r1")], marks: .anothers),
        observed("link", "b", ["resource_id": .resource("r1")], marks: .nobodys),
        converged(anchor),
      ])
    #expect(result.findings.isEmpty)
  }
}
