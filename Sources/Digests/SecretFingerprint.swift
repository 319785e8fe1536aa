internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials

/// Makes keyed, slow fingerprints of secrets, so that a rotation can be seen although nobody ever
/// tells the secret (reliability.md T34).
///
/// A fingerprint is public: it stands in a tag of the live target. The key keeps outsiders from
/// testing guesses against it, and scrypt keeps insiders from testing many. It begins with the id
/// of its key; fingerprints of different keys say nothing about each other.
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

  /// The fingerprint of a secret in one place.
  ///
  /// The same secret elsewhere has another.
  public func fingerprint(of secret: String, at place: String) -> String {
    let keyed = HMAC<SHA256>.authenticationCode(for: Data(secret.utf8), using: key)
    let salt = SHA256.hash(data: Data("berth-secret-v1\n\(place)".utf8))
    do {
      let derived = try KDF.Scrypt.deriveKey(
        from: Data(keyed), salt: Data(salt), outputByteCount: 8, rounds: rounds, blockSize: 8,
        parallelism: 1)
      return keyID + derived.withUnsafeBytes { hexadecimal($0) }
    } catch {
      // Only wrong parameters fail, and ours are constant. A fingerprint that never matches makes
      // the secret look changed, which is the safe side.
      return keyID + "unavailable"
    }
  }

  /// True if two fingerprints come from the same key, so that their difference means something.
  public static func areComparable(_ first: String, _ second: String) -> Bool {
    first.prefix(4) == second.prefix(4)
  }
}
