internal import BackendInterface
internal import Logs

/// A store of leases whose locks are told to a log.
struct LoggedLeases: LeaseStore {
  let base: any LeaseStore
  let trace: RunTrace

  func acquire(
    _ id: String, for holder: LeaseHolder, expiresAt: Int64, standingStill: LeaseRecord?
  ) async throws(BackendFailure) -> LeaseAttempt {
    try await told { () async throws(BackendFailure) in
      let attempt = try await base.acquire(
        id, for: holder, expiresAt: expiresAt, standingStill: standingStill)
      switch attempt {
      case .granted(let lease): tell(.info, "lock_taken", lease)
      case .takenOver(let lease): tell(.warn, "lock_taken_over", lease)
      case .held(let record): tell(.debug, "lock_held", record.lease)
      }
      return attempt
    }
  }

  func renew(_ lease: Lease, expiresAt: Int64) async throws(BackendFailure) -> Bool {
    try await told { () async throws(BackendFailure) in
      let stands = try await base.renew(lease, expiresAt: expiresAt)
      tell(stands ? .debug : .error, stands ? "lock_renewed" : "lock_lost", lease)
      return stands
    }
  }

  func release(_ lease: Lease) async throws(BackendFailure) {
    try await told { () async throws(BackendFailure) in
      try await base.release(lease)
      tell(.info, "lock_released", lease)
    }
  }

  func leases() async throws(BackendFailure) -> [LeaseRecord] {
    try await told { () async throws(BackendFailure) in try await base.leases() }
  }

  func revoke(_ id: String) async throws(BackendFailure) -> Bool {
    try await told { () async throws(BackendFailure) in
      let isRevoked = try await base.revoke(id)
      trace.log.tell(
        .warn, "lock_revoked",
        [.name("lock", id), .word("found", isRevoked ? "true" : "false")])
      return isRevoked
    }
  }

  private func tell(_ level: LogLevel, _ event: StaticString, _ lease: Lease) {
    trace.log.tell(level, event, [.name("lock", lease.id), .number("token", lease.token)])
  }

  private func told<Answer>(
    _ body: () async throws(BackendFailure) -> Answer
  ) async throws(BackendFailure) -> Answer {
    do throws(BackendFailure) {
      return try await body()
    } catch {
      trace.log.tell(.warn, "lock_failed", error.facts)
      throw error
    }
  }
}
