import Certificates
import Crypto
import FoundationEssentials
import SwiftASN1
import Testing
import X509

struct SelfSignedCertificateTests {
  @Test func `it is for this machine, and its key fits`() throws {
    let now: Int64 = 1_800_000_000_000
    let made = try SelfSignedCertificate(now: now, days: 30)
    let certificate = try Certificate(pemEncoded: made.certificate)
    let key = try Certificate.PrivateKey(pemEncoded: made.key)
    #expect(certificate.publicKey == key.publicKey)
    #expect(certificate.issuer == certificate.subject)
    #expect(certificate.publicKey.isValidSignature(certificate.signature, for: certificate))
    let names = try #require(try certificate.extensions.subjectAlternativeNames)
    #expect(Array(names).contains(.dnsName("localhost")))
    #expect(Array(names).count == 3)
    let moment = Date(timeIntervalSince1970: Double(now) / 1_000)
    #expect(certificate.notValidBefore < moment)
    #expect(certificate.notValidAfter > moment.addingTimeInterval(29 * 86_400))
  }

  @Test func `no two have one key`() throws {
    let first = try SelfSignedCertificate(now: 1_800_000_000_000, days: 1)
    let second = try SelfSignedCertificate(now: 1_800_000_000_000, days: 1)
    #expect(first.key != second.key && first.certificate != second.certificate)
  }
}
