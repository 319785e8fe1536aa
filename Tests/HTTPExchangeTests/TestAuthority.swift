import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// An authority that signs the certificates of these tests.
struct TestAuthority {
  private let key = P256.Signing.PrivateKey()
  private let name: DistinguishedName
  let certificate: Certificate

  init() throws {
    name = try DistinguishedName { CommonName("Test authority") }
    certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
      notValidBefore: .now.addingTimeInterval(-3_600),
      notValidAfter: .now.addingTimeInterval(3_600),
      issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try .init {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        KeyUsage(keyCertSign: true)
      }, issuerPrivateKey: .init(key))
  }

  /// The server's side of TLS.
  ///
  /// - Parameter hours: from when to when its certificate is valid, counted from now.
  func server(_ host: String, hours: ClosedRange<Double> = -1...1) throws -> NIOSSLContext {
    let own = P256.Signing.PrivateKey()
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(own.publicKey),
      notValidBefore: .now.addingTimeInterval(hours.lowerBound * 3_600),
      notValidAfter: .now.addingTimeInterval(hours.upperBound * 3_600), issuer: name,
      subject: try DistinguishedName { CommonName(host) }, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try .init { SubjectAlternativeNames([.dnsName(host)]) },
      issuerPrivateKey: .init(key))
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: [
          .certificate(
            try NIOSSLCertificate(
              bytes: Array(certificate.serializeAsPEM().pemString.utf8), format: .pem))
        ],
        privateKey: .privateKey(
          try NIOSSLPrivateKey(bytes: Array(own.pemRepresentation.utf8), format: .pem))))
  }

  /// Runs `body` with a file that holds the authority's certificate.
  func withFile(_ body: (String) async throws -> Void) async throws {
    let path = NSTemporaryDirectory() + "/authority-\(UUID().uuidString).pem"
    try certificate.serializeAsPEM().pemString.write(
      toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }
}
