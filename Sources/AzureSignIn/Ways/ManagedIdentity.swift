internal import HTTPExchange
internal import TargetModel

/// The identity of the machine, as its host hands it out.
///
/// App Service and its like say by variables where; virtual machines have an address that only they
/// reach. No proxy is ever asked (reliability.md T27).
struct ManagedIdentity: TokenSource {
  let kind = SignInKind.managedIdentity
  private let host: Host
  private let client: String?
  /// True if somebody said that this is the way: then whoever answers is the one who is meant.
  private let isNamed: Bool
  private let surroundings: Surroundings

  private enum Host {
    case appService(HTTPURL, secret: SecretText)
    case machine(HTTPURL)
  }

  /// True if variables say that the host hands out tokens.
  static func isSetUp(in surroundings: Surroundings) -> Bool {
    surroundings.variable("IDENTITY_ENDPOINT") != nil
      && surroundings.variable("IDENTITY_HEADER") != nil
  }

  init(
    _ configuration: SignInConfiguration, in surroundings: Surroundings
  ) throws(SignInFailure) {
    client = configuration.client ?? surroundings.variable("AZURE_CLIENT_ID")
    let podHost = surroundings.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST")
    isNamed =
      configuration.kind == .managedIdentity || podHost != nil || Self.isSetUp(in: surroundings)
    self.surroundings = surroundings
    guard let text = surroundings.variable("IDENTITY_ENDPOINT"),
      let secret = surroundings.variable("IDENTITY_HEADER")
    else {
      guard let url = HTTPURL(parsing: podHost ?? "http://169.254.169.254"), url.isOfHost else {
        throw .failed(
          .managedIdentity,
          "AZURE_POD_IDENTITY_AUTHORITY_HOST is no address that only this machine reaches.")
      }
      host = .machine(url)
      return
    }
    guard let url = HTTPURL(parsing: text), url.scheme == .https || url.isOfHost,
      isHeaderText(secret)
    else {
      throw .failed(
        .managedIdentity, "IDENTITY_ENDPOINT is no address that only this machine reaches.")
    }
    host = .appService(url, secret: SecretText(secret, from: .environment("IDENTITY_HEADER")))
  }

  func token(for request: TokenRequest) async throws(SignInFailure) -> AccessToken {
    guard request.claims == nil else {
      throw .failed(
        kind,
        """
        The service demands proof of more than an identity of a machine can give. Ask for an \
        exception from the policy, or sign in in another way.
        """)
    }
    var question = question(for: request.audience)
    question.headers["Accept"] = "application/json"
    var limits = HTTPLimits.signIn
    // It is next door, or nowhere.
    limits.connect = .seconds(2)
    var retries = Retries(tries: 6, statuses: Set([404, 410, 429]).union(500..<600))
    // Most machines have no such host, and silence is their answer.
    if case .machine = host { retries.repeatsSilence = false }
    if !isNamed { retries.believes = { !Self.isOfAnotherCloud($0) } }
    let response: HTTPResponse
    do {
      response = try await retries.send(
        question, isEarly: request.isEarly, limits: limits, for: kind, in: surroundings)
    } catch {
      guard case .machine(let url) = host, error.kind == .passing else { throw error }
      throw .notSetUp(kind, "Nobody answers at \(url.origin): this machine has no identity.")
    }
    if !isNamed, Self.isOfAnotherCloud(response) {
      throw .notSetUp(kind, "The host of this machine is not one of Azure's.")
    }
    guard response.status == 200 else { throw refusal(response) }
    return try AccessToken(response, for: kind, at: surroundings.time.wall())
  }

  /// True for a refusal that is no JSON: machines elsewhere have a host at the same address, which
  /// knows nothing of Azure's questions.
  private static func isOfAnotherCloud(_ response: HTTPResponse) -> Bool {
    (400..<500).contains(response.status) && ![408, 410, 429].contains(response.status)
      && (try? AttributeValue(json: response.body)) == nil
  }

  private func question(for audience: String) -> HTTPRequest {
    var query = "resource=\(percentEncoded(audience))"
    if let client { query += "&client_id=\(percentEncoded(client))" }
    switch host {
    case .appService(let url, let secret):
      let separator = url.target.contains("?") ? "&" : "?"
      return HTTPRequest(
        .get, url.at("\(url.target)\(separator)api-version=2019-08-01&\(query)"),
        headers: ["X-IDENTITY-HEADER": secret.reveal()], reach: .host)
    case .machine(let url):
      return HTTPRequest(
        .get, url.at("/metadata/identity/oauth2/token?api-version=2018-02-01&\(query)"),
        headers: ["Metadata": "true"], reach: .host)
    }
  }

  private func refusal(_ response: HTTPResponse) -> SignInFailure {
    let json = try? AttributeValue(json: response.body)
    let words = json?[key: "error_description"]?.text ?? json?[key: "message"]?.text
    let said = words.map { " It says: \($0.prefix { !$0.isNewline }.prefix(300))" } ?? ""
    guard response.status == 400 else {
      return .failed(
        kind, "The machine's host answered with status \(response.status).\(said)",
        kind: .init(ofStatus: response.status))
    }
    let which = client.map { "the identity '\($0)'" } ?? "no identity"
    return .notSetUp(
      kind,
      client == nil
        ? "This machine has \(which), or several: then set AZURE_CLIENT_ID.\(said)"
        : "This machine does not have \(which) of AZURE_CLIENT_ID or 'client_id'.\(said)")
  }
}

extension HTTPURL {
  /// True for addresses that never leave the machine and its host: loopback and link-local.
  fileprivate var isOfHost: Bool {
    isLoopback || host.wholeMatch(of: /169\.254\.\d{1,3}\.\d{1,3}/) != nil
  }
}
