internal import TargetModel

/// Where clients fetch tokens: the directory's endpoint, and those of managed identities.
struct SignInFaces {
  let issuer: TokenIssuer
  let now: Int64
  /// The id of the token to be issued.
  let id: String

  // MARK: The directory

  func token(_ request: EmulatedRequest, tenant: String) -> EmulatedResponse {
    let form = Dictionary(
      PercentEncoding.pairs(in: String(decoding: request.body, as: UTF8.self))
        .map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    guard form["grant_type"] == "client_credentials" else {
      return refusal(
        "unsupported_grant_type", 70003,
        "The emulator signs applications in: grant_type must be 'client_credentials'.")
    }
    guard let client = form["client_id"], !client.isEmpty else {
      return refusal(
        "invalid_request", 900_144, "The request body must contain the parameter 'client_id'.")
    }
    let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    let hasSecret = form["client_secret"]?.isEmpty == false
    let hasAssertion =
      form["client_assertion"]?.isEmpty == false && form["client_assertion_type"] == assertionType
    guard hasSecret || hasAssertion else {
      return refusal(
        "invalid_client", 7_000_218,
        "The request body must contain the parameter 'client_assertion' or 'client_secret'.",
        status: 401)
    }
    guard let audience = audience(of: form) else {
      return refusal(
        "invalid_scope", 1_002_012,
        "The provided value for scope is not valid. Client credential flows must have a scope "
          + "value with /.default suffixed to the resource identifier.")
    }
    let issued = issue(to: client, for: audience, tenant, request.origin)
    var body: AttributeValue = [
      "token_type": "Bearer", "expires_in": .integer(Int(issuer.seconds)),
      "ext_expires_in": .integer(Int(issuer.seconds)), "access_token": .text(issued.token),
    ]
    if form["resource"] != nil {
      body["expires_on"] = .text(String(issued.expiry))
      body["resource"] = .text(audience)
    }
    return unstored(EmulatedResponse(200, json: body))
  }

  private func audience(of form: [String: String]) -> String? {
    if let resource = form["resource"], !resource.isEmpty { return resource }
    guard let scope = form["scope"], scope.hasSuffix("/.default") else { return nil }
    return String(scope.dropLast("/.default".count))
  }

  private func refusal(
    _ error: String, _ number: Int, _ message: String, status: Int = 400
  ) -> EmulatedResponse {
    EmulatedResponse(
      status,
      json: [
        "error": .text(error), "error_description": .text("AADSTS\(number): \(message)"),
        "error_codes": [.integer(number)], "correlation_id": .text(id),
      ])
  }

  // MARK: Managed identities

  func instanceToken(_ request: EmulatedRequest) -> EmulatedResponse {
    guard request.headers["Metadata"]?.lowercased() == "true" else {
      return EmulatedResponse(
        400,
        json: [
          "error": "invalid_request", "error_description": "Required metadata header not specified",
        ])
    }
    return identityToken(request, versions: ["2018-02-01", "2019-08-01", "2021-02-01"]) { seconds in
      ["expires_in": .text(String(seconds)), "ext_expires_in": .text(String(seconds))]
    }
  }

  func appServiceToken(_ request: EmulatedRequest) -> EmulatedResponse {
    guard request.headers["X-IDENTITY-HEADER"]?.isEmpty == false else {
      return EmulatedResponse(
        401,
        json: ["statusCode": 401, "message": "The header X-IDENTITY-HEADER is missing."])
    }
    // Only when it ends is told here, not how long it lives.
    return identityToken(request, versions: ["2019-08-01"]) { _ in [:] }
  }

  private func identityToken(
    _ request: EmulatedRequest, versions: [String],
    lifetime: (_ seconds: Int64) -> AttributeMap
  ) -> EmulatedResponse {
    guard let version = request.parameter("api-version"), versions.contains(version) else {
      return EmulatedResponse(
        400,
        json: [
          "error": "invalid_request",
          "error_description": .text(
            "The api-version must be one of \(versions.joined(separator: ", "))."),
        ])
    }
    guard let resource = request.parameter("resource"), !resource.isEmpty else {
      return EmulatedResponse(
        400,
        json: [
          "error": "invalid_resource",
          "error_description": "AADSTS500011: The resource principal was not found.",
        ])
    }
    let client = request.parameter("client_id") ?? GUID.text(of: "managed identity")
    let issued = issue(to: client, for: resource, TokenIssuer.tenant, request.origin)
    let answer: AttributeMap = [
      "access_token": .text(issued.token), "client_id": .text(client),
      "expires_on": .text(String(issued.expiry)), "not_before": .text(String(now / 1_000)),
      "resource": .text(resource), "token_type": "Bearer",
    ]
    return unstored(
      EmulatedResponse(
        200, json: .map(answer.merging(lifetime(Int64(issuer.seconds))) { $1 })))
  }

  // MARK: Metadata

  /// Which hosts belong to this cloud: the emulator itself.
  static func cloudMetadata(origin: String, version: String?) -> EmulatedResponse {
    let cloud: AttributeValue = [
      "name": "Emulator", "portal": .text(origin), "resourceManager": .text(origin + "/"),
      "authentication": [
        "loginEndpoint": .text(origin), "audiences": [.text(origin), .text(origin + "/")],
        "tenant": "common", "identityProvider": "AAD",
      ],
      "suffixes": .map([:]),
    ]
    // One cloud alone was the form before 2019-05-01.
    let isList = version.map { $0 >= "2019-05-01" } ?? true
    return EmulatedResponse(200, json: isList ? [cloud] : cloud)
  }

  static func openIDConfiguration(tenant: String, origin: String) -> EmulatedResponse {
    EmulatedResponse(
      200,
      json: [
        "issuer": .text("\(origin)/\(tenant)/v2.0"),
        "authorization_endpoint": .text("\(origin)/\(tenant)/oauth2/v2.0/authorize"),
        "token_endpoint": .text("\(origin)/\(tenant)/oauth2/v2.0/token"),
        "device_authorization_endpoint": .text("\(origin)/\(tenant)/oauth2/v2.0/devicecode"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"], "tenant_region_scope": .null,
      ])
  }

  static func instanceDiscovery(origin: String) -> EmulatedResponse {
    let host = origin.split(separator: "/").last.map(String.init) ?? origin
    return EmulatedResponse(
      200,
      json: [
        "tenant_discovery_endpoint": .text(
          "\(origin)/common/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [
          [
            "preferred_network": .text(host), "preferred_cache": .text(host),
            "aliases": [.text(host)],
          ]
        ],
      ])
  }

  private func issue(
    to client: String, for audience: String, _ tenant: String, _ origin: String
  ) -> (token: String, expiry: Int64) {
    issuer.issue(to: client, for: audience, tenant: tenant, origin: origin, at: now, id: id)
  }

  private func unstored(_ response: EmulatedResponse) -> EmulatedResponse {
    var response = response
    response.headers["Cache-Control"] = "no-store, no-cache"
    return response
  }
}
