internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials

/// Makes keyed, slow fingerprints of secrets, so that a rotation can be seen although nobody ever
/// tells the secret (reliability.md T34).
///
/// A fingerprint is public: it stands in a tag of the live target. The key keeps outsiders from
/// testing guesses against it, and scrypt keeps insiders from testing many. It begins with the id
/// of its key; fingerprints of different keys say nothing about each other.
///
/// The slow part depends on the key and the secret alone, so that thousands of targets with one
/// secret cost no more than one target.
public struct SecretFingerprinter: Sendable {
  private let key: SymmetricKey
  /// Four hexadecimal digits that tell keys apart.
  public let keyID: String
  /// The cost, as scrypt's N.
  private let rounds: Int

  /// - Parameters:
  ///   - key: at least 16 bytes that are not in the repository.
  ///   - rounds: scrypt's N, a power of two. The default takes some tens of milliseconds.
  public init(key: [UInt8], rounds: Int = 1 << 14) {
    self.key = SymmetricKey(data: key)
    self.keyID = String(sha256([0x62] + key).prefix(4))
    self.rounds = rounds
  }

  /// A secret after the slow part, from which fingerprints are made quickly.
  ///
  /// As secret as the secret itself.
  public struct StretchedSecret: Sendable {
    /// Nil where the derivation failed.
    fileprivate let key: SymmetricKey?
  }

  /// Does the slow part for a secret: once, however many places have it.
  public func stretched(_ secret: String) -> StretchedSecret {
    let keyed = HMAC<SHA256>.authenticationCode(for: Data(secret.utf8), using: key)
    // Only wrong parameters fail, and ours are constant.
    return StretchedSecret(
      key: try? KDF.Scrypt.deriveKey(
        from: Data(keyed), salt: Data("berth-secret-v1".utf8), outputByteCount: 32,
        rounds: rounds, blockSize: 8, parallelism: 1))
  }

  /// The fingerprint of a secret in one place.
  ///
  /// The same secret elsewhere has another.
  public func fingerprint(of secret: StretchedSecret, at place: String) -> String {
    // A fingerprint that never matches makes the secret look changed, which is the safe side.
    guard let key = secret.key else { return keyID + "unavailable" }
    return keyID + Self.code(of: place, by: key)
  }

  /// The fingerprint of a value that is no secret, and that the service does not tell either.
  public func fingerprint(ofPublic text: String, at place: String) -> String {
    keyID + Self.code(of: "\(place)\n\(text)", by: key)
  }

  private static func code(of text: String, by key: SymmetricKey) -> String {
    hexadecimal(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key).prefix(8))
  }

  /// True if two fingerprints come from the same key, so that their difference means something.
  public static func areComparable(_ first: String, _ second: String) -> Bool {
    first.prefix(4) == second.prefix(4)
  }
}
