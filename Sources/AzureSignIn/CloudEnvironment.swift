internal import Diagnostics
public import HTTPExchange
internal import TargetModel

/// A cloud: where its service is, who hands out tokens, and whom they are for (api.md section 14).
public struct CloudEnvironment: Hashable, Sendable {
  /// Its name, as `az cloud list` shows it.
  public let name: String
  /// The root of the service.
  public let resourceManager: HTTPURL
  /// The root of the authority that hands out tokens.
  public let authority: HTTPURL
  /// Whom tokens for the service are for, without a slash at the end.
  public let audience: String
  /// Whom the token of a job elsewhere must be for, so that the authority exchanges it.
  let federationAudience: String

  init(
    name: String, resourceManager: HTTPURL, authority: HTTPURL, audience: String? = nil,
    federationAudience: String = "api://AzureADTokenExchange"
  ) {
    self.name = name
    self.resourceManager = resourceManager
    self.authority = authority
    self.audience = audience ?? resourceManager.origin
    self.federationAudience = federationAudience
  }

  /// The cloud that goes without saying.
  public static let azure = CloudEnvironment(
    name: "AzureCloud", resourceManager: HTTPURL(https: "management.azure.com"),
    authority: HTTPURL(https: "login.microsoftonline.com"))

  /// The clouds that Berth knows.
  public static let known: [CloudEnvironment] = [
    .azure,
    CloudEnvironment(
      name: "AzureUSGovernment", resourceManager: HTTPURL(https: "management.usgovcloudapi.net"),
      authority: HTTPURL(https: "login.microsoftonline.us"),
      audience: "https://management.core.usgovcloudapi.net",
      federationAudience: "api://AzureADTokenExchangeUSGov"),
    CloudEnvironment(
      name: "AzureChinaCloud", resourceManager: HTTPURL(https: "management.chinacloudapi.cn"),
      authority: HTTPURL(https: "login.chinacloudapi.cn"),
      federationAudience: "api://AzureADTokenExchangeChina"),
  ]
}

extension CloudEnvironment {
  /// Finds the cloud that tokens are asked for and sent to.
  ///
  /// A manifest may name a known cloud, or an endpoint of this very machine. Any other endpoint must
  /// be allowed by whoever runs Berth: `ARM_CLOUD_METADATA_URL` names the page from which the
  /// endpoint's cloud is read, and that page must be at the endpoint or name it. Otherwise anybody
  /// who changes a manifest could have tokens sent to themselves (reliability.md T23, T27).
  ///
  /// - Parameters:
  ///   - name: the cloud as the configuration names it, if it does.
  ///   - endpoint: the service as the configuration gives it, if it does.
  ///   - environment: of the run; `AZURE_AUTHORITY_HOST` puts another authority in the place of the
  ///     cloud's own, as in Microsoft's clients.
  public static func find(
    named name: String? = nil, endpoint: HTTPURL? = nil, environment: [String: String],
    transport: any HTTPTransport
  ) async throws(SignInFailure) -> CloudEnvironment {
    let authority = try authority(in: environment)
    func cloud(_ cloud: CloudEnvironment) -> CloudEnvironment {
      CloudEnvironment(
        name: cloud.name, resourceManager: cloud.resourceManager,
        authority: authority ?? cloud.authority, audience: cloud.audience,
        federationAudience: cloud.federationAudience)
    }
    if let endpoint {
      if let known = known.first(where: { $0.resourceManager.hasOrigin(of: endpoint) }) {
        return cloud(known)
      }
      if endpoint.isLoopback {
        return CloudEnvironment(
          name: "Loopback", resourceManager: endpoint.at("/"),
          authority: authority ?? endpoint.at("/"))
      }
    } else if let known = known.first(where: { $0.isNamed(name ?? azure.name) }),
      name != nil || environment[metadataVariable] == nil
    {
      return cloud(known)
    }
    return cloud(
      try await read(
        named: name, endpoint: endpoint, environment: environment, transport: transport))
  }

  private static let metadataVariable = "ARM_CLOUD_METADATA_URL"

  private func isNamed(_ name: String) -> Bool { self.name.lowercased() == name.lowercased() }

  private static func authority(
    in environment: [String: String]
  ) throws(SignInFailure) -> HTTPURL? {
    guard let text = environment["AZURE_AUTHORITY_HOST"], !text.isEmpty else { return nil }
    guard let url = HTTPURL(parsing: text.contains("://") ? text : "https://" + text),
      url.scheme == .https || url.isLoopback
    else { throw .unusableAuthority }
    return url.at("/")
  }

