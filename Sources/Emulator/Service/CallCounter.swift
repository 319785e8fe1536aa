/// Counts the calls of each subscription against its limits.
struct CallCounter {
  let limits: CallLimits
  private var buckets: [String: Level] = [:]
  /// Subscriptions beyond this many share no memory with earlier ones: they are forgotten.
  private static let mostSubscriptions = 1_000

  private struct Level {
    /// In thousandths of a call.
    var rest: Int64
    var at: Int64
  }

  init(_ limits: CallLimits) { self.limits = limits }

  enum Verdict: Equatable {
    /// So many more are left; the name of the header that tells.
    case allowed(left: Int, header: String)
    /// None was left; after so many seconds there is one again.
    case refused(seconds: Int64, header: String)
  }

  mutating func count(_ method: String, of subscription: String, at now: Int64) -> Verdict {
    let (word, bucket) = kind(of: method)
    let key = "\(subscription.lowercased()) \(word)"
    let header = "x-ms-ratelimit-remaining-subscription-\(word)"
    let full = Int64(bucket.size) * 1_000
    var level = buckets[key] ?? Level(rest: full, at: now)
    let gained = max(0, min(now - level.at, 3_600_000)) * Int64(bucket.perSecond)
    level = Level(rest: min(full, level.rest + gained), at: now)
    if buckets.count >= Self.mostSubscriptions * 3, buckets[key] == nil { buckets.removeAll() }
    guard level.rest >= 1_000 else {
      buckets[key] = level
      guard limits.areEnforced else { return .allowed(left: 0, header: header) }
      let missing = 1_000 - level.rest
      let speed = Int64(max(1, bucket.perSecond))
      return .refused(seconds: max(1, missing / speed / 1_000), header: header)
    }
    level.rest -= 1_000
    buckets[key] = level
    return .allowed(left: Int(level.rest / 1_000), header: header)
  }

  private func kind(of method: String) -> (String, CallLimits.Bucket) {
    switch method {
    case "GET", "HEAD": ("reads", limits.reads)
    case "DELETE": ("deletes", limits.deletes)
    default: ("writes", limits.writes)
    }
  }
}
