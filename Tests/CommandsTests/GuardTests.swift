import Foundation
import Testing

/// A world in which a guard speaks: what was applied, what happened then, and what is to be
/// planned.
struct GuardScene: CustomTestStringConvertible {
  let rule: String
  /// Tells scenes of one rule apart.
  var variant = ""
  var applied: String
  var happened: [[String]] = []
  var wanted: String
  /// What `berth.yaml` says besides.
  var limits = ""
  /// What `berth plan` is given besides.
  var arguments: [String] = []
  var exitCode: Int32 = 3

  var golden: String { "guards/\(rule)\(variant.isEmpty ? "" : "-" + variant).txt" }
  var testDescription: String { "\(rule) \(variant)" }

  static let cluster = "name: gpu\ntype: amlcompute\n"
  static func id(_ name: String) -> String {
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml/providers/"
      + "Microsoft.ContainerService/managedClusters/\(name)"
  }
  static func link(
    _ name: String, _ resource: String = "c1", namespace: String = "default"
  ) -> String {
    "name: \(name)\ntype: kubernetes\nresource_id: \(id(resource))\nnamespace: \(namespace)\n"
  }
  static let notebook =
    "name: ana-box\ntype: computeinstance\nidle_time_before_shutdown_minutes: 60\n"
  static let pools = (0..<12).map { "name: pool-\($0)x\ntype: amlcompute\n" }

  static let all = [
    GuardScene(
      rule: "attach-once", applied: link("k8s-a"),
      wanted: link("k8s-a") + "---\n" + link("k8s-b")),
    GuardScene(
      rule: "blast-radius", applied: pools.joined(separator: "---\n"),
      wanted: pools.dropFirst(6).joined(separator: "---\n")),
    GuardScene(
      rule: "blast-radius", variant: "count", applied: pools.prefix(4).joined(separator: "---\n"),
      wanted: pools[0], limits: "blast_radius: {removals: {count: 2}}\n"),
    GuardScene(
      rule: "blast-radius", variant: "kind",
      applied: link("k8s-a") + "---\n" + link("k8s-b", "c2") + "---\n" + cluster,
      wanted: link("k8s-a", namespace: "research") + "---\n"
        + link("k8s-b", "c2", namespace: "research") + "---\n" + cluster,
      limits: "blast_radius:\n  kinds:\n    kubernetes: {reattachments: {count: 1}}\n"),
    GuardScene(
      rule: "blast-radius", variant: "everything", applied: pools.joined(separator: "---\n"),
      wanted: cluster, limits: "blast_radius: {removals: {percent: 100}}\n"),
    GuardScene(
      rule: "double-attachment", applied: link("k8s-a"),
      happened: [
        ["workspace", "attach", "k8s-b", "kubernetes", id("c1")],
        // As an apply of the same stack on another machine would have left it.
        [
          "workspace", "set", "kubernetes.k8s-b", "tags.berth-stack=test",
          "tags.berth-applied=0123456789abcdef0123456789abcdef",
        ],
      ],
      wanted: link("k8s-a"), exitCode: 0),
    GuardScene(rule: "empty-desired", applied: cluster, wanted: "# Nothing yet.\n"),
    GuardScene(
      rule: "foreign-owner", applied: cluster,
      happened: [["workspace", "set", "amlcompute.gpu", "tags="]], wanted: cluster),
    GuardScene(
      rule: "loses-data", applied: notebook, wanted: notebook + "size: STANDARD_D4_V2\n"),
    GuardScene(
      rule: "protected", applied: cluster + "berth: {protect: true}\n",
      wanted: cluster + "size: STANDARD_NC12\nberth: {protect: true}\n"),
    // Protection outlives the line, and the document.
    GuardScene(
      rule: "protected", variant: "line-lost", applied: cluster + "berth: {protect: true}\n",
      wanted: cluster + "size: STANDARD_NC12\n"),
    GuardScene(
      rule: "protected", variant: "document-lost", applied: cluster + "berth: {protect: true}\n",
      wanted: notebook),
    GuardScene(
      rule: "protected", variant: "destroy", applied: cluster + "berth: {protect: true}\n",
      wanted: cluster, arguments: ["--destroy"]),
    GuardScene(
      rule: "name-taken", applied: cluster + "berth: {on_remove: retain}\n",
      wanted: "name: gpu\ntype: computeinstance\nidle_time_before_shutdown_minutes: 60\n"),
    GuardScene(
      rule: "loses-data", variant: "document-lost", applied: notebook, wanted: cluster),
    GuardScene(
      rule: "setting-not-kept", applied: link("k8s-a"),
      wanted: link("k8s-a") + "berth: {protect: true}\n", exitCode: 0),
    GuardScene(
      rule: "unknown-dependency", applied: cluster,
      wanted: cluster + "berth: {depends_on: [amlcompute.gpx]}\n"),
    GuardScene(
      rule: "dependency-cycle", applied: cluster,
      wanted: cluster + "berth: {depends_on: [amlcompute.gpu]}\n"),
  ]
}

@Suite("Guards")
struct GuardTests {
  @Test(arguments: GuardScene.all)
  func `a guard shows the plan and says no with numbers and a way out`(scene: GuardScene) throws {
    let folder = try TemporaryFolder.stack(["compute.yml": scene.applied])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    for command in scene.happened {
      let run = try BerthBinary.run(command, in: folder.url)
      #expect(run.status == 0, "\(run.messages)")
    }
    try folder.write(scene.wanted, to: "compute.yml")
    try folder.write(try folder.read("berth.yaml") + scene.limits, to: "berth.yaml")
    let run = try BerthBinary.run(["plan"] + scene.arguments, in: folder.url)
    #expect(run.status == scene.exitCode)
    #expect(run.messages.contains("[\(scene.rule)]"))
    expectGolden(run.messages + run.output, scene.golden)
  }

  @Test func `a double attachment is mended in one apply`() throws {
    let scene = try #require(GuardScene.all.first { $0.rule == "double-attachment" })
    let folder = try TemporaryFolder.stack(["compute.yml": scene.applied])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    for command in scene.happened { _ = try BerthBinary.run(command, in: folder.url) }
    let run = try folder.run("apply", "--auto-approve")
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.messages.contains("[double-attachment]"))
    #expect(!(try folder.run("list").output.contains("k8s-b")))
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }
}
