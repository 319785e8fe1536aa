import Foundation
import Testing

/// A re-attachment whose second half fails: what is printed, and how it is put back.
@Suite("The second half") struct SecondHalfTests {
  private static let cluster = GuardScene.id("c1")
  /// As it stands; it is to move to the namespace that an attachment in the portal takes.
  private static let former = GuardScene.link("k8s-prod", namespace: "research")
  private static let wanted = GuardScene.link("k8s-prod", namespace: "default")

  /// Applies a re-attachment, and attaches the cluster in the portal while it stands detached.
  private func apply(in folder: TemporaryFolder) throws -> (status: Int32, text: String) {
    try folder.write(Self.wanted, to: "compute.yml")
    // Slow enough that a colleague can come in between: the name is used again only after 5 s.
    try folder.takeFromNowOn(milliseconds: 2000)
    var apply = try RunningApply(in: folder, isHinted: true)
    apply.wait(for: "Detachment complete")
    let thief = try folder.run("workspace", "attach", "thief", "kubernetes", Self.cluster)
    #expect(thief.status == 0, "\(thief.messages)")
    let status = apply.waitUntilExit()
    return (status, apply.messages + apply.output)
  }

  @Test func `what stands detached is told, and the next apply puts it back`() throws {
    let folder = try TemporaryFolder.stack(["compute.yml": Self.former])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let (status, text) = try apply(in: folder)
    #expect(status == 6, "\(text)")
    let story = text.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("Order of steps:") && !$0.hasPrefix("Error:") }
      .filter { !$0.contains("Still ") }.joined(separator: "\n")
      .replacing(/after \d+s/, with: "after Ns")
    expectGolden(story, "second-half.txt")

    // As long as somebody else holds the cluster, nothing is done.
    let refused = try folder.run("apply", "--auto-approve")
    #expect(refused.status == 3)
    #expect(refused.messages.contains("[attach-once]"))
    #expect(try folder.run("workspace", "remove", "kubernetes.thief").status == 0)
    let next = try folder.run("apply", "--auto-approve")
    #expect(next.status == 0, "\(next.messages)")
    #expect(next.output.contains("Attachment complete"))
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }

  @Test func `who holds the cluster already is found before anything is detached`() throws {
    let folder = try TemporaryFolder.stack(["compute.yml": Self.former])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(Self.wanted, to: "compute.yml")
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    #expect(
      try folder.run("workspace", "attach", "thief", "kubernetes", Self.cluster).status == 0)
    let run = try folder.run("apply", "plan.json")
    #expect(run.status != 0)
    #expect(!run.output.contains("Detaching"))
    #expect(try folder.run("list").output.contains("k8s-prod"))
  }

  @Test func `a replacement does not bring back the former size`() throws {
    let folder = try TemporaryFolder.stack(
      ["compute.yml": GuardScene.cluster], milliseconds: 40)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(GuardScene.cluster + "size: STANDARD_NC12\n", to: "compute.yml")
    let run = try folder.run("apply", "--auto-approve")
    #expect(run.status == 0, "\(run.messages)")
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }
}
