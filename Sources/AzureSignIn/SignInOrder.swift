/// The ways to sign in that a run has, tried in their order until one leads to a token; that one is
/// asked from then on.
actor SignInOrder {
  private let ways: [any TokenSource]
  /// Why those that are not in `ways` can't be used.
  private let unusable: [SignInFailure]
  /// True if the configuration names the way, so that its failure is the answer.
  private let isNamed: Bool
  private var chosen: (any TokenSource)?

  /// Finds out what is set up.
  ///
  /// A way that is named must be set up. Of the others, one that is set up halfway is said to be so
  /// once no other leads to a token.
  init(
    _ configuration: SignInConfiguration, for cloud: CloudEnvironment, in surroundings: Surroundings
  ) throws(SignInFailure) {
    isNamed = configuration.kind != nil
    if let kind = configuration.kind {
      ways = [try Self.source(kind, configuration, for: cloud, in: surroundings)].compactMap { $0 }
      unusable = []
      return
    }
    var ways: [any TokenSource] = []
    var unusable: [SignInFailure] = []
    for kind in SignInKind.defaultOrder
    where kind != .managedIdentity || ManagedIdentity.isSetUp(in: surroundings) {
      do {
        if let way = try Self.source(kind, configuration, for: cloud, in: surroundings) {
          ways.append(way)
        }
      } catch {
        guard error.kind == .notSetUp else { throw error }
        unusable.append(error)
      }
    }
    if !ways.contains(where: { $0.kind == .managedIdentity }),
      let machine = try Self.source(.managedIdentity, configuration, for: cloud, in: surroundings)
    {
      ways.append(machine)
    }
    self.ways = ways
    self.unusable = unusable
  }

  /// Asks for a token.
  func token(for request: TokenRequest) async throws(SignInFailure) -> AccessToken {
    if let chosen { return try await chosen.token(for: request) }
    var failures = unusable
    for way in ways {
      do {
        let token = try await way.token(for: request)
        chosen = way
        return token
      } catch {
        // A way that is set up and fails is not silently replaced by another identity.
        guard error.kind == .notSetUp, !isNamed else { throw error }
        failures.append(error)
      }
    }
    throw .noCredentials(failures)
  }

  private static func source(
    _ kind: SignInKind, _ configuration: SignInConfiguration, for cloud: CloudEnvironment,
    in surroundings: Surroundings
  ) throws(SignInFailure) -> (any TokenSource)? {
    switch kind {
    case .none: nil
    case .clientSecret: try ClientSecret(configuration, for: cloud, in: surroundings)
    case .clientCertificate: try ClientCertificate(configuration, for: cloud, in: surroundings)
    case .workloadIdentity: try WorkloadIdentity(configuration, for: cloud, in: surroundings)
    case .gitHub: try GitHubIdentity(configuration, for: cloud, in: surroundings)
    case .managedIdentity: try ManagedIdentity(configuration, in: surroundings)
    case .azureCLI: try AzureCLI(configuration, in: surroundings)
    }
  }
}
