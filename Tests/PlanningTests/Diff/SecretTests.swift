import Diagnostics
import Planning
import TargetModel
import TestSupport
import Testing

/// Secrets are compared by keyed fingerprints, whose first four digits tell the key.
struct SecretTests {
  private func link(_ secrets: [String: String]) -> ComputeTarget {
    desired("link", "l", ["resource_id": .resource("r1")], secrets: secrets)
  }

  private func live(applied: String? = "digest", _ secrets: [AttributePath: String])
    -> ObservedTarget
  {
    observed(
      "link", "l", ["resource_id": .resource("r1")],
      marks: OwnershipMarks(stack: testStack, applied: applied, secrets: secrets))
  }

  @Test func `a rotated secret is seen and never shown`() throws {
    let result = plan([link(["password": "aaaa2"])], [live(["password": "aaaa1"])])
    #expect(
      result.listing == """
        detachThenAttach link.l (cannot-update) password!
        s1 detach link.l
        s2 attach link.l after s1 (detach-first)
        """)
    let change = try #require(result.plan.changes.first)
    #expect(change.attributes.first?.isSensitive == true)
    #expect(change.attributes.first?.before == nil)
    #expect(change.attributes.first?.after == nil)
    #expect(change.sensitivePaths == ["password"])
    #expect(change.after["password"] == nil)
    #expect(!"\(result)".contains("aaaa2"))
  }

  @Test func `the same secret is no change`() {
    #expect(plan([link(["password": "aaaa1"])], [live(["password": "aaaa1"])]).plan.isEmpty)
  }

  @Test func `a fingerprint of another key says nothing, and that is told`() {
    let result = plan([link(["password": "bbbb2"])], [live(["password": "aaaa1"])])
    #expect(result.plan.isEmpty)
    #expect(result.told == ["secret-unknowable link.l"])
    #expect(result.finding("secret-unknowable")?.severity == .note)
  }

  @Test func `without any mark of an apply nobody can tell`() {
    let result = plan([link(["password": "aaaa1"])], [live(applied: nil, [:])])
    #expect(result.plan.isEmpty)
    #expect(result.told == ["secret-unknowable link.l"])
  }

  @Test func `a secret without a mark beside other marks was not set`() {
    let result = plan([link(["password": "aaaa1"])], [live([:])])
    #expect(result.plan.changes.map(\.action) == [.detachThenAttach])
  }

  @Test func `a secret that the manifest sets no more is a change`() {
    let result = plan([link([:])], [live(["password": "aaaa1"])])
    #expect(result.plan.changes.map(\.action) == [.detachThenAttach])
  }

  @Test func `a secret without a fingerprint of its own can't be compared`() {
    var target = link(["password": "aaaa1"])
    target.secretFingerprints = [:]
    let result = plan([target], [live(["password": "aaaa1"])])
    #expect(result.plan.isEmpty)
    #expect(result.told == ["secret-unknowable link.l"])
  }

  @Test func `one note per target at most`() {
    let target = desired(
      "hub", "h", ["resource_id": .resource("r1")], secrets: ["tls.key": "bbbb1"])
    let live = observed(
      "hub", "h", ["resource_id": .resource("r1")],
      marks: OwnershipMarks(stack: testStack, applied: "x", secrets: ["tls.key": "aaaa1"]))
    #expect(plan([target], [live]).told == ["secret-unknowable hub.h"])
  }
}
