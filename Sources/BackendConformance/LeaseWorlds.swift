package import BackendInterface

/// A small story about a lock that every store of leases must tell in the same way.
///
///     @Test(arguments: LeaseWorld.all)
///     func `the store conforms`(world: LeaseWorld) async {
///       #expect(await world.violations(of: { store }, letLeaseEnd: { clock.advance() }) == [])
///     }
package struct LeaseWorld: Sendable, CustomStringConvertible {
  /// What it is about, as a sentence.
  package let description: String
  private let walk: @Sendable (inout LeaseVisit) async throws -> Void

  init(_ description: String, walk: @escaping @Sendable (inout LeaseVisit) async throws -> Void) {
    self.description = description
    self.walk = walk
  }

  /// Walks through the world and returns what the store did wrong; nothing if it conforms.
  ///
  /// - Parameters:
  ///   - runner: another runner's way to the same lock, which nobody ever held.
  ///   - letLeaseEnd: lets so much time go by that a lease that was not renewed ends, where the
  ///     store itself ends leases.
  package func violations(
    of runner: @escaping @Sendable () throws -> any LeaseStore,
    letLeaseEnd: @escaping @Sendable () async -> Void
  ) async -> [String] {
    var visit = LeaseVisit(runner: runner, letLeaseEnd: letLeaseEnd)
    do {
      try await walk(&visit)
    } catch {
      visit.blame("\(error)")
    }
    return visit.violations
  }
}

/// One walk through a world of leases, with what was found wrong on the way.
struct LeaseVisit {
  let runner: @Sendable () throws -> any LeaseStore
  let letLeaseEnd: @Sendable () async -> Void
  private(set) var violations: [String] = []
  private var names = 0

  init(
    runner: @escaping @Sendable () throws -> any LeaseStore,
    letLeaseEnd: @escaping @Sendable () async -> Void
  ) {
    self.runner = runner
    self.letLeaseEnd = letLeaseEnd
  }

  mutating func blame(_ violation: String) { violations.append(violation) }

  mutating func expect(_ isAsDue: Bool, _ sentence: String) {
    if !isAsDue { blame("Not true: \(sentence).") }
  }

  func holder(_ who: String) -> LeaseHolder {
    LeaseHolder(
      path: "prod", operation: "apply", who: who, version: "1", createdAt: 1_800_000_000_000,
      info: "https://ci.example/run?a=1&b=<2>")
  }

  /// Tries to take the lease under a name of its own.
  mutating func take(
    _ store: any LeaseStore, as who: String, standingStill: LeaseRecord? = nil
  ) async throws -> LeaseAttempt {
    names += 1
    let digits = String(names, radix: 16)
    let id = String(repeating: "0", count: 32 - digits.count) + digits
    return try await store.acquire(
      id, for: holder(who), expiresAt: 1_800_000_060_000, standingStill: standingStill)
  }

  /// Takes the lease, which must be free.
  mutating func taken(_ store: any LeaseStore, as who: String) async throws -> Lease {
    switch try await take(store, as: who) {
    case .granted(let lease), .takenOver(let lease): return lease
    case .held(let record): throw Unexpected(what: "it is held by \(record.holder.who)")
    }
  }

  /// The holder, who must be there.
  mutating func held(_ store: any LeaseStore, from who: String) async throws -> LeaseRecord {
    guard case .held(let record) = try await take(store, as: who) else {
      throw Unexpected(what: "two leases at once")
    }
    return record
  }

  struct Unexpected: Error { let what: String }
}

