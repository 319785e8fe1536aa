/// Whether a request shows what it must.
struct BearerCheck {
  let access: EmulatorConfiguration.Access
  let issuer: TokenIssuer

  /// Refuses a request as the service does, with a challenge that tells where tokens are.
  func check(_ request: EmulatedRequest, at now: Int64) throws(ServiceError) {
    guard access != .none else { return }
    guard let token = token(of: request) else {
      throw challenge(
        "AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing. (The emulator takes any "
          + "bearer token; started with --auth none it asks for none.)",
        request, error: nil)
    }
    switch (issuer.judge(token, at: now), access) {
    case (.valid, _), (.foreign, .bearer), (_, .none): return
    case (.expired, _):
      throw challenge(
        "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than now.",
        request, error: "invalid_token")
    case (.foreign, .issued):
      throw challenge(
        "InvalidAuthenticationToken",
        "The access token is invalid: this emulator did not issue it. (It was started with --auth "
          + "issued.)",
        request, error: "invalid_token")
    }
  }

  private func token(of request: EmulatedRequest) -> String? {
    guard let header = request.headers["Authorization"] else { return nil }
    let parts = header.split(separator: " ")
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }

  private func challenge(
    _ code: String, _ message: String, _ request: EmulatedRequest, error: String?
  ) -> ServiceError {
    var refusal = ServiceError(401, code, message)
    var value = "Bearer authorization_uri=\"\(request.origin)/\(TokenIssuer.tenant)\""
    if let error { value += ", error=\"\(error)\", error_description=\"\(code)\"" }
    refusal.headers["WWW-Authenticate"] = value
    return refusal
  }
}
