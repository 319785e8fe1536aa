internal import Crypto
internal import FoundationEssentials

/// The SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits in lower case.
public func sha256(_ text: String) -> String {
  sha256(Array(text.utf8))
}

/// The SHA-256 of some bytes, as 64 hexadecimal digits in lower case.
public func sha256(_ bytes: [UInt8]) -> String {
  hexadecimal(SHA256.hash(data: bytes))
}

/// The SHA-256 of a text's UTF-8 bytes in base 64, as a page's security policy names a script.
package func sha256InBase64(_ text: String) -> String {
  Data(SHA256.hash(data: Array(text.utf8))).base64EncodedString()
}

/// The SHA-256 of some bytes, as its 32 bytes.
package func sha256Bytes(_ bytes: [UInt8]) -> [UInt8] {
  Array(SHA256.hash(data: bytes))
}

/// The SHA-256 of bytes that come piece by piece.
package struct GrowingSHA256 {
  private var hash = SHA256()

  package init() {}

  /// Takes what comes next.
  package mutating func take(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  /// The hash of all that was taken, as 64 hexadecimal digits in lower case.
  package var text: String { hexadecimal(hash.finalize()) }
}

/// Some bytes, two hexadecimal digits in lower case each.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
