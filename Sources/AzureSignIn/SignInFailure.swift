package import BackendInterface
public import Diagnostics
internal import HTTPExchange

extension Rule {
  /// A way to sign in was tried, and did not lead to a token.
  public static let signInFailed = Rule("sign-in-failed")
  /// No way to sign in is set up.
  public static let noCredentials = Rule("no-credentials")
  /// `auth: {type: none}` for a service that is not on this machine.
  public static let signInNeeded = Rule("sign-in-needed")
  /// An endpoint that is of no known cloud, and that the administrator did not allow.
  public static let endpointNotAllowed = Rule("endpoint-not-allowed")
  /// What the service says of a cloud can't be used.
  public static let cloudUnknown = Rule("cloud-unknown")
}

/// Why there is no token: a finding for people, and what a program must know of it.
public struct SignInFailure: Error, Hashable, Sendable {
  /// What a program does about it.
  public enum Kind: Hashable, Sendable {
    /// This way is not set up here; another may be.
    case notSetUp
    /// It may work in a moment: the network or the authority is at fault.
    case passing
    /// It will not work until somebody does something.
    case lasting
    /// Whoever asked no longer wants to know.
    case cancelled
  }

  /// What to do about it.
  public let kind: Kind
  /// What happened, why, and the way out.
  public let diagnostic: Diagnostic

  init(_ kind: Kind, _ diagnostic: Diagnostic) {
    self.kind = kind
    self.diagnostic = diagnostic
  }
}

extension SignInFailure {
  /// A way that lacks something that it needs.
  static func notSetUp(_ way: SignInKind, _ detail: String) -> SignInFailure {
    SignInFailure(
      .notSetUp,
      Diagnostic(
        .error, .noCredentials, "Sign-in is not set up",
        detail: "\(way.title) can't be used. \(detail)"))
  }

  /// A way that failed.
  static func failed(
    _ way: SignInKind, _ detail: String, kind: Kind = .lasting
  ) -> SignInFailure {
    SignInFailure(
      kind,
      Diagnostic(
        .error, .signInFailed, "Sign-in failed", detail: "\(way.title) failed. \(detail)"))
  }

  /// An exchange without an answer.
  static func unreachable(_ way: SignInKind, _ failure: HTTPFailure) -> SignInFailure {
    let kind: Kind =
      switch failure.reason {
      case .notConnected, .cut, .tooSlow: .passing
      case .untrusted, .tooLarge, .malformed: .lasting
      case .cancelled: .cancelled
      }
    return failed(
      way,
      """
      There is no answer: \(failure.message). Check the network, and the proxy in \
      HTTPS_PROXY if there is one.
      """, kind: kind)
  }

  static let cancelled = SignInFailure(
    .cancelled,
    Diagnostic(
      .error, .signInFailed, "Sign-in failed", detail: "Signing in was cancelled."))

  /// Nothing is set up.
  static func noCredentials(_ reasons: [SignInFailure]) -> SignInFailure {
    SignInFailure(
      .lasting,
      Diagnostic(
        .error, .noCredentials, "No way to sign in",
        detail: """
          Nothing here says who you are to Azure. On your own machine, run 'az login'. In a \
          pipeline, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or one of the \
          other ways of docs/azure.md. Tried, in this order:

          """ + reasons.map { "- \($0.diagnostic.detail)" }.joined(separator: "\n")))
  }
}

extension SignInKind {
  /// The way in words, to begin a sentence.
  var title: String {
    switch self {
    case .none: "No sign-in"
    case .clientSecret: "Sign-in with a client secret"
    case .clientCertificate: "Sign-in with a certificate"
    case .workloadIdentity: "Sign-in by workload identity"
    case .gitHub: "Sign-in of a GitHub job"
    case .managedIdentity: "Sign-in by managed identity"
    case .azureCLI: "Sign-in by the Azure CLI"
    }
  }
}

extension BackendFailure {
  /// No token, so nothing was sent.
  package init(_ failure: SignInFailure) {
    let failureClass: Class =
      switch failure.kind {
      case .passing: .retryable
      case .notSetUp, .lasting: .denied
      case .cancelled: .fatal
      }
    self.init(
      failureClass, code: failure.diagnostic.rule.id, message: failure.diagnostic.detail)
    mayHaveArrived = false
  }
}
