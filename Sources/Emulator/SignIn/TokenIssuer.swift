internal import Digests
internal import SimulatorBackend
internal import TargetModel

/// Issues tokens and knows them again, without remembering any.
///
/// They look like the service's own (a JSON Web Token), since some clients look into them. The key
/// is drawn at start, so a token of an earlier run is a stranger's.
struct TokenIssuer: Sendable {
  private let key: [UInt8]
  let seconds: Int64

  init(key: [UInt8], seconds: Int64) {
    self.key = key
    self.seconds = seconds
  }

  static let tenant = IdentityReport.tenant

  /// A token, and when it expires in seconds since 1970.
  func issue(
    to client: String, for audience: String, tenant: String, origin: String, at now: Int64,
    id: String
  ) -> (token: String, expiry: Int64) {
    let second = now / 1_000
    let expiry = second + seconds
    let header: AttributeValue = ["typ": "JWT", "alg": "HS256", "kid": "emulator"]
    let claims: AttributeValue = [
      "aud": .text(audience), "iss": .text("\(origin)/\(tenant)/"), "tid": .text(tenant),
      "appid": .text(client), "oid": .text(GUID.text(of: client)),
      "sub": .text(GUID.text(of: client)),
      "iat": .integer(Int(second)), "nbf": .integer(Int(second)), "exp": .integer(Int(expiry)),
      "uti": .text(id), "ver": "1.0",
    ]
    let content = [header, claims].map { Base64URL.encoded($0.canonicalJSON.utf8) }
      .joined(separator: ".")
    return (content + "." + signature(of: content), expiry)
  }

  /// What a token is worth.
  enum Judgement: Equatable {
    case valid
    case expired
    /// Somebody else's, which may be good elsewhere.
    case foreign
  }

  func judge(_ token: String, at now: Int64) -> Judgement {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[2] == signature(of: "\(parts[0]).\(parts[1])"),
      let claims = Base64URL.decoded(parts[1]).flatMap({ try? AttributeValue(json: $0) }),
      let expiry = claims["exp"]?.integer
    else { return .foreign }
    return Int64(expiry) * 1_000 > now ? .valid : .expired
  }

  /// Nested, as keyed digests are: nobody can lengthen one.
  private func signature(of content: String) -> String {
    let inner = sha256(key + Array(content.utf8))
    return Base64URL.encoded(sha256(key + Array(inner.utf8)).utf8)
  }
}
