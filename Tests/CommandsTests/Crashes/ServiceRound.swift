import Foundation
import TestSupport

/// One apply over a bad line, which is killed, stopped or left without disk on the way, and the
/// applies over a good line that finish its work.
final class ServiceRound {
  /// What becomes of the apply beside its connections.
  enum Strike: String {
    case nothing
    case killed
    /// It stands still for a while, and nobody gets its lock.
    case stopped
    /// It stands still, and somebody ends its lock and does its work.
    case takenOver
    /// None of its files may grow beyond some size, as on a full disk.
    case withoutDisk
  }

  /// Where the service is, and where it keeps its workspaces.
  struct Service {
    let port: UInt16
    let store: String
  }

  let strike: Strike
  /// True if the strike met the apply before its end.
  private(set) var isStruck = false
  /// How many connections were cut.
  private(set) var cuts = 0
  /// What should not have happened.
  private(set) var wrongs: [String] = []

  private let service: Service
  private let workspace: String
  private let place: String
  private let folder: TemporaryFolder
  private var random: SeededRandom

  init(_ number: Int, _ strike: Strike, at service: Service) throws {
    self.service = service
    self.strike = strike
    let seed = KillSettings.seed &+ UInt64(number)
    random = SeededRandom(seed: seed)
    workspace = "round-\(number)"
    place = "seed \(KillSettings.seed), round \(number), \(strike)"
    folder = try TemporaryFolder.stack([:])
    try folder.write(
      try folder.read("berth.yaml").replacing("name: workspace", with: "name: \(workspace)"),
      to: "berth.yaml")
  }

  func play() throws {
    // Some begin with nothing.
    if Int.random(in: 0..<4, using: &random) > 0 {
      try folder.useService(at: "http://127.0.0.1:\(service.port)")
      try folder.write(FourClusters(using: &random).manifests, to: "compute.yml")
      let calm = try apply()
      expect(calm.status == 0, "a calm apply: \(calm.messages)")
    }
    let desired = FourClusters(using: &random)
    try folder.write(desired.manifests, to: "compute.yml")
    // None of its files gets larger than some blocks of 512 bytes.
    let limit = "ulimit -f \(Int.random(in: 4...40, using: &random)); exec \"$0\" \"$@\""
    let process = BerthBinary.process(
      ["apply", "--auto-approve", "--concise"], in: folder.url,
      through: strike == .withoutDisk ? ["/bin/sh", "-c", limit] : [])
    let signal = strike.signal
    let mishaps = Mishaps(using: &random, strikes: signal != nil) {
      _ = signal.map { kill(process.processIdentifier, $0) }
    }
    let line = try CuttingProxy(to: service.port) { mishaps.cuts(at: $0, $1) }
    defer { line.end() }
    try folder.useService(at: line.url)
    try run(process, mishaps)
    mishaps.end()
    cuts = mishaps.cuts
    try converge()
    try expectRecord(of: desired)
  }

  private func expect(_ isRight: Bool, _ what: @autoclosure () -> String) {
    if !isRight { wrongs.append("\(place): \(what())") }
  }

  private func apply() throws -> BerthBinary.Run { try folder.run("apply", "--auto-approve") }

  // MARK: The bad line

  private func run(_ process: Process, _ mishaps: Mishaps) throws {
    let messages = folder.url.appendingPathComponent("messages.txt")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle.making(messages)
    try process.run()
    if strike.isPause { try pause(process, mishaps) }
    process.waitUntilExit()
    let said = try String(contentsOf: messages, encoding: .utf8)
    let status = process.terminationStatus
    if process.terminationReason == .uncaughtSignal {
      isStruck = true
      expect(strike == .killed && status == SIGKILL, "ended by signal \(status): \(said)")
    } else {
      expect([0, 1, 4, 5, 6].contains(status), "exit \(status): \(said)")
      expect(status == 0 || said.contains("Error: "), "exit \(status) without a word: \(said)")
      if strike == .withoutDisk { isStruck = status != 0 }
    }
  }

  /// Waits until the apply stands still, does something meanwhile, and lets it go on.
  private func pause(_ process: Process, _ mishaps: Mishaps) throws {
    while process.isRunning, !mishaps.hasStruck { usleep(2_000) }
    guard mishaps.hasStruck else { return }
    isStruck = true
    usleep(UInt32.random(in: 0...1_000_000, using: &random))
    if strike == .takenOver { try takeOver() } else { try expectLockedOut() }
    kill(process.processIdentifier, SIGCONT)
  }

  /// Who stands still in the middle of a transaction keeps everybody out, for the time being.
  private func isBusy(_ run: BerthBinary.Run) -> Bool {
    run.status == 1 && run.messages.contains("in use by another process")
  }

  private func expectLockedOut() throws {
    let other = try apply()
    expect(
      other.status == 4 || isBusy(other), "not locked out: \(other.status) \(other.messages)")
  }

  /// Ends the lock, and does what the one who stands still was to do.
  private func takeOver() throws {
    let list = try folder.run("lock", "list", "--json").output
    guard let id = list.firstMatch(of: /"id": "([^"]+)"/)?.1 else { return }
    let unlocked = try folder.run("force-unlock", String(id), "--force")
    if isBusy(unlocked) { return }
    expect(unlocked.status == 0, "force-unlock: \(unlocked.messages)")
    let other = try apply()
    expect([0, 1, 5, 6].contains(other.status), "taking over: \(other.status) \(other.messages)")
  }

  // MARK: The good line

  private func converge() throws {
    // The journal is no more than a help.
    if Int.random(in: 0..<4, using: &random) == 0 {
      try? FileManager.default.removeItem(
        at: folder.url.appendingPathComponent(".berth/journals"))
    }
    var last = try apply()
    if last.status != 0 { last = try apply() }
    expect(last.status == 0, "two applies do not converge: \(last.output)\(last.messages)")
    let plan = try folder.run("plan", "--detailed-exitcode")
    expect(plan.status == 0, "still a plan: \(plan.output)\(plan.messages)")
  }

  private func expectRecord(of desired: FourClusters) throws {
    let record = try WorkspaceRecord(at: service.store, name: workspace)
    for wrong in record.wrongs { expect(false, wrong) }
    expect(record.holders == desired.holders, "holders: \(record.holders)")
  }
}

extension ServiceRound.Strike {
  /// What is sent to the process; nil where nothing is.
  fileprivate var signal: Int32? {
    switch self {
    case .nothing, .withoutDisk: nil
    case .killed: SIGKILL
    case .stopped, .takenOver: SIGSTOP
    }
  }

  fileprivate var isPause: Bool { signal == SIGSTOP }
}
