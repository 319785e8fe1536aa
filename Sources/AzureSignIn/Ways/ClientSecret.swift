internal import TargetModel

/// An application that knows a secret.
struct ClientSecret: TokenSource {
  let kind = SignInKind.clientSecret
  private let endpoint: TokenEndpoint
  private let secret: SecretText

  init(
    _ configuration: SignInConfiguration, for cloud: CloudEnvironment, in surroundings: Surroundings
  ) throws(SignInFailure) {
    guard let secret = surroundings.variable("AZURE_CLIENT_SECRET") else {
      throw .notSetUp(.clientSecret, "Set AZURE_CLIENT_SECRET.")
    }
    self.secret = SecretText(secret, from: .environment("AZURE_CLIENT_SECRET"))
    endpoint = try TokenEndpoint(.clientSecret, configuration, for: cloud, in: surroundings)
  }

  func token(for request: TokenRequest) async throws(SignInFailure) -> AccessToken {
    try await endpoint.token(for: request, proof: [("client_secret", secret.reveal())])
  }
}

extension TokenEndpoint {
  /// The page for the application that the configuration or the environment names.
  init(
    _ way: SignInKind, _ configuration: SignInConfiguration, for cloud: CloudEnvironment,
    in surroundings: Surroundings
  ) throws(SignInFailure) {
    guard let tenant = configuration.tenant ?? surroundings.variable("AZURE_TENANT_ID") else {
      throw .notSetUp(way, "Set AZURE_TENANT_ID, or 'tenant_id' under 'auth' in berth.yaml.")
    }
    guard let client = configuration.client ?? surroundings.variable("AZURE_CLIENT_ID") else {
      throw .notSetUp(way, "Set AZURE_CLIENT_ID, or 'client_id' under 'auth' in berth.yaml.")
    }
    // Part of the path to which secrets are sent.
    guard tenant.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9.\-]{0,99}/) != nil else {
      throw .failed(
        way, "The tenant is neither a GUID nor a domain. Check AZURE_TENANT_ID and 'tenant_id'.")
    }
    self.init(
      cloud: cloud, tenant: tenant, client: client, way: way, surroundings: surroundings)
  }
}
