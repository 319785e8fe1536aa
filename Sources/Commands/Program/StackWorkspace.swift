internal import AzureBackend
internal import BackendInterface
internal import ComputeKinds
internal import Diagnostics
internal import Digests
internal import EmbeddedBackend
internal import Execution
internal import Manifests
internal import SimulatorBackend
internal import Storage
internal import TargetModel

/// A stack's workspace: the embedded one, or one in Azure.
struct StackWorkspace: Backend {
  private let place: Place
  private let locks: StackLocks
  /// What is written under it, where the workspace can't look at the lease by itself.
  private var lease: Lease?

  /// Where the workspace is.
  enum Place: Sendable {
    case embedded(EmbeddedWorkspace)
    case azure(AzureWorkspace)
  }

  /// A workspace and the locks on it.
  init(_ place: Place, lockedBy locks: StackLocks) {
    (self.place, self.locks) = (place, locks)
  }

  private var backend: any Backend {
    switch place {
    case .embedded(let workspace): workspace
    case .azure(let workspace): workspace
    }
  }

  private var azure: AzureWorkspace? {
    if case .azure(let workspace) = place { workspace } else { nil }
  }

  /// True if a lease keeps apart everybody who could change the workspace.
  ///
  /// A file does so for the embedded workspace, which is a file itself.
  var leaseIsShared: Bool {
    switch (place, locks) {
    case (.embedded, _), (.azure, .blob): true
    case (.azure, .file): false
    }
  }

  /// Where the leases on the workspace are kept.
  func leases() -> any LeaseStore {
    switch (place, locks) {
    case (.azure, .file(let store)): store.leases(writesGoElsewhere: true)
    case (.embedded, _), (_, .blob): locks.leases
    }
  }

  /// The figures of these leases.
  var leaseTimes: LeaseTimes {
    var times = EmbeddedLeases.times
    switch (place, locks) {
    case (.embedded, .file): break
    case (.azure, _), (.embedded, .blob): times.window = consistency.window
    }
    return times
  }

  /// The same workspace, whose file or blob takes no write any more once a lease is over.
  func fenced(by lease: Lease) -> StackWorkspace {
    switch (place, locks) {
    case (.embedded(let workspace), .file):
      let fenced = workspace.fenced(by: lease)
      return StackWorkspace(.embedded(fenced), lockedBy: .file(fenced))
    case (.azure, .file):
      var fenced = StackWorkspace(place, lockedBy: locks.fenced(by: lease))
      fenced.lease = lease
      return fenced
    case (_, .blob): return StackWorkspace(place, lockedBy: locks.fenced(by: lease))
    }
  }

  /// How long an apply waits here, and when it gives up.
  func limits(_ deadlines: StepDeadlines) -> ApplyLimits {
    var limits = ApplyLimits(consistency)
    limits.deadlines = deadlines
    if azure != nil {
      limits.readTries = 1
      limits.absenceConfirmations = 2
    }
    return limits
  }

  /// For how long the service's limits held calls back so far.
  var throttled: Duration {
    get async { await azure?.throttling.waited ?? .zero }
  }

  // MARK: Backend

  var consistency: ConsistencyTimes { backend.consistency }

  func list() async throws(BackendFailure) -> [ObservedTarget] { try await backend.list() }

  func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? {
    try await backend.read(name)
  }

  func holders(
    of resource: ResourceIdentity
  ) async throws(BackendFailure) -> [ObservedTarget] {
    try await backend.holders(of: resource)
  }

  func preflight(_ request: WriteRequest) async throws(BackendFailure) {
    try await backend.preflight(request)
  }

  func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    if let lease, case .file(let store) = locks, try await !store.leases().stands(lease) {
      throw .leaseLost
    }
    return try await backend.submit(request)
  }

  func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus {
    try await backend.status(of: operation)
  }
}

extension StackWorkspace: AppliedCommits {
  func lastApplied(_ stack: String) async throws(BackendFailure) -> AppliedCommit? {
    try await locks.commits.lastApplied(stack)
  }

  func note(_ commit: AppliedCommit, of stack: String) async throws(BackendFailure) {
    try await locks.commits.note(commit, of: stack)
  }
}

