internal import BackendInterface
internal import TargetModel

/// How much of one quota is used (api.md section 15).
struct QuotaUsage: Hashable, Sendable {
  static let shown = 3

  private let name: String
  private let used: Int
  private let limit: Int

  /// Reads an element of `usages`; nil where it lacks what counts.
  init?(_ element: AttributeValue) {
    guard let used = element["currentValue"]?.integer, let limit = element["limit"]?.integer,
      let name = element["name.localizedValue"]?.text ?? element["name.value"]?.text
    else { return nil }
    self.name = name
    self.used = used
    self.limit = limit
  }

  /// A limit below nothing means that there is none.
  var isUsedUp: Bool { limit >= 0 && used >= limit && used > 0 }

  var sentence: String { "\(name): \(used) of \(limit) used." }

  /// True if a failure is about a quota: synchronous ones have a code for it, those of operations
  /// only words (api.md section 6).
  static func isMeant(by failure: BackendFailure) -> Bool {
    guard failure.failureClass == .invalid || failure.failureClass == .fatal else { return false }
    return ErrorClass.isAboutQuota(code: failure.code, message: failure.message)
      || failure.message.lowercased().contains("quota")
  }
}
