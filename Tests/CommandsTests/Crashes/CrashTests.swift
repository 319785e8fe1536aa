import Foundation
import TestSupport
import Testing

/// Real processes, really killed.
@Suite("Crashes", .serialized)
struct CrashTests {
  private static let kills = KillSettings.kills
  private static let fewer = KillSettings.fewer
  private static let seed = KillSettings.seed

  /// Where an apply that is under way writes its findings.
  private static let messages = "messages.txt"

  /// An apply that nobody watches, under way.
  private static func begin(_ folder: TemporaryFolder, _ more: String...) throws -> Process {
    let process = BerthBinary.process(
      ["apply", "--auto-approve", "--concise"] + more, in: folder.url)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: folder.write("", to: messages))
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Lets an apply run for a moment: from its start, or from when it has the lock, so that the moments
  /// are spread over all that it does, however slowly it starts.
  private static func wait(
    _ process: Process, in folder: TemporaryFolder, fromLock: Bool, using random: inout SeededRandom
  ) {
    let own = folder.url.appendingPathComponent(".berth").path
    func holdsLock() -> Bool {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: own)) ?? []
      return names.contains { $0.contains("-lease-") }
    }
    while fromLock, process.isRunning, !holdsLock() { usleep(500) }
    usleep(UInt32.random(in: 0...200_000, using: &random))
  }

  private static func expectConvergence(
    _ folder: TemporaryFolder, _ place: String, _ source: SourceLocation = #_sourceLocation
  ) throws {
    let next = try folder.run("apply", "--auto-approve")
    #expect(
      next.status == 0, "\(place): \(next.output)\(next.messages)", sourceLocation: source)
    #expect(
      try folder.run("plan", "--detailed-exitcode").status == 0, "\(place)",
      sourceLocation: source)
  }

  /// No attachment was ever broken, and the file is whole.
  private static func expectHealth(
    _ folder: TemporaryFolder, _ source: SourceLocation = #_sourceLocation
  ) throws {
    let record = try WorkspaceRecord(at: folder.store)
    #expect(record.wrongs == [], "seed \(seed)", sourceLocation: source)
  }

  @Test func `F1 an apply that is killed at any point is finished by the next one`() throws {
    print("Kills: \(Self.kills), BERTH_KILL_SEED=\(Self.seed)")
    var random = SeededRandom(seed: Self.seed)
    let folder = try TemporaryFolder.stack([:], milliseconds: 20)
    var underWay = 0
    for round in 0..<Self.kills {
      try folder.write(FourClusters(using: &random).manifests, to: "compute.yml")
      let process = try Self.begin(folder)
      let fromLock = Int.random(in: 0..<4, using: &random) > 0
      Self.wait(process, in: folder, fromLock: fromLock, using: &random)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if process.terminationReason == .uncaughtSignal { underWay += 1 }
      try Self.expectConvergence(folder, "seed \(Self.seed), round \(round)")
    }
    print("Killed before their end: \(underWay) of \(Self.kills)")
    #expect(underWay > 0)
    try Self.expectHealth(folder)
  }

  /// Removes the lock of whoever stands still, and goes on with other documents.
  ///
  /// - Returns: false if it has none, or stands still in the middle of a transaction: then nobody
  ///   gets in.
  private static func takeOver(
    _ folder: TemporaryFolder, _ place: String, using random: inout SeededRandom
  ) throws -> Bool {
    let holder = try folder.run("lock", "list", "--json").output
    // It may have given its lock back, or be about to take it: then it goes on like any other.
    guard let id = holder.firstMatch(of: /"id": "([^"]+)"/)?.1 else { return false }
    let unlocked = try folder.run("force-unlock", String(id), "--force")
    if unlocked.status != 0 {
      #expect(unlocked.messages.contains("in use by another process"), "\(unlocked.messages)")
      return false
    }
    try folder.write(FourClusters(using: &random).manifests, to: "compute.yml")
    let next = try folder.run("apply", "--auto-approve")
    if next.messages.contains("in use by another process") {
      #expect(next.status == 1, "\(place)")
      return false
    }
    #expect(next.status == 0, "\(place): \(next.output)\(next.messages)")
    return true
  }

  @Test func `F17 an apply that is stopped and loses its lock writes no more when it goes on`()
    throws
  {
    print("Pauses: \(Self.fewer), BERTH_KILL_SEED=\(Self.seed)")
    var random = SeededRandom(seed: Self.seed)
    // Long enough that most pauses meet their apply; one that meets none is tried again.
    let folder = try TemporaryFolder.stack([:], milliseconds: 60)
    var paused = 0
    var rounds = 0..<(10 * Self.fewer)
    while paused < Self.fewer, let round = rounds.popFirst() {
      try folder.write(FourClusters(using: &random).manifests, to: "compute.yml")
      let process = try Self.begin(folder)
      Self.wait(process, in: folder, fromLock: true, using: &random)
      kill(process.processIdentifier, SIGSTOP)
      let place = "seed \(Self.seed), round \(round)"
      let isTakenOver = try Self.takeOver(folder, place, using: &random)
      kill(process.processIdentifier, SIGCONT)
      process.waitUntilExit()
      if isTakenOver {
        paused += 1
        // It had done everything, something, or nothing: it finds its lock gone, or the targets moved.
        let said = try folder.read(Self.messages)
        #expect([0, 1, 4, 6].contains(process.terminationStatus), "\(place): \(said)")
        if process.terminationStatus == 1 {
          #expect(said.contains("[step-failed]"), "\(place): \(said)")
        }
        let after = try folder.run("plan", "--detailed-exitcode")
        #expect(after.status == 0, "\(place): it wrote after it lost its lock: \(after.output)")
      } else {
        try Self.expectConvergence(folder, place)
      }
    }
    print("Stopped and taken over: \(paused) in \(rounds.lowerBound) rounds")
    #expect(paused == Self.fewer)
    try Self.expectHealth(folder)
  }

  @Test func `F17 a lock whose holder stands still is taken over when its lease is over`() throws {
    guard Self.kills >= 200 else {
      print("SKIPPED: a lease takes a minute to end; BERTH_KILLS=200 waits for it.")
      return
    }
    let folder = try TemporaryFolder.stack(
      [
        "gpu.yml": "name: gpu\ntype: amlcompute\n",
        "cpu.yml": "name: cpu\ntype: amlcompute\nberth: {depends_on: [amlcompute.gpu]}\n",
      ], milliseconds: 1_000)
    let process = try Self.begin(folder)
    while process.isRunning, try !folder.run("lock", "list", "--json").output.contains("\"id\"") {
    }
    kill(process.processIdentifier, SIGSTOP)
    #expect(try folder.run("apply", "--auto-approve").status == 4)
    let next = try folder.run("apply", "--auto-approve", "--lock-timeout", "3m")
    #expect(next.status == 0, "\(next.messages)")
    kill(process.processIdentifier, SIGCONT)
    process.waitUntilExit()
    #expect([4, 6].contains(process.terminationStatus))
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
    try Self.expectHealth(folder)
  }

  /// A disk of one megabyte of which a ballast leaves little; then the ballast goes.
  private static let smallDisk = """
    set -e
    mkdir -p disk
    mount -t tmpfs -o size=1m tmpfs disk
    cp berth.yaml *.yml disk/
    cd disk
    head -c "$2"k /dev/zero > ballast
    set +e
    "$1" apply --auto-approve > ../first.out 2> ../first.err
    first=$?
    rm ballast
    "$1" apply --auto-approve > ../next.out 2> ../next.err
    next=$?
    "$1" plan --detailed-exitcode > ../plan.out 2>&1
    echo "$first $next $?" > ../statuses
    cp -r .berth ../
    """

  @Test func `F23 an apply on a full disk says so, and the next one goes on where it stopped`()
    throws
  {
    print("Full disks: \(Self.fewer), BERTH_KILL_SEED=\(Self.seed)")
    var random = SeededRandom(seed: Self.seed)
    var failed = 0
    for round in 0..<Self.fewer {
      let folder = try TemporaryFolder.stack(
        ["compute.yml": FourClusters(using: &random).manifests], milliseconds: 1)
      let ballast = Int.random(in: 400...1_010, using: &random)
      let run = try BerthBinary.run(
        [String(ballast)], in: folder.url,
        through: ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", Self.smallDisk, "disk"])
      guard let statuses = try? folder.read("statuses").split(whereSeparator: \.isWhitespace),
        statuses.count == 3
      else {
        print("SKIPPED: no small disk can be mounted here (\(run.messages)).")
        return
      }
      let place = "seed \(Self.seed), round \(round), ballast \(ballast)"
      let errors = try folder.read("first.err")
      #expect(["0", "1", "6"].contains(statuses[0]), "\(place): \(errors)")
      if statuses[0] != "0" {
        failed += 1
        #expect(errors.contains("Error: "), "\(place): \(errors)")
      }
      let said = try folder.read("next.err") + folder.read("plan.out")
      #expect(statuses[1...] == ["0", "0"], "\(place): \(said)")
      try Self.expectHealth(folder)
    }
    print("Disks that were full: \(failed) of \(Self.fewer)")
  }

  @Test func `F25 an apply that is interrupted finishes what runs and leaves nothing detached`()
    throws
  {
    let folder = try TemporaryFolder.rotatingTLS()
    var apply = try RunningApply(in: folder)
    apply.wait(for: "Detaching...")
    kill(apply.process.processIdentifier, SIGINT)
    #expect(apply.waitUntilExit() == 130, "\(apply.output)")
    #expect(try folder.run("list").output.contains("aks.inference"))
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }
}
