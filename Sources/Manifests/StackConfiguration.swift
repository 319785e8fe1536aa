public import Diagnostics
public import TargetModel

/// What `berth.yaml` says.
public struct StackConfiguration: Hashable, Sendable {
  /// Who owns the targets; written on each of them.
  public var stack: String
  /// The workspace that the stack is about.
  public var workspace: WorkspaceIdentity
  /// Where the workspace is.
  public var backend: BackendConfiguration
  /// The lock that runners elsewhere see too; nil for one that only this machine sees.
  public var lock: LockConfiguration?
  /// Patterns of the files with compute documents, from the stack's folder; empty for every
  /// `.yml` and `.yaml` file below it.
  public var computes: [String]
  /// Rules about targets whose warnings and notes the stack does not want to read.
  public var silence: [Rule] = []
  /// How much of the stack one plan may take away.
  public var blastRadius = BlastRadius()
  /// How long a step of an apply may take.
  public var deadlines = StepDeadlines()
  /// The variables that manifests may use, in the order of `berth.yaml`.
  public var variables: [VariableDeclaration] = []
  /// The programs that `${command:NAME}` may run, each with its arguments, by name.
  public var commands: [String: [String]] = [:]
  /// What documents of a kind say unless they say otherwise.
  var defaults: [KindDefaults] = []
  /// The lines of `berth.yaml` that are not shown in findings.
  var secretLines: Set<Int> = []
  /// The place of each value, by key, such as `workspace.name`, `computes.0` and
  /// `silence.0`.
  ///
  /// Nothing for what `berth.yaml` leaves out.
  public var places: [String: SourceLocation] = [:]

  /// A configuration, as `berth.yaml` would say it.
  public init(
    stack: String, workspace: WorkspaceIdentity,
    backend: BackendConfiguration = BackendConfiguration(), computes: [String] = []
  ) {
    self.stack = stack
    self.workspace = workspace
    self.backend = backend
    self.computes = computes
  }
}

/// Where the workspace is: the embedded one (`type: local`), or one in Azure (`type: azure`).
public struct BackendConfiguration: Hashable, Sendable {
  /// The file that keeps the embedded workspace, from the stack's folder; nil for the stack's own.
  ///
  /// That is `.berth/workspace.db`. Several stacks share a workspace by naming one file.
  public var store: String?
  /// How long an operation of the simulated service takes, in milliseconds.
  public var operationMilliseconds: Int
  /// How to reach the workspace in Azure; nil for the embedded one.
  public var azure: AzureBackendConfiguration?

  /// The embedded workspace, with the defaults unless said otherwise.
  public init(store: String? = nil, operationMilliseconds: Int = 200) {
    self.store = store
    self.operationMilliseconds = operationMilliseconds
  }
}

/// How to reach a workspace in Azure, as `berth.yaml` says it; nil for what it leaves out.
///
/// Checked for its form only. Whether credentials may go to `endpoint` is for the operator of the
/// run to say, never for a file of the repository (reliability.md T27).
public struct AzureBackendConfiguration: Hashable, Sendable {
  /// The built-in cloud, by its official name.
  public var cloud: String?
  /// Another place than the cloud's own: `https://HOST[:PORT]`, and `http://` on this machine.
  public var endpoint: String?
  /// The version of the service's interface.
  public var apiVersion: String?
  /// How to sign in, such as `azure_cli`.
  public var authType: String?
  /// The tenant to sign in to, a GUID.
  public var tenantID: String?
  /// The application or identity to sign in as, a GUID.
  public var clientID: String?
  /// A file with certificates to trust besides the system's, from the stack's folder.
  public var caFile: String?
  /// True to look at the credentials that the service keeps, so that a change of them is seen.
  public var readsCredentials = false

  /// Everything by default.
  public init() {}
}

/// A lock that runners anywhere share, as `berth.yaml` says it: the lease on a blob.
public struct LockConfiguration: Hashable, Sendable {
  /// The blob's address, of an account of a known cloud or on this machine.
  public var url: String
  /// Where the shared access signature is to be found, as a reference such as
  /// `${env:BERTH_LOCK_SAS}`; never the signature itself.
  public var signature: String?
  /// How to sign in; nil for the way of the backend.
  public var signIn: SignInChoice?

  /// A lock that is reached in the backend's way.
  public init(url: String) { self.url = url }
}

/// How to sign in, as `berth.yaml` says it; nil for what it leaves out.
public struct SignInChoice: Hashable, Sendable {
  /// The way, such as `azure_cli`.
  public var type: String?
  /// The tenant, a GUID.
  public var tenantID: String?
  /// The application or identity, a GUID.
  public var clientID: String?

  /// Whatever the surroundings offer.
  public init(type: String? = nil, tenantID: String? = nil, clientID: String? = nil) {
    self.type = type
    self.tenantID = tenantID
    self.clientID = clientID
  }
}
