internal import FoundationEssentials
internal import SwiftASN1
internal import X509

/// A certificate with its chain and its key, as they stand in PEM text.
struct CertificateChain {
  /// The certificate that the host shows, then those that vouch for it.
  let certificates: [Certificate]
  let key: Certificate.PrivateKey

  /// What can't be read.
  enum Unreadable: Error, Hashable {
    case certificate
    case key
    case encryptedKey
  }

  init(chain: String, key: String) throws(Unreadable) {
    do {
      // A key may stand in the same text; what is no certificate is not our affair here.
      certificates = try PEMDocument.parseMultiple(pemString: chain)
        .filter { $0.discriminator == "CERTIFICATE" }
        .map { try Certificate(pemDocument: $0) }
    } catch {
      throw .certificate
    }
    guard !certificates.isEmpty else { throw .certificate }
    if key.contains("ENCRYPTED") { throw .encryptedKey }
    do {
      self.key = try Certificate.PrivateKey(pemEncoded: key)
    } catch {
      throw .key
    }
  }

  /// The place of the key's own certificate in the chain; nil if it is not there.
  var placeOfOwn: Int? { certificates.firstIndex { $0.publicKey == key.publicKey } }
}

extension Certificate {
  /// When it begins and ends to be valid, in milliseconds since 1970.
  var validity: ClosedRange<Int64> {
    let begin = Int64(notValidBefore.timeIntervalSince1970 * 1_000)
    return begin...max(begin, Int64(notValidAfter.timeIntervalSince1970 * 1_000))
  }

  /// The host names that it is for; only without any the subject's common name counts (RFC 6125).
  var hostNames: [String] {
    let alternatives = (try? extensions.subjectAlternativeNames) ?? nil
    let names = (alternatives.map(Array.init) ?? []).compactMap { name in
      if case .dnsName(let host) = name { host } else { nil }
    }
    return names.isEmpty ? commonNames : names
  }

  private var commonNames: [String] {
    subject.flatMap(Array.init).filter { $0.type == .RDNAttributeType.commonName }
      .compactMap { String($0.value) }
  }

  /// True if it is for a host; a star stands for one label at the beginning (RFC 6125).
  func covers(_ host: String) -> Bool {
    let host = host.lowercased()
    return hostNames.contains { name in
      let name = name.lowercased()
      guard name.hasPrefix("*.") else { return name == host }
      guard let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
      return host[dot...] == name.dropFirst()
    }
  }
}
