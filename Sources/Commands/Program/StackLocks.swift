internal import AzureLeases
internal import AzureSignIn
internal import BackendInterface
internal import Diagnostics
internal import EmbeddedBackend
internal import HTTPExchange
internal import Manifests
internal import TargetModel

/// Where it is kept who may write to a stack's workspace, and what stacks were applied from.
enum StackLocks: Sendable {
  /// A file, which only runners on this machine see.
  case file(EmbeddedWorkspace)
  /// A blob, which runners anywhere see.
  case blob(BlobLeases)

  /// The leases on the workspace.
  var leases: any LeaseStore {
    switch self {
    case .file(let store): store.leases()
    case .blob(let leases): leases
    }
  }

  /// The commits that stacks were applied from.
  var commits: any AppliedCommits {
    switch self {
    case .file(let store): store
    case .blob(let leases): leases
    }
  }

  /// The same, taking no write any more once a lease is over.
  func fenced(by lease: Lease) -> StackLocks {
    switch self {
    case .file(let store): .file(store.fenced(by: lease))
    case .blob(let leases): .blob(leases.fenced(by: lease))
    }
  }
}

extension LoadedStack {
  /// Opens the locks on the workspace, wherever they are; nil, with a finding, if that is not
  /// possible.
  func openLocks(
    for access: EmbeddedWorkspace.Access, in context: CommandContext,
    reporting findings: inout DiagnosticList
  ) async -> StackLocks? {
    guard let lock = configuration.lock else {
      return openStore(for: access, in: context, reporting: &findings).map { .file($0) }
    }
    guard let blob = HTTPURL(parsing: lock.url) else { return nil }
    do {
      let transport = try azureTransport(in: context)
      guard
        let access = try await lockAccess(
          lock, at: blob, over: transport, in: context, reporting: &findings)
      else { return nil }
      return .blob(
        BlobLeases(
          at: blob, as: access, of: configuration.workspace.resourceID, over: transport,
          clock: context.clock, now: context.now, randomBytes: context.randomBytes))
    } catch {
      findings.append(lockFinding(error))
      return nil
    }
  }

  private func lockAccess(
    _ lock: LockConfiguration, at blob: HTTPURL, over transport: any HTTPTransport,
    in context: CommandContext, reporting findings: inout DiagnosticList
  ) async throws -> BlobAccess? {
    if let signature = configuration.lockSignature(from: secrets(in: context)) {
      switch signature {
      case .success(let secret) where BlobAccess.isSignature(secret): return .signature(secret)
      case .success:
        findings.append(
          lockSignature("What is there is no such signature: it looks like 'sv=...&sig=...'."))
      case .failure(let fault): findings.append(lockSignature(fault.why))
      }
      return nil
    }
    let choice = lock.signIn ?? configuration.backend.azure?.signIn ?? SignInChoice()
    let cloud = try await CloudEnvironment.find(
      named: CloudEnvironment.named(ofBlobsAt: blob.host),
      endpoint: blob.isLoopback ? blob.at("/") : nil, environment: context.environment,
      transport: transport)
    return .signedIn(
      try Credentials(
        SignInConfiguration(choice), for: cloud, environment: context.environment,
        transport: transport, clock: context.clock, now: context.now))
  }

  /// - Parameter why: a sentence, without any secret.
  private func lockSignature(_ why: String) -> Diagnostic {
    Diagnostic(
      .error, .lockSignature, "Lock's signature is not usable",
      detail: """
        'lock.sas' refers to the shared access signature by which Berth gets at the lock's blob. \
        \(why)
        """,
      at: configuration.places["lock.sas"], hidesSource: true)
  }

  /// Why the lock is not to be had, at the place that is about it.
  private func lockFinding(_ error: any Error) -> Diagnostic {
    var finding: Diagnostic
    switch error {
    case let failure as SignInFailure: finding = failure.diagnostic
    case let failure as NetworkSettingsFailure: finding = failure.diagnostic
    default:
      finding = .backend(
        BackendFailure(.fatal, code: "Unexpected", message: "\(error)"), doing: "Opening the lock")
    }
    finding.location =
      finding.location ?? configuration.places["lock.auth.type"] ?? configuration.places["lock.url"]
    return finding
  }
}

extension Rule {
  static let lockSignature = Rule("lock-signature")
}

extension AzureBackendConfiguration {
  /// How to sign in.
  var signIn: SignInChoice {
    SignInChoice(type: authType, tenantID: tenantID, clientID: clientID)
  }
}

extension SignInConfiguration {
  /// What `berth.yaml` says.
  init(_ choice: SignInChoice) {
    self.init(
      kind: choice.type.flatMap(SignInKind.init(rawValue:)), tenant: choice.tenantID,
      client: choice.clientID)
  }
}

extension CloudEnvironment {
  /// The cloud that an account of blobs belongs to; nil for one on this machine.
  fileprivate static func named(ofBlobsAt host: String) -> String? {
    if host.hasSuffix(".core.windows.net") || host.hasSuffix(".storage.azure.net") {
      return "AzureCloud"
    }
    if host.hasSuffix(".core.usgovcloudapi.net") { return "AzureUSGovernment" }
    return host.hasSuffix(".core.chinacloudapi.cn") ? "AzureChinaCloud" : nil
  }
}

/// Loads a stack and does something with the locks on its workspace.
func withLeases(
  _ context: CommandContext, _ common: CommonOptions, access: EmbeddedWorkspace.Access,
  _ body: (any LeaseStore, Presenter) async throws(BackendFailure) -> ExitStatus
) async -> ExitStatus {
  let opened = await openStack(context, common) { stack, findings in
    await stack.openLocks(for: access, in: context, reporting: &findings)
  }
  guard let (locks, _, presenter) = opened else { return .failure }
  do throws(BackendFailure) {
    return try await body(locks.leases, presenter)
  } catch {
    presenter.show(.backend(error, doing: "Looking at the locks"))
    return .failure
  }
}
