/// A way to sign in, as `auth: {type: ...}` names it.
public enum SignInKind: String, CaseIterable, Hashable, Sendable {
  /// Nobody asks who it is: endpoints of this very machine only.
  case none
  /// An application with a secret.
  case clientSecret = "client_secret"
  /// An application with a certificate and its key.
  case clientCertificate = "client_certificate"
  /// An application that trusts the token of a Kubernetes service account, in a file.
  case workloadIdentity = "workload_identity"
  /// An application that trusts the jobs of a repository on GitHub.
  case gitHub = "github"
  /// The identity of the machine.
  case managedIdentity = "managed_identity"
  /// Whoever signed in with `az login`.
  case azureCLI = "azure_cli"
}

/// How to sign in, as `auth` in `berth.yaml` says it.
///
/// Nothing here is secret: secrets come from the environment.
public struct SignInConfiguration: Hashable, Sendable {
  /// The way; nil takes the first that is set up (`SignInKind.defaultOrder`).
  public var kind: SignInKind?
  /// The tenant, instead of `AZURE_TENANT_ID`.
  public var tenant: String?
  /// The application or the user-assigned identity, instead of `AZURE_CLIENT_ID`.
  public var client: String?

  /// The first way that is set up, unless said otherwise.
  public init(kind: SignInKind? = nil, tenant: String? = nil, client: String? = nil) {
    self.kind = kind
    self.tenant = tenant
    self.client = client
  }
}

extension SignInKind {
  /// In which order the ways are tried when none is named.
  ///
  /// What is set up by variables goes first. A virtual machine's own identity, which no variable
  /// tells of, comes last: asking for it takes a while where there is none.
  public static let defaultOrder: [SignInKind] = [
    .clientSecret, .clientCertificate, .workloadIdentity, .gitHub, .managedIdentity, .azureCLI,
  ]
}
