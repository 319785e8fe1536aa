internal import HTTPExchange
internal import TargetModel

/// The page of an authority that hands out tokens to applications.
struct TokenEndpoint: Sendable {
  let cloud: CloudEnvironment
  let tenant: String
  let client: String
  let way: SignInKind
  let surroundings: Surroundings

  /// Where the application proves itself; also whom an assertion is for.
  var url: HTTPURL { cloud.authority.at("/\(tenant)/oauth2/v2.0/token") }

  /// The assertion's type where an application proves itself by a signed text.
  static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  /// Asks for a token.
  ///
  /// - Parameter proof: the fields by which the application proves itself; the values are secret.
  func token(
    for request: TokenRequest, proof: [(String, String)]
  ) async throws(SignInFailure) -> AccessToken {
    var fields = [
      ("grant_type", "client_credentials"), ("client_id", client), ("scope", request.scope),
    ]
    if let claims = request.claims { fields.append(("claims", claims)) }
    fields += proof
    var post = HTTPRequest(.post, url, body: Array(formEncoded(fields).utf8))
    post.headers["Content-Type"] = "application/x-www-form-urlencoded"
    post.headers["Accept"] = "application/json"
    let response = try await Retries().send(
      post, isEarly: request.isEarly, for: way, in: surroundings)
    guard response.status == 200 else { throw refusal(response, hiding: proof.map(\.1)) }
    return try AccessToken(response, for: way, at: surroundings.time.wall())
  }

  private func refusal(_ response: HTTPResponse, hiding secrets: [String]) -> SignInFailure {
    let json = try? AttributeValue(json: response.body)
    guard let json, let code = json[key: "error"]?.text else {
      return .failed(
        way, "\(url.origin) answered with status \(response.status), and not as an authority does.",
        kind: .init(ofStatus: response.status))
    }
    // The first line is the sentence; what follows are ids and a time.
    var words = String(
      (json[key: "error_description"]?.text ?? code).prefix { !$0.isNewline }.prefix(500))
    for secret in secrets where !secret.isEmpty {
      words = words.replacing(secret, with: SecretText.placeholder)
    }
    var sentences = ["\(url.origin) says: \(words)"]
    if let advice = Self.advice(words) { sentences.append(advice) }
    if let id = json[key: "correlation_id"]?.text { sentences.append("Correlation id: \(id).") }
    return .failed(
      way, sentences.joined(separator: " "), kind: .init(ofStatus: response.status))
  }

  /// What to do about the codes that people meet.
  private static func advice(_ words: String) -> String? {
    let table = [
      ("AADSTS7000215", "Copy the secret's value, not its id, into AZURE_CLIENT_SECRET."),
      ("AADSTS7000222", "The secret expired: make another one and set AZURE_CLIENT_SECRET."),
      ("AADSTS700016", "Check AZURE_CLIENT_ID, and that it belongs to AZURE_TENANT_ID."),
      ("AADSTS90002", "Check AZURE_TENANT_ID."),
      ("AADSTS900023", "Check AZURE_TENANT_ID."),
      ("AADSTS700027", "Upload this certificate to the application, or use the one it has."),
      ("AADSTS700024", "The clock of this machine may be wrong."),
      (
        "AADSTS70021", "Add a federated credential with this subject and issuer to the application."
      ),
      ("AADSTS700213", "Add a federated credential with this subject to the application."),
      ("AADSTS700211", "Add a federated credential with this issuer to the application."),
      ("AADSTS500011", "The tenant has no such service; check which cloud berth.yaml names."),
    ]
    return table.first { words.hasPrefix($0.0 + ":") }?.1
  }
}

extension AccessToken {
  /// Reads the answer of an authority or of a machine's host, which writes numbers as text.
  ///
  /// - Parameter now: the time of day in milliseconds since 1970: App Service tells only when a token
  ///   ends, and not how long it lives.
  init(
    _ response: HTTPResponse, for way: SignInKind, at now: Int64
  ) throws(SignInFailure) {
    guard let json = try? AttributeValue(json: response.body),
      let text = json[key: "access_token"]?.text, !text.isEmpty, isHeaderText(text)
    else { throw .failed(way, "The answer holds no token.") }
    let seconds = json[key: "expires_in"]?.seconds
    let end = json[key: "expires_on"]?.seconds
    guard let left = seconds ?? end.map({ $0 - now / 1_000 }) else {
      throw .failed(way, "The answer does not say how long its token lives.")
    }
    guard left > 0 else {
      throw .failed(way, "The token expired before it came. Check this machine's clock.")
    }
    self.init(
      text, lifetime: .seconds(min(left, 86_400 * 7)), from: .command(way.rawValue))
  }
}

extension AttributeValue {
  /// A number of seconds, which some write as text; nil for what nobody means.
  fileprivate var seconds: Int64? {
    guard let number = integer.map(Int64.init) ?? text.flatMap({ Int64($0) }),
      (0...253_402_300_799).contains(number)
    else { return nil }
    return number
  }
}

/// True for what can stand in a header.
func isHeaderText(_ text: String) -> Bool {
  text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
}

/// Fields as the body of a form.
func formEncoded(_ fields: [(String, String)]) -> String {
  fields.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
}

extension HTTPLimits {
  /// Answers with tokens are small.
  static var signIn: HTTPLimits {
    var limits = HTTPLimits()
    limits.body = 1 << 20
    return limits
  }
}
