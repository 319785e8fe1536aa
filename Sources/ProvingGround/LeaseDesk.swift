internal import BackendInterface
internal import Synchronization

/// Where a world keeps its leases, as one run reaches it: the embedded store's twin in memory,
/// which may be out of reach or lose an answer (reliability.md F19).
struct LeaseDesk: LeaseStore {
  let world: World
  let party: Party
  /// What the lease is on.
  let place: String
  var sabotage: Sabotage?

  func acquire(
    _ id: String, for holder: LeaseHolder, expiresAt: Int64, standingStill: LeaseRecord?
  ) async throws(BackendFailure) -> LeaseAttempt {
    let fault = try await reach()
    let attempt = world.with { state -> LeaseAttempt in
      var row = state.leases[place] ?? LeaseRow()
      if let record = row.record, !state.isFree(row) {
        guard record.isUnchanged(since: standingStill) || sabotage == .takenAtOnce else {
          return .held(record)
        }
      }
      row.token += sabotage == .tokenRepeated && row.token > 0 ? 0 : 1
      let lease = Lease(id: id, token: row.token)
      row.record = LeaseRecord(lease: lease, holder: holder, renewals: 0, expiresAt: expiresAt)
      row.holder = party
      row.isAnswered = fault != .leaseAnswerLost
      let former = state.leases[place]
      let tookFrom = former?.record == nil ? nil : former?.holder
      let wasFree = former.map { state.isFree($0) } ?? true
      state.leases[place] = row
      state.tally.leases += 1
      if !wasFree { state.tally.takeovers += 1 }
      state.emit(
        .leased(party, place, token: row.token, from: tookFrom, wasFree: wasFree))
      return .granted(lease)
    }
    if fault == .leaseAnswerLost { throw .lost }
    return attempt
  }

  func renew(_ lease: Lease, expiresAt: Int64) async throws(BackendFailure) -> Bool {
    if sabotage == .heartbeatStops { return true }
    let fault = try await reach()
    let stands = world.with { state -> Bool in
      guard state.stands(lease, on: place) else { return sabotage == .tokenNotCompared }
      state.leases[place]?.record?.renewals += 1
      state.leases[place]?.record?.expiresAt = expiresAt
      state.emit(.renewed(party, place))
      return true
    }
    if fault == .leaseAnswerLost { throw .lost }
    return stands
  }

  func release(_ lease: Lease) async throws(BackendFailure) {
    if sabotage == .leaseKept { return }
    let fault: Fault?
    do throws(BackendFailure) {
      fault = try await reach()
    } catch {
      world.state.withLock { $0.runs[party]?.isReleaseLost = true }
      throw error
    }
    world.with { state in
      guard state.stands(lease, on: place) else { return }
      state.leases[place]?.record = nil
      state.emit(.released(party, place))
    }
    if fault == .leaseAnswerLost { throw .lost }
  }

  func leases() async throws(BackendFailure) -> [LeaseRecord] {
    world.with { [$0.leases[place]?.record].compactMap(\.self) }
  }

  func revoke(_ id: String) async throws(BackendFailure) -> Bool { false }

  /// A call to the store.
  private func reach() async throws(BackendFailure) -> Fault? {
    if world.state.withLock({ $0.runs[party]?.isDead ?? true }) { throw .dead }
    if world.with({ $0.now < $0.leasesAwayUntil }) { throw .lost }
    guard
      let fault = world.draw([.leaseStoreAway, .leaseAnswerLost, .leaseLatency], for: party)
    else { return nil }
    world.with { $0.tell(fault, of: party) }
    switch fault {
    case .leaseStoreAway:
      let seconds = world.stage.choose(150)
      world.with { $0.leasesAwayUntil = $0.now + .seconds(seconds) }
      throw .lost
    case .leaseLatency:
      try? await world.stage.sleep(
        until: world.stage.now + .milliseconds(50 + world.stage.choose(8000)))
      if world.state.withLock({ $0.runs[party]?.isDead ?? true }) { throw .dead }
    default: break
    }
    return fault
  }
}

/// A place's lease; the token stays when it is over.
struct LeaseRow: Sendable {
  var token: Int64 = 0
  var record: LeaseRecord?
  var holder: Party = 0
  /// False if whoever took it was never told.
  var isAnswered = true
}

extension WorldState {
  /// True if a lease still stands.
  func stands(_ lease: Lease, on place: String) -> Bool { leases[place]?.record?.lease == lease }

  /// True if nobody has it: it was given back, or its process is known to be gone.
  func isFree(_ row: LeaseRow) -> Bool {
    guard row.record != nil else { return true }
    guard knowsTheDead else { return false }
    return !row.isAnswered || runs[row.holder].map { $0.isDead || $0.isGone } ?? true
  }
}