/// A stack's workspace and its secrets' fingerprints: what planning and applying look at.
extension LoadedStack {
  /// Opens the workspace, wherever it is; nil, with a finding, if that is not possible.
  func openWorkspace(
    for access: EmbeddedWorkspace.Access, in context: CommandContext,
    reporting findings: inout DiagnosticList
  ) async -> StackWorkspace? {
    // What only reads takes no lock, and needs no way to one.
    let locks =
      access == .readAndWrite
      ? await openLocks(for: access, in: context, reporting: &findings)
      : openStore(for: access, in: context, reporting: &findings).map { .file($0) }
    guard let locks else { return nil }
    if configuration.backend.azure != nil {
      let mayWrite = access == .readAndWrite
      return await openAzureWorkspace(mayWrite: mayWrite, in: context, reporting: &findings)
        .map { StackWorkspace(.azure($0), lockedBy: locks) }
    }
    if case .file(let workspace) = locks {
      return StackWorkspace(.embedded(workspace), lockedBy: locks)
    }
    return openStore(for: access, in: context, reporting: &findings)
      .map { StackWorkspace(.embedded($0), lockedBy: locks) }
  }

  /// Opens the file of the embedded workspace, or of the locks on one that is elsewhere.
  func openStore(
    for access: EmbeddedWorkspace.Access, in context: CommandContext,
    reporting findings: inout DiagnosticList
  ) -> EmbeddedWorkspace? {
    let simulator = SimulatorConfiguration(
      workspace: configuration.workspace, catalog: .azureML,
      operationMilliseconds: Int64(configuration.backend.operationMilliseconds))
    do {
      return try EmbeddedWorkspace(
        at: storePath, configuration: simulator, access: access, now: context.now)
    } catch {
      findings.append(error.diagnostic)
      return nil
    }
  }

  /// The targets with fingerprints of what the service never tells.
  ///
  /// The key is `BERTH_FINGERPRINT_KEY` where it is set, so that machines can share it; otherwise it
  /// is kept in the stack's own folder. A command that must not write and finds none works with a
  /// key of the moment, by which nothing can be compared.
  func fingerprinted(
    mayWrite: Bool, in context: CommandContext, reporting findings: inout DiagnosticList
  ) -> [ComputeTarget] {
    let needsKey = targets.contains { target in
      target.kind.fields.enumerated().contains { slot, field in
        field.isWriteOnly && target.attributes[slot] != nil
      }
    }
    guard needsKey else { return targets }
    do {
      let key = try fingerprintKey(mayWrite: mayWrite, in: context)
      return withFingerprints(
        targets, by: SecretFingerprinter(key: key), in: configuration.workspace)
    } catch {
      findings.append(.fingerprintKeyFailed(error.reason))
      return targets
    }
  }

  func fingerprintKey(
    mayWrite: Bool, in context: CommandContext
  ) throws(FileFailure) -> [UInt8] {
    if let shared = context.environment["BERTH_FINGERPRINT_KEY"], !shared.isEmpty {
      return Array(shared.utf8)
    }
    if mayWrite {
      return try FingerprintKey.loadOrCreate(
        in: folder.ownFolder, randomBytes: context.randomBytes)
    }
    return try FingerprintKey.load(from: folder.ownFolder)
      ?? context.randomBytes(FingerprintKey.length)
  }
}

extension Rule {
  static let fingerprintKey = Rule("fingerprint-key")
  static let backendFailed = Rule("backend-failed")
}

extension Diagnostic {
  static func fingerprintKeyFailed(_ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .fingerprintKey, "Fingerprint key can't be used",
      detail: """
        The file .berth/fingerprint-key \(reason). Without it a changed secret is not seen. Mend \
        it, or give a key in BERTH_FINGERPRINT_KEY.
        """)
  }

  /// A call to the service that failed before anything was planned.
  static func backend(_ failure: BackendFailure, doing what: String) -> Diagnostic {
    let advice = failure.advice.map { " " + $0 } ?? ""
    let request = failure.requestID.map { " Request id: \($0)." } ?? ""
    return Diagnostic(
      .error, .backendFailed, "Workspace can't be reached",
      detail:
        "\(what) failed: \(failure.message.sentence(withCode: failure.code))\(advice)\(request)")
  }
}
