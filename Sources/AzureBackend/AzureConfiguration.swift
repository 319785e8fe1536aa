public import HTTPExchange
public import TargetModel

/// Which workspace, and where its service is.
public struct AzureConfiguration: Sendable {
  /// The workspace.
  public var workspace: WorkspaceIdentity
  /// The kinds there are.
  public var catalog: KindCatalog
  /// The one host that calls and credentials go to; its path does not count.
  public var endpoint: HTTPURL
  /// The version of the service's interface.
  public var apiVersion: String
  /// Who is asking, as the service's owners see it in their logs: a program and its version.
  public var userAgent = "berth"
  /// Fingerprints of credentials as the service keeps them, so that a change behind Berth's back is
  /// seen; nil to ask for no credentials, which takes a right of its own (`listKeys`).
  public var fingerprint: CredentialFingerprint?

  /// The fingerprint of a secret, as `berth-secrets` has it, by the target's address and the
  /// field's path; nil where it can't be made.
  public typealias CredentialFingerprint =
    @Sendable (TargetAddress, AttributePath, SecretText) -> String?

  /// The version of the interface that is spoken unless another one is asked for.
  public static let defaultAPIVersion = "2025-12-01"

  /// A configuration.
  public init(
    workspace: WorkspaceIdentity, catalog: KindCatalog, endpoint: HTTPURL,
    apiVersion: String = AzureConfiguration.defaultAPIVersion
  ) {
    self.workspace = workspace
    self.catalog = catalog
    self.endpoint = endpoint
    self.apiVersion = apiVersion
  }
}

/// What a workspace at the service needs of the world around it.
public struct AzureSurroundings: Sendable {
  /// Carries calls to the service.
  public var transport: any HTTPTransport
  /// Makes the service believe who is asking.
  public var authorization: any RequestAuthorization
  /// Measures waits; one that counts while the machine is suspended.
  public var clock: any Clock<Duration>
  /// So many random bytes.
  public var randomBytes: @Sendable (Int) -> [UInt8]
  /// Told what people should know although nothing failed, in full sentences.
  public var warn: @Sendable (String) -> Void
  /// Told what happens between calls, for logs.
  public var note: @Sendable (ServiceNote) -> Void = { _ in }

  /// Surroundings.
  public init(
    transport: any HTTPTransport, authorization: any RequestAuthorization,
    clock: any Clock<Duration>, randomBytes: @escaping @Sendable (Int) -> [UInt8],
    warn: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.transport = transport
    self.authorization = authorization
    self.clock = clock
    self.randomBytes = randomBytes
    self.warn = warn
  }
}

/// Random numbers of the bytes that were handed in.
struct RandomBytes: RandomNumberGenerator, Sendable {
  let bytes: @Sendable (Int) -> [UInt8]

  mutating func next() -> UInt64 { bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
