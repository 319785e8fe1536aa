internal import Crypto
internal import FoundationEssentials
internal import SwiftASN1
internal import X509

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A certificate that vouches for itself, for a server on this machine.
public struct SelfSignedCertificate: Sendable {
  /// The certificate, which a client is to trust, as PEM text.
  public let certificate: String
  /// Its private key, as PEM text; made anew each time, so nothing else can show the certificate.
  public let key: String

  /// Why no certificate could be made.
  public struct Failure: Error, Hashable, Sendable {
    /// In words.
    public let reason: String
  }

  /// Makes a key and a certificate for this machine: `localhost`, `127.0.0.1` and `::1`.
  ///
  /// - Parameters:
  ///   - now: the time in milliseconds since 1970; it is good from an hour before.
  ///   - days: how long it is good.
  ///   - hosts: further names and addresses of this machine; those that are any address are none.
  public init(now: Int64, days: Int, alsoFor hosts: [String] = []) throws(Failure) {
    do {
      let key = P256.Signing.PrivateKey()
      let begin = Date(timeIntervalSince1970: Double(now) / 1_000 - 3_600)
      let name = try DistinguishedName { CommonName("Berth emulator") }
      let publicKey = Certificate.PublicKey(key.publicKey)
      let id = SubjectKeyIdentifier(hash: publicKey)
      let certificate = try Certificate(
        version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
        notValidBefore: begin, notValidAfter: begin.addingTimeInterval(Double(days) * 86_400),
        issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
        extensions: try Certificate.Extensions {
          // Trust stores of some clients take only what may sign, and it signs itself.
          Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
          Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
          try ExtendedKeyUsage([.serverAuth])
          SubjectAlternativeNames(Self.names(of: ["localhost", "127.0.0.1", "::1"] + hosts))
          id
          AuthorityKeyIdentifier(keyIdentifier: id.keyIdentifier)
        },
        issuerPrivateKey: Certificate.PrivateKey(key))
      self.certificate = try certificate.serializeAsPEM().pemString + "\n"
      self.key = key.pemRepresentation + "\n"
    } catch {
      throw Failure(reason: "no certificate could be made: \(error)")
    }
  }

  private static func names(of hosts: [String]) -> [GeneralName] {
    var names: [GeneralName] = []
    for host in hosts {
      let bytes = address(host, AF_INET, size: 4) ?? address(host, AF_INET6, size: 16)
      if bytes?.allSatisfy({ $0 == 0 }) == true { continue }
      let name =
        bytes.map { GeneralName.ipAddress(ASN1OctetString(contentBytes: $0[...])) }
        ?? .dnsName(host)
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// The bytes of an address; nil for a name.
  private static func address(_ text: String, _ family: Int32, size: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: size)
    return inet_pton(family, text, &bytes) == 1 ? bytes : nil
  }
}