extension LeaseWorld {
  /// Every world.
  package static let all: [LeaseWorld] = [
    LeaseWorld("a lease is held by one, who is named, until it is given back") { visit in
      let (one, two) = (try visit.runner(), try visit.runner())
      visit.expect(try await two.leases().isEmpty, "nobody holds it at first")
      let lease = try await visit.taken(one, as: "ana")
      let record = try await visit.held(two, from: "bo")
      visit.expect(record.lease == lease, "the lease that stands is told")
      visit.expect(record.holder == visit.holder("ana"), "its holder is told, word by word")
      visit.expect(try await two.leases() == [record], "everybody sees it")
      try await one.release(lease)
      visit.expect(try await two.leases().isEmpty, "what was given back is gone")
      guard case .granted(let next) = try await visit.take(two, as: "bo") else {
        return visit.blame("What was given back is not free.")
      }
      visit.expect(next.token > lease.token, "tokens grow")
    },

    LeaseWorld("a renewal is seen by others, and only the holder's counts") { visit in
      let (one, two) = (try visit.runner(), try visit.runner())
      let lease = try await visit.taken(one, as: "ana")
      visit.expect(try await one.renew(lease, expiresAt: 1_800_000_090_000), "it is renewed")
      let record = try await two.leases().first
      visit.expect(record?.renewals == 1, "the renewal is counted")
      visit.expect(record?.expiresAt == 1_800_000_090_000, "the end is told")
      let stranger = Lease(id: String(repeating: "f", count: 32), token: lease.token)
      visit.expect(try await !two.renew(stranger, expiresAt: 1), "a stranger's is not renewed")
      try await two.release(stranger)
      visit.expect(try await two.leases().first?.lease == lease, "nor given back")
    },

    LeaseWorld("F17 what is over can't be renewed, and harms nobody") { visit in
      let (one, two) = (try visit.runner(), try visit.runner())
      let lease = try await visit.taken(one, as: "ana")
      try await one.release(lease)
      visit.expect(try await !one.renew(lease, expiresAt: 1), "what was given back is over")
      let next = try await visit.taken(two, as: "bo")
      visit.expect(try await !one.renew(lease, expiresAt: 1), "somebody else has it")
      try await one.release(lease)
      visit.expect(try await one.leases().first?.lease == next, "the other one's stands")
    },

    LeaseWorld("T22 a lease that is ended by force is not renewed any more") { visit in
      let (one, two) = (try visit.runner(), try visit.runner())
      visit.expect(
        try await !two.revoke(String(repeating: "e", count: 32)), "none of this name is ended")
      let lease = try await visit.taken(one, as: "ana")
      visit.expect(
        try await !two.revoke(String(repeating: "e", count: 32)), "nor another one's")
      visit.expect(try await two.revoke(lease.id), "it is ended")
      visit.expect(try await !one.renew(lease, expiresAt: 1), "its holder learns of it")
      await visit.letLeaseEnd()
      let next = try await visit.taken(two, as: "bo")
      visit.expect(next.token > lease.token, "tokens grow")
    },

    LeaseWorld("F17 a holder who stands still is replaced, and one who does not is not") {
      visit in
      let (one, two) = (try visit.runner(), try visit.runner())
      let lease = try await visit.taken(one, as: "ana")
      let seen = try await visit.held(two, from: "bo")
      visit.expect(try await one.renew(lease, expiresAt: 1_800_000_070_000), "it is renewed")
      guard case .held(let again) = try await visit.take(two, as: "bo", standingStill: seen) else {
        return visit.blame("A living lease was taken over.")
      }
      await visit.letLeaseEnd()
      switch try await visit.take(two, as: "bo", standingStill: again) {
      case .held: visit.blame("A lease that stood still is held for ever.")
      case .granted(let next), .takenOver(let next):
        visit.expect(next.token > lease.token, "tokens grow")
        visit.expect(try await !one.renew(lease, expiresAt: 1), "the former holder learns of it")
      }
    },

    LeaseWorld("of many at once one has it") { visit in
      // Each stays to the end: one that is gone leaves its lease to whoever comes late.
      let runners = try (0..<8).map { _ in try visit.runner() }
      let holder = visit.holder("crowd")
      let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
        for (number, runner) in runners.enumerated() {
          group.addTask {
            let attempt = try await runner.acquire(
              String(repeating: "a\(number)", count: 16), for: holder,
              expiresAt: 1_800_000_060_000, standingStill: nil)
            if case .held = attempt { return false }
            return true
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      withExtendedLifetime(runners) {}
      visit.expect(granted == 1, "one of eight has it, not \(granted)")
    },
  ]
}
