internal import HTTPExchange
internal import TargetModel

/// An application that trusts the tokens of a Kubernetes cluster, which stand in a file.
///
/// The file is read for each token: the cluster replaces it all the time.
struct WorkloadIdentity: TokenSource {
  let kind = SignInKind.workloadIdentity
  private let endpoint: TokenEndpoint
  private let path: String

  init(
    _ configuration: SignInConfiguration, for cloud: CloudEnvironment, in surroundings: Surroundings
  ) throws(SignInFailure) {
    guard let path = surroundings.variable("AZURE_FEDERATED_TOKEN_FILE") else {
      throw .notSetUp(
        .workloadIdentity,
        """
        Set AZURE_FEDERATED_TOKEN_FILE; Kubernetes does it for pods with the label \
        'azure.workload.identity/use: "true"'.
        """)
    }
    self.path = path
    endpoint = try TokenEndpoint(.workloadIdentity, configuration, for: cloud, in: surroundings)
  }

  func token(for request: TokenRequest) async throws(SignInFailure) -> AccessToken {
    guard let bytes = endpoint.surroundings.contents(path, 64 << 10),
      let text = String(validating: bytes, as: UTF8.self)?.trimmingBlanks, !text.isEmpty
    else {
      throw .failed(
        kind, "The file '\(path)', which AZURE_FEDERATED_TOKEN_FILE names, can't be read.")
    }
    return try await endpoint.token(for: request, assertion: text)
  }
}

/// An application that trusts the jobs of a repository on GitHub.
///
/// GitHub is asked for each token: what it says of a job lives five minutes.
struct GitHubIdentity: TokenSource {
  let kind = SignInKind.gitHub
  private let endpoint: TokenEndpoint
  private let page: HTTPURL
  private let secret: SecretText

  private static let urlVariable = "ACTIONS_ID_TOKEN_REQUEST_URL"
  private static let tokenVariable = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"

  init(
    _ configuration: SignInConfiguration, for cloud: CloudEnvironment, in surroundings: Surroundings
  ) throws(SignInFailure) {
    guard let text = surroundings.variable(Self.urlVariable),
      let secret = surroundings.variable(Self.tokenVariable)
    else {
      throw .notSetUp(
        .gitHub, "The job needs 'permissions: {id-token: write}' in its workflow.")
    }
    let separator = text.contains("?") ? "&" : "?"
    guard
      let page = HTTPURL(parsing: text + separator + "audience=" + cloud.federationAudience),
      page.scheme == .https || page.isLoopback, isHeaderText(secret)
    else { throw .failed(.gitHub, "\(Self.urlVariable) is no URL of https.") }
    self.page = page
    self.secret = SecretText(secret, from: .environment(Self.tokenVariable))
    endpoint = try TokenEndpoint(.gitHub, configuration, for: cloud, in: surroundings)
  }

  func token(for request: TokenRequest) async throws(SignInFailure) -> AccessToken {
    var question = HTTPRequest(.get, page, headers: ["Accept": "application/json"])
    question.headers["Authorization"] = "bearer \(secret.reveal())"
    let response = try await Retries().send(
      question, isEarly: request.isEarly, for: kind, in: endpoint.surroundings)
    guard response.status == 200,
      let assertion = (try? AttributeValue(json: response.body))?[key: "value"]?.text
    else {
      throw .failed(
        kind, "GitHub answered with status \(response.status) when asked who this job is.",
        kind: .init(ofStatus: response.status))
    }
    return try await endpoint.token(for: request, assertion: assertion)
  }
}

extension TokenEndpoint {
  /// Asks for a token with what somebody else signed for the application, or itself.
  func token(
    for request: TokenRequest, assertion: String
  ) async throws(SignInFailure) -> AccessToken {
    try await token(
      for: request,
      proof: [
        ("client_assertion_type", Self.assertionType), ("client_assertion", assertion),
      ])
  }
}
