import Foundation
import TestSupport
import Testing

/// Each call to the disk of an apply fails once: `FaultyDisk/faulty-disk.c` sits between the binary
/// and the C library.
@Suite("Faulty disks", .serialized)
struct FaultyDiskTests {
  /// How many calls of each command fail; `BERTH_DISK_FAULTS=all` tries every one.
  private static let most: Int = {
    let text = ProcessInfo.processInfo.environment["BERTH_DISK_FAULTS"]
    return text == "all" ? .max : text.flatMap { Int($0) } ?? 8
  }()
  private static let seed =
    ProcessInfo.processInfo.environment["BERTH_KILL_SEED"].flatMap { UInt64($0) }
    ?? .random(in: 0..<1_000_000)

  private static func manifests(isChanged: Bool) -> String {
    let clusters = isChanged ? ["two", "one"] : ["one", "two"]
    let attachments = zip(["blue", "green"], clusters).map { name, cluster in
      """
      name: \(name)-cluster
      type: aks
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/\(cluster)

      """
    }
    let pool = "name: pool\ntype: amlcompute\nmax_instances: \(isChanged ? 2 : 1)\n"
    return (attachments + [pool]).joined(separator: "---\n")
  }

  /// What is tried: a command, and how its stack came to be.
  struct Scene: Sendable, CustomTestStringConvertible {
    let command: [String]
    /// True for a stack that was applied before, and whose documents changed since.
    var wasApplied = false
    /// True where a plan of that is saved.
    var hasPlan = false

    var testDescription: String { command.joined(separator: " ") }

    func folder() throws -> TemporaryFolder {
      let folder = try TemporaryFolder.stack([
        "compute.yml": FaultyDiskTests.manifests(isChanged: false)
      ])
      guard wasApplied else { return folder }
      #expect(try folder.run("apply", "--auto-approve").status == 0)
      try folder.write(FaultyDiskTests.manifests(isChanged: true), to: "compute.yml")
      if hasPlan { #expect(try folder.run("plan", "--out", "plan.json").status == 0) }
      return folder
    }
  }

  private static let scenes = [
    Scene(command: ["plan", "--out", "plan.json"], wasApplied: true),
    Scene(command: ["apply", "--auto-approve"]),
    Scene(command: ["apply", "plan.json"], wasApplied: true, hasPlan: true),
  ]

  @Test(arguments: scenes)
  func `F23 each call to the disk fails once, is told, and the next apply converges`(
    scene: Scene
  ) throws {
    guard let disk = try FaultyDisk() else {
      print("SKIPPED: no C compiler, or nothing can be loaded before the C library.")
      return
    }
    let calls = try disk.run(scene.command, in: scene.folder(), failing: 0).calls
    #expect(calls.count > 5, "\(calls)")
    var random = SeededRandom(seed: Self.seed)
    let chosen = Array((1...calls.count).shuffled(using: &random).prefix(Self.most)).sorted()
    var failures = 0
    for number in chosen {
      let folder = try scene.folder()
      let (run, made) = try disk.run(scene.command, in: folder, failing: number)
      let failed = made.first { $0.hasSuffix(" fails") } ?? "none"
      let place = "seed \(Self.seed), call \(failed): \(run.output)\(run.messages)"
      #expect([0, 1, 6].contains(run.status), "\(place)")
      if run.status != 0 {
        failures += 1
        #expect(run.messages.contains("Error: "), "\(place)")
      }
      if failed.contains(".jsonl"), failed.contains(" sync ") || failed.contains(" write ") {
        #expect(run.status != 0, "an incomplete journal is told: \(place)")
      }
      try expectWholePlan(in: folder, place)
      let next = try folder.run("apply", "--auto-approve")
      #expect(next.status == 0, "\(place)\nthen \(next.output)\(next.messages)")
      #expect(try folder.run("plan", "--detailed-exitcode").status == 0, "\(place)")
    }
    print(
      "\(scene.testDescription): \(chosen.count) of \(calls.count) calls failed, "
        + "\(failures) of them were errors (BERTH_KILL_SEED=\(Self.seed))")
  }

  /// A saved plan is there whole, or not at all.
  private func expectWholePlan(in folder: TemporaryFolder, _ place: String) throws {
    guard (try? folder.read("plan.json")) != nil else { return }
    #expect(try folder.run("show", "plan.json").status == 0, "\(place)")
  }
}

/// The library that lets one call fail, built for this run.
private final class FaultyDisk {
  private let folder: TemporaryFolder
  private var library: URL { folder.url.appendingPathComponent("faulty-disk.so") }

  /// Nil where it can't be built or has no effect.
  init?() throws {
    folder = try TemporaryFolder()
    let source = BerthBinary.packageFolder
      .appendingPathComponent("Tests/CommandsTests/FaultyDisk/faulty-disk.c")
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["cc", "-shared", "-fPIC", "-o", library.path, source.path]
    compiler.standardError = FileHandle.nullDevice
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else { return nil }
    let probe = try TemporaryFolder()
    guard try !run(["init"], in: probe, failing: 0).calls.isEmpty else { return nil }
  }

  /// Runs a command with one failing call, and lists the calls that it made.
  func run(
    _ command: [String], in stack: TemporaryFolder, failing number: Int
  ) throws -> (BerthBinary.Run, calls: [String]) {
    let log = folder.url.appendingPathComponent("calls.txt")
    try? FileManager.default.removeItem(at: log)
    let real = stack.url.resolvingSymlinksInPath().path
    let run = try BerthBinary.run(
      command, in: stack.url,
      through: [
        "/usr/bin/env", "LD_PRELOAD=\(library.path)", "FAULTY_DISK_FOLDER=\(real)",
        "FAULTY_DISK_NUMBER=\(number)", "FAULTY_DISK_LOG=\(log.path)",
      ])
    let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    return (run, text.split(separator: "\n").map(String.init))
  }
}
