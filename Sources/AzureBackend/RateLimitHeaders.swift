internal import HTTPExchange

/// What the service's headers say about when to come back (api.md sections 6 and 12).
enum RateLimitHeaders {
  /// How many calls of each kind are left, the least that is said of it.
  static func remaining(in headers: HTTPHeaders) -> [CallKind: Int] {
    var found: [CallKind: Int] = [:]
    for (name, value) in headers.lines {
      let name = name.lowercased()
      guard name.hasPrefix("x-ms-ratelimit-remaining-"),
        let kind = endings.first(where: { name.hasSuffix($0.ending) })?.kind,
        let count = Int(value), count >= 0
      else { continue }
      found[kind] = min(found[kind] ?? count, count)
    }
    return found
  }

  private static let endings: [(ending: String, kind: CallKind)] = [
    ("-reads", .read), ("-writes", .write), ("-deletes", .delete),
  ]
}
