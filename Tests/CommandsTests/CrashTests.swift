import ComputeKinds
import EmbeddedBackend
import Foundation
import SimulatorBackend
import TargetModel
import TestSupport
import Testing

/// Real processes, really killed.
@Suite("Crashes", .serialized)
struct CrashTests {
  private static let workspace = WorkspaceIdentity(
    subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "group",
    name: "workspace", location: "westeurope")

  private static func history(of folder: TemporaryFolder) throws -> [HistoryEntry] {
    let embedded = try EmbeddedWorkspace(
      at: folder.url.appendingPathComponent(".berth/workspace.db").path,
      configuration: SimulatorConfiguration(workspace: workspace, catalog: .azureML),
      access: .readIfPresent, now: { 0 })
    return try embedded.history()
  }

  /// Four attachments of four clusters, in an order that the random source chooses, and a cluster
  /// that comes and goes.
  private static func manifests(using random: inout SeededRandom) -> String {
    var clusters = ["a", "b", "c", "d"]
    clusters.shuffle(using: &random)
    var documents = zip(["one", "two", "three", "four"], clusters).map { name, cluster in
      """
      name: att-\(name)
      type: aks
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/\(cluster)

      """
    }
    if Bool.random(using: &random) { documents.removeLast() }
    if Bool.random(using: &random) {
      documents.append(
        "name: pool\ntype: amlcompute\nmax_instances: \(Int.random(in: 1...9, using: &random))\n")
    }
    return documents.joined(separator: "---\n")
  }

  @Test func `an apply that is killed at any point is finished by the next one`() throws {
    let kills = ProcessInfo.processInfo.environment["BERTH_KILLS"].flatMap { Int($0) } ?? 25
    let seed = UInt64.random(in: 0..<1_000_000)
    var random = SeededRandom(seed: seed)
    let folder = try TemporaryFolder.stack([:], milliseconds: 20)
    for round in 0..<kills {
      try folder.write(Self.manifests(using: &random), to: "compute.yml")
      let process = BerthBinary.process(
        ["apply", "--auto-approve", "--concise"], in: folder.url)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      process.standardInput = FileHandle.nullDevice
      try process.run()
      usleep(UInt32.random(in: 0...200_000, using: &random))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()

      let next = try folder.run("apply", "--auto-approve")
      #expect(next.status == 0, "seed \(seed), round \(round): \(next.output)\(next.messages)")
      #expect(
        try folder.run("plan", "--detailed-exitcode").status == 0, "seed \(seed), round \(round)")
    }
    let broken = try Self.history(of: folder).filter { $0.event == "attachment-broken" }
    #expect(broken.isEmpty, "seed \(seed): \(broken)")
  }

  @Test func `an apply that is interrupted finishes what runs and leaves nothing detached`() throws
  {
    let folder = try TemporaryFolder.example("tls-rotation")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    for file in ["www.pem", "www.key"] {
      try folder.write(try folder.read("certs/renewed/\(file)"), to: "certs/\(file)")
    }
    try folder.write(
      try folder.read("berth.yaml").replacing(
        "type: local", with: "type: local\n  operation_milliseconds: 600"), to: "berth.yaml")
    var apply = try RunningApply(in: folder)
    apply.wait(for: "Detaching...")
    kill(apply.process.processIdentifier, SIGINT)
    #expect(apply.waitUntilExit() == 130, "\(apply.output)")
    #expect(try folder.run("list").output.contains("aks.inference"))
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }
}
