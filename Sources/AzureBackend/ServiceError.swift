internal import TargetModel

/// The service's words about what went wrong, read from whatever shape they came in.
///
/// Mostly `{"error": {"code", "message", "details"}}`; but `error` was nested twice before 2019, some
/// operations say `{"code": "OK", "statusCode": 200, "message": "... failed ..."}`, and some say it
/// without any `error` (api.md sections 6 and 11).
struct ServiceError: Hashable, Sendable {
  /// The service's code; nil if it gives none that says anything.
  let code: String?
  /// The service's words; nil if there are none.
  let message: String?

  private static let longest = 4_000
  private static let nesting = 4

  init(in body: AttributeValue?) {
    guard let body else {
      (code, message) = (nil, nil)
      return
    }
    var error = body
    for _ in 0..<Self.nesting {
      guard let inner = Self.entry("error", of: error) ?? Self.entry("odata.error", of: error)
      else { break }
      error = inner
    }
    if let text = error.text {
      (code, message) = (nil, String(text.prefix(Self.longest)))
      return
    }
    let said = Self.word("code", of: error)
    // A failure whose code is "OK" has another code, or none.
    let code = said.flatMap { ["ok", "200"].contains($0.lowercased()) ? nil : $0 }
    let status = Self.entry("statusCode", of: error)?.integer.flatMap { status in
      (200..<300).contains(status) ? nil : "HTTP \(status)"
    }
    self.code = code ?? status
    message = Self.words(of: error)
  }

  /// True if nothing was said at all.
  var isSilent: Bool { code == nil && message == nil }

  private static func words(of error: AttributeValue) -> String? {
    var lines: [String] = []
    if let message = word("message", of: error) { lines.append(message) }
    for detail in entry("details", of: error)?.list?.prefix(3) ?? [] {
      if let message = word("message", of: detail), !lines.contains(message) {
        lines.append(message)
      }
    }
    return lines.isEmpty ? nil : String(lines.joined(separator: " ").prefix(longest))
  }

  private static func word(_ key: String, of value: AttributeValue) -> String? {
    switch entry(key, of: value) {
    case .text(let text): text.isEmpty ? nil : text
    case .integer(let number): String(number)
    // Older services wrap a text in an object with its language.
    case .map(let inner): inner["value"]?.text
    default: nil
    }
  }

  /// Keys come in both cases: `message` and `Message`.
  private static func entry(_ key: String, of value: AttributeValue) -> AttributeValue? {
    guard case .map(let entries)? = Optional(value) else { return nil }
    let found = entries[key] ?? entries[key.prefix(1).uppercased() + key.dropFirst()]
    return found == .null ? nil : found
  }
}