  private static func read(
    named name: String?, endpoint: HTTPURL?, environment: [String: String],
    transport: any HTTPTransport
  ) async throws(SignInFailure) -> CloudEnvironment {
    guard let text = environment[metadataVariable], !text.isEmpty else {
      throw endpoint.map { .endpointNotAllowed($0) } ?? .unknownCloud(name ?? "")
    }
    guard let page = HTTPURL(parsing: text), page.scheme == .https || page.isLoopback else {
      throw .unusableMetadata("Its address is no URL of https.")
    }
    let response: HTTPResponse
    do {
      response = try await transport.send(
        HTTPRequest(.get, page, headers: ["Accept": "application/json"]), limits: HTTPLimits())
    } catch {
      throw .unusableMetadata("There is no answer: \(error.message).")
    }
    guard response.status == 200, let json = try? AttributeValue(json: response.body) else {
      throw .unusableMetadata("\(page.origin) answered with status \(response.status).")
    }
    let clouds = (json.list ?? [json]).compactMap { CloudEnvironment($0, at: page) }
    let found: CloudEnvironment? =
      if let endpoint {
        clouds.first { $0.resourceManager.hasOrigin(of: endpoint) }
      } else if let name {
        clouds.first { $0.isNamed(name) }
      } else {
        clouds.first { $0.resourceManager.hasOrigin(of: page) } ?? clouds.first
      }
    guard let found else {
      throw endpoint.map { .endpointNotAllowed($0) } ?? .unknownCloud(name ?? "")
    }
    return found
  }

  /// A cloud as its own page describes it; `resourceManager` is absent where it is the page's host.
  private init?(_ json: AttributeValue, at page: HTTPURL) {
    let manager = json[key: "resourceManager"]?.text.map { HTTPURL(parsing: $0) } ?? page
    let authentication = json[key: "authentication"]
    guard let manager, manager.scheme == .https || manager.isLoopback,
      let login = authentication?[key: "loginEndpoint"]?.text.flatMap(HTTPURL.init(parsing:)),
      login.scheme == .https || login.isLoopback
    else { return nil }
    let audiences = (authentication?[key: "audiences"]?.list ?? []).compactMap(\.text).map {
      $0.hasSuffix("/") ? String($0.dropLast()) : $0
    }
    self.init(
      name: json[key: "name"]?.text ?? manager.host, resourceManager: manager.at("/"),
      authority: login.at("/"),
      audience: audiences.contains(manager.origin) ? manager.origin : audiences.first)
  }
}

extension SignInFailure {
  fileprivate static func endpointNotAllowed(_ endpoint: HTTPURL) -> SignInFailure {
    SignInFailure(
      .lasting,
      .init(
        .error, .endpointNotAllowed, "Endpoint is not allowed",
        detail: """
          '\(endpoint.origin)' is of no cloud that Berth knows, and tokens are sent nowhere else just \
          because berth.yaml says so. If it is yours, set the variable ARM_CLOUD_METADATA_URL to \
          '\(endpoint.origin)/metadata/endpoints?api-version=2019-05-01' where Berth runs.
          """))
  }

  fileprivate static func unknownCloud(_ name: String) -> SignInFailure {
    SignInFailure(
      .lasting,
      .init(
        .error, .cloudUnknown, "Cloud is unknown",
        detail: """
          There is no cloud '\(name)'. Berth knows \
          \(CloudEnvironment.known.map(\.name).joined(separator: ", ")); others are described by the \
          page that the variable ARM_CLOUD_METADATA_URL names.
          """))
  }

  fileprivate static func unusableMetadata(_ why: String) -> SignInFailure {
    SignInFailure(
      .lasting,
      .init(
        .error, .cloudUnknown, "Cloud is unknown",
        detail: """
          The page that ARM_CLOUD_METADATA_URL names does not describe a cloud. \(why) Its address \
          should be 'https://HOST/metadata/endpoints?api-version=2019-05-01'.
          """))
  }

  fileprivate static let unusableAuthority = SignInFailure(
    .lasting,
    .init(
      .error, .cloudUnknown, "Cloud is unknown",
      detail: """
        The value of AZURE_AUTHORITY_HOST is no host and no URL of https. Secrets are sent \
        there, so nothing is assumed. Write it like 'login.microsoftonline.com', or unset it.
        """))
}
