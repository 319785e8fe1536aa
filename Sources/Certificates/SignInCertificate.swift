internal import FoundationEssentials
internal import SwiftASN1
internal import X509

/// A certificate with its key by which a program proves who it is to an authority of tokens.
package struct SignInCertificate: Sendable {
  /// The certificate of the key in DER form, then those that vouch for it in the order of the text.
  package let chain: [[UInt8]]
  /// When it is valid, in milliseconds since 1970.
  package let validity: ClosedRange<Int64>
  /// The key in PEM form.
  package let key: String

  /// Why a text is no certificate to sign in with.
  package enum Failure: Error, Hashable {
    case noCertificate
    case noKey
    case encryptedKey
    case otherKey
  }

  /// Reads certificates and their key from one PEM text, whatever their order.
  package init(pem text: String) throws(Failure) {
    guard !text.contains("ENCRYPTED") else { throw .encryptedKey }
    let documents = (try? PEMDocument.parseMultiple(pemString: text)) ?? []
    let keys = documents.filter { $0.discriminator.hasSuffix("PRIVATE KEY") }
    guard let document = keys.first, keys.count == 1,
      let key = try? Certificate.PrivateKey(pemDocument: document)
    else { throw documents.isEmpty ? .noCertificate : .noKey }
    var certificates = documents.filter { $0.discriminator == "CERTIFICATE" }
    let read = certificates.map { try? Certificate(pemDocument: $0) }
    guard !read.isEmpty, !read.contains(where: { $0 == nil }) else { throw .noCertificate }
    guard let place = read.firstIndex(where: { $0?.publicKey == key.publicKey }),
      let own = read[place]
    else { throw .otherKey }
    certificates.insert(certificates.remove(at: place), at: 0)
    chain = certificates.map(\.derBytes)
    validity = own.validity
    self.key = document.pemString
  }
}

extension SignInCertificate: CustomStringConvertible, CustomReflectable {
  /// Never the key.
  package var description: String { "a certificate of \(chain.count)" }
  /// An empty mirror: nothing to look into.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
