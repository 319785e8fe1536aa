internal import Certificates
internal import Digests
internal import HTTPExchange
internal import JWTKit

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// An application that has the key of a certificate: it signs who it is, anew for each token.
///
/// PEM files only, read for each token, so that a renewed certificate is used at once.
struct ClientCertificate: TokenSource {
  let kind = SignInKind.clientCertificate
  private let endpoint: TokenEndpoint
  private let path: String
  /// True to send the certificate along, for applications that trust an issuer and a name.
  private let sendsChain: Bool

  init(
    _ configuration: SignInConfiguration, for cloud: CloudEnvironment, in surroundings: Surroundings
  ) throws(SignInFailure) {
    guard let path = surroundings.variable("AZURE_CLIENT_CERTIFICATE_PATH") else {
      throw .notSetUp(
        .clientCertificate,
        "Set AZURE_CLIENT_CERTIFICATE_PATH to a PEM file with the certificate and its key.")
    }
    self.path = path
    sendsChain = ["1", "true"].contains(
      surroundings.variable("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN")?.lowercased())
    endpoint = try TokenEndpoint(.clientCertificate, configuration, for: cloud, in: surroundings)
  }

  func token(for request: TokenRequest) async throws(SignInFailure) -> AccessToken {
    let certificate = try certificate()
    return try await endpoint.token(for: request, assertion: try await assertion(certificate))
  }

  private func certificate() throws(SignInFailure) -> SignInCertificate {
    guard let bytes = endpoint.surroundings.contents(path, 256 << 10) else {
      throw .failed(
        kind, "The file '\(path)', which AZURE_CLIENT_CERTIFICATE_PATH names, can't be read.")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw unusable(.noCertificate)
    }
    let certificate: SignInCertificate
    do {
      certificate = try SignInCertificate(pem: text)
    } catch {
      throw unusable(error)
    }
    let now = endpoint.surroundings.time.wall()
    guard certificate.validity.contains(now) else {
      throw .failed(
        kind,
        now > certificate.validity.upperBound
          ? "The certificate in '\(path)' expired. Put a renewed one in its place."
          : "The certificate in '\(path)' is not valid yet, or this machine's clock is wrong.")
    }
    return certificate
  }

  private func assertion(
    _ certificate: SignInCertificate
  ) async throws(SignInFailure) -> String {
    guard let key = try? Insecure.RSA.PrivateKey(pem: certificate.key) else {
      throw .failed(
        kind,
        """
        The key in '\(path)' is no RSA key of at least 2048 bits, and Azure signs nobody in with \
        another one.
        """)
    }
    var header = JWTHeader()
    header.x5tS256 = base64URL(sha256Bytes(certificate.chain.first ?? []))
    if sendsChain {
      header.fields["x5c"] = .array(
        certificate.chain.map { .string(pem($0)) })
    }
    let seconds = endpoint.surroundings.time.wall() / 1_000
    let claims = Assertion(
      aud: endpoint.url.description, iss: endpoint.client, sub: endpoint.client,
      jti: endpoint.surroundings.identifier(), nbf: seconds, exp: seconds + 30 * 60)
    do {
      let keys = await JWTKeyCollection().add(pss: key, digestAlgorithm: .sha256)
      return try await keys.sign(claims, header: header)
    } catch {
      throw .failed(kind, "The key in '\(path)' can't sign.")
    }
  }

  private func unusable(_ failure: SignInCertificate.Failure) -> SignInFailure {
    let why =
      switch failure {
      case .noCertificate:
        """
        '\(path)' holds no certificate in PEM form. From a PFX file you get one by \
        'openssl pkcs12 -in FILE.pfx -out FILE.pem -nodes'.
        """
      case .noKey: "'\(path)' must hold the certificate's private key, too, and only one."
      case .encryptedKey:
        """
        The key in '\(path)' is encrypted, which Berth does not read. Decrypt it by \
        'openssl rsa -in FILE -out FILE', and keep the file to yourself.
        """
      case .otherKey: "The key in '\(path)' belongs to none of the certificates there."
      }
    return .failed(kind, why)
  }
}

/// What an application says of itself.
private struct Assertion: JWTPayload {
  let aud: String
  let iss: String
  let sub: String
  let jti: String
  let nbf: Int64
  let exp: Int64

  func verify(using algorithm: some JWTAlgorithm) throws {}
}

/// A certificate as jwt-kit wants it; the header gets it without the frame.
private func pem(_ certificate: [UInt8]) -> String {
  let text = Data(certificate).base64EncodedString(options: [
    .lineLength64Characters, .endLineWithLineFeed,
  ])
  return "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n"
}

/// Base64 with the alphabet of URLs, without padding.
func base64URL(_ bytes: [UInt8]) -> String {
  Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    .replacing("=", with: "")
}
