import Certificates
import ComputeKinds
import Crypto
import Diagnostics
import Foundation
import SwiftASN1
import TargetModel
import TestSupport
import Testing
import X509

/// What would make an attachment with TLS fail is found before anything is detached.
@Suite("Certificates") struct CertificateCheckTests {
  private static let now: Int64 = 1_800_000_000_000
  private static let key = P256.Signing.PrivateKey()
  private static let otherKey = P256.Signing.PrivateKey()

  /// A self-signed certificate as PEM text.
  ///
  /// - Parameter days: from when to when it is valid, counted from now.
  private func certificate(
    for names: [String], days: ClosedRange<Double> = -1...365, key: P256.Signing.PrivateKey = key,
    hasAlternatives: Bool = true
  ) throws -> String {
    let name = try DistinguishedName { CommonName(names.first ?? "nobody") }
    let now = Date(timeIntervalSince1970: Double(Self.now) / 1_000)
    let alternatives = SubjectAlternativeNames(names.map { .dnsName($0) })
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
      notValidBefore: now.addingTimeInterval(days.lowerBound * 86_400),
      notValidAfter: now.addingTimeInterval(days.upperBound * 86_400), issuer: name, subject: name,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions { if hasAlternatives { alternatives } },
      issuerPrivateKey: .init(key))
    return try certificate.serializeAsPEM().pemString
  }

  private func findings(
    _ chain: String, key: String = key.pemRepresentation, host: String = "www.example.com"
  ) -> [Diagnostic] {
    var target = desired(
      "aks", "inference", ["tls.cname": .text(host)], in: .azureML)
    for (path, text) in [("tls.certificate", chain), ("tls.key", key)] {
      target[AttributePath(path)] = .secret(SecretText(text, from: .environment("TLS")))
    }
    var findings = DiagnosticList()
    checkCertificate(of: target, now: Self.now, reporting: &findings)
    return findings.findings
  }

  private func rules(
    _ chain: String, key: String = key.pemRepresentation, host: String = "www.example.com"
  ) -> [Rule] { findings(chain, key: key, host: host).map(\.rule) }

  @Test func `a certificate with its key is fine`() throws {
    #expect(rules(try certificate(for: ["www.example.com"])) == [])
    #expect(rules(try certificate(for: ["a.example.com", "WWW.example.com"])) == [])
  }

  @Test func `a star stands for one label`() throws {
    let star = try certificate(for: ["*.example.com"])
    #expect(rules(star) == [])
    #expect(rules(star, host: "example.com") == [.certificateHost])
    #expect(rules(star, host: "a.b.example.com") == [.certificateHost])
    #expect(rules(star, host: ".example.com") == [.certificateHost])
  }

  @Test func `the common name counts only where there is no other`() throws {
    let plain = try certificate(for: ["www.example.com"], hasAlternatives: false)
    #expect(rules(plain) == [])
    #expect(rules(plain, host: "api.example.com") == [.certificateHost])
    #expect(rules(try certificate(for: ["other.org"])) == [.certificateHost])
  }

  @Test func `a key of another certificate is refused`() throws {
    let chain = try certificate(for: ["www.example.com"])
    #expect(rules(chain, key: Self.otherKey.pemRepresentation) == [.certificateKeyMismatch])
  }

  @Test func `the host's own certificate comes first`() throws {
    let own = try certificate(for: ["www.example.com"])
    let above = try certificate(for: ["Authority"], key: Self.otherKey)
    #expect(rules(own + "\n" + above) == [])
    #expect(rules(above + "\n" + own) == [.certificateKeyMismatch])
  }

  @Test func `what is not valid today is refused, and what ends soon is told`() throws {
    let host = ["www.example.com"]
    #expect(rules(try certificate(for: host, days: -20 ... -1)) == [.certificateExpired])
    #expect(rules(try certificate(for: host, days: 2...9)) == [.certificateExpired])
    #expect(rules(try certificate(for: host, days: -20...31)) == [])
    let soon = findings(try certificate(for: host, days: -20...29.5))
    #expect(soon.map(\.rule) == [.certificateExpiresSoon])
    #expect(soon.map(\.severity) == [.warning])
    #expect(soon.first?.detail.contains("in 29 days") == true)
  }

  @Test(arguments: [
    "", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "-----BEGIN CERTIFICATE-----\n", "-----BEGIN X-----\nAA==\n-----END X-----\n",
  ])
  func `what can't be read is told and never shown`(text: String) throws {
    #expect(rules(text) == [.certificateUnreadable])
    let chain = try certificate(for: ["www.example.com"])
    #expect(rules(chain, key: text) == [.certificateUnreadable])
    #expect(findings(text).allSatisfy { $0.hidesSource })
  }

  @Test func `a key with a passphrase is told as what it is`() throws {
    let chain = try certificate(for: ["www.example.com"])
    let locked =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"
    #expect(findings(chain, key: locked).first?.detail.contains("passphrase") == true)
  }

  @Test func `secrets that nobody looked up are not checked`() {
    var target = desired("aks", "inference", in: .azureML)
    for path in ["tls.certificate", "tls.key"] as [AttributePath] {
      target[path] = .secret(SecretText(SecretText.unresolved, from: .environment("TLS")))
    }
    var findings = DiagnosticList()
    checkCertificate(of: target, now: Self.now, reporting: &findings)
    #expect(findings.isEmpty)
  }
}
