#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What a service says about the token it wants, in `WWW-Authenticate` (RFC 9110, section 11.6.1).
struct AuthenticationChallenge: Hashable, Sendable {
  /// Words of the challenge, names in lower case.
  let parameters: [String: String]

  /// Reads the first challenge of the scheme `Bearer`; nil if there is none.
  init?(parsing text: String) {
    var rest = text.utf8[...]
    var parameters: [String: String]?
    while !rest.isEmpty {
      rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") || $0 == 9 }
      let word = rest.prefix { Self.isTokenByte($0) }
      guard !word.isEmpty else { break }
      rest = rest[word.endIndex...]
      let name = (String(word) ?? "").lowercased()
      guard rest.first == UInt8(ascii: "=") else {
        // A word without a value begins a challenge.
        if parameters != nil { break }
        if name == "bearer" { parameters = [:] }
        continue
      }
      rest = rest.dropFirst()
      let value = Self.value(&rest)
      parameters?[name] = value
    }
    guard let parameters else { return nil }
    self.parameters = parameters
  }

  /// What the next token must prove, as JSON; nil if the service demands nothing particular.
  var claims: String? {
    guard var text = parameters["claims"] else { return nil }
    text = text.replacing("-", with: "+").replacing("_", with: "/")
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: text),
      let json = String(validating: data, as: UTF8.self), json.hasPrefix("{")
    else { return nil }
    return json
  }

  private static func value(_ rest: inout Substring.UTF8View.SubSequence) -> String {
    var bytes: [UInt8] = []
    guard rest.first == UInt8(ascii: "\"") else {
      let plain = rest.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: " ") }
      rest = rest[plain.endIndex...]
      return String(plain) ?? ""
    }
    rest = rest.dropFirst()
    while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() {
        bytes.append(escaped)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
