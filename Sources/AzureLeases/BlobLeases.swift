public import BackendInterface
public import HTTPExchange

/// A lock that runners anywhere share: the lease on a blob of a storage account.
///
/// The service's own clock ends a lease that is not renewed, so nobody has to be watched, and no
/// clock of a runner decides anything. The blob's content tells who holds it, counts the leases,
/// and remembers what each stack was last applied from; it is written under the lease, over the
/// version that was read, and never without.
///
/// The service of the workspace knows nothing of all this: a write that is on its way when the lease
/// ends is refused by nobody. That is what the margins of `LeaseTimes` are for.
public struct BlobLeases: LeaseStore {
  private let client: BlobClient
  private let workspace: String
  private let now: @Sendable () -> Int64
  private var lease: Lease?

  /// The service takes 15 to 60 seconds.
  private static let duration = LeaseTimes().duration
  private static let tries = 4

  /// The lock of a blob; nothing is sent yet.
  ///
  /// - Parameters:
  ///   - blob: the blob's address, without a query.
  ///   - workspace: the id of the workspace, by which commits are kept apart.
  ///   - clock: measures how long a call takes.
  ///   - now: wall time in milliseconds since 1970; told, and never compared.
  public init(
    at blob: HTTPURL, as access: BlobAccess, of workspace: String,
    over transport: any HTTPTransport,
    clock: any Clock<Duration>, now: @escaping @Sendable () -> Int64,
    randomBytes: @escaping @Sendable (Int) -> [UInt8]
  ) {
    client = BlobClient(
      blob: blob, access: access, transport: transport, clock: clock, now: now,
      randomBytes: randomBytes)
    self.workspace = workspace.lowercased()
    self.now = now
  }

  /// The same, for writing under a lease.
  public func fenced(by lease: Lease) -> BlobLeases {
    var copy = self
    copy.lease = lease
    return copy
  }

  // MARK: Taking

  /// Takes the lease if nobody holds it.
  ///
  /// - Parameter standingStill: of no interest: the service knows best whose lease is over.
  public func acquire(
    _ id: String, for holder: LeaseHolder, expiresAt: Int64, standingStill: LeaseRecord?
  ) async throws(BackendFailure) -> LeaseAttempt {
    let blob = LockBlob(client)
    for _ in 0..<Self.tries {
      switch try await blob.acquire(id, for: Self.duration) {
      case .done:
        if let attempt = try await enter(blob, id, holder, expiresAt) { return attempt }
      case .noBlob: try await blob.create()
      case .held:
        if let record = try await standing(blob) { return .held(record) }
      case .over, .changed: break
      }
    }
    throw .restless
  }

  /// Writes who holds the lease; nil if it is over already.
  private func enter(
    _ blob: LockBlob, _ id: String, _ holder: LeaseHolder, _ expiresAt: Int64
  ) async throws(BackendFailure) -> LeaseAttempt? {
    do throws(BackendFailure) {
      guard let page = try await blob.read() else { return nil }
      let former = page.document.record
      let lease = Lease(id: id, token: page.document.token + 1)
      var document = page.document
      document.token = lease.token
      document.record = LeaseRecord(
        lease: lease, holder: holder, renewals: 0, expiresAt: expiresAt)
      guard case .done = try await blob.write(document, over: page, under: id) else { return nil }
      return former == nil ? .granted(lease) : .takenOver(lease)
    } catch {
      // Nobody should wait for a lease that nobody works under.
      _ = try? await LockBlob(client).release(id)
      throw error
    }
  }

  /// The lease that stands; nil if none does.
  private func standing(_ blob: LockBlob) async throws(BackendFailure) -> LeaseRecord? {
    guard let page = try await blob.read(), page.isLeased else { return nil }
    return page.document.record ?? .untold(page.document.token, at: now(), lasting: Self.duration)
  }

  // MARK: Keeping

  /// Renews a lease; false if it is over.
  ///
  /// One that was not renewed in time, and that nobody took since, stands again.
  public func renew(_ lease: Lease, expiresAt: Int64) async throws(BackendFailure) -> Bool {
    let blob = LockBlob(client)
    guard case .done = try await blob.renew(lease.id) else { return false }
    await tell(of: lease, expiresAt, blob)
    return true
  }

  /// For people who look at the lock; the lease does not depend on it.
  private func tell(of lease: Lease, _ expiresAt: Int64, _ blob: LockBlob) async {
    guard let page = try? await blob.read(), page.document.record?.lease == lease else { return }
    var document = page.document
    document.record?.renewals += 1
    document.record?.expiresAt = expiresAt
    _ = try? await blob.write(document, over: page, under: lease.id)
  }

  /// Gives a lease back.
  public func release(_ lease: Lease) async throws(BackendFailure) {
    let blob = LockBlob(client)
    await forget(lease, blob)
    _ = try await blob.release(lease.id)
  }

  /// Whoever comes next need not wait for what was done last: it was done to its end.
  private func forget(_ lease: Lease, _ blob: LockBlob) async {
    for _ in 0..<Self.tries {
      guard let page = try? await blob.read(), page.document.record?.lease == lease else { return }
      var document = page.document
      document.record = nil
      guard case .changed? = try? await blob.write(document, over: page, under: lease.id) else {
        return
      }
    }
  }

  // MARK: Looking

  /// The lease that stands, if one does.
  public func leases() async throws(BackendFailure) -> [LeaseRecord] {
    let record = try await standing(LockBlob(client))
    return record.map { [$0] } ?? []
  }

  /// Ends a lease whose holder may be alive; false if there is none of this id.
  ///
  /// It can't be renewed any more from now on, and keeps others out as long as its holder may rely
  /// on it: a minute at most. Nobody could stop what that one still sends.
  public func revoke(_ id: String) async throws(BackendFailure) -> Bool {
    let blob = LockBlob(client)
    for _ in 0..<Self.tries {
      guard let page = try await blob.read(), page.isLeased,
        (page.document.record?.lease.id ?? LeaseRecord.untoldID) == id
      else { return false }
      switch try await blob.end(on: page) {
      case .done: return true
      case .noBlob, .over, .held: return false
      case .changed: break
      }
    }
    throw .restless
  }
}

extension BlobLeases: AppliedCommits {
  /// The commit that a stack was last applied from; nil if none is known.
  public func lastApplied(_ stack: String) async throws(BackendFailure) -> AppliedCommit? {
    try await LockBlob(client).read()?.document.applied[key(stack)]
  }

  /// Remembers the commit that a stack is about to be applied from.
  public func note(_ commit: AppliedCommit, of stack: String) async throws(BackendFailure) {
    let blob = LockBlob(client)
    for _ in 0..<Self.tries {
      guard let page = try await blob.read() else {
        guard lease == nil else { throw .leaseLost }
        try await blob.create()
        continue
      }
      var document = page.document
      document.applied[key(stack)] = commit
      switch try await blob.write(document, over: page, under: lease?.id) {
      case .done: return
      case .changed: break
      case .refused: throw lease == nil ? .heldByAnother : .leaseLost
      }
    }
    throw .restless
  }

  private func key(_ stack: String) -> LockDocument.StackKey {
    LockDocument.StackKey(workspace: workspace, stack: stack)
  }
}

extension LeaseRecord {
  fileprivate static let untoldID = "unnamed"

  /// A lease whose holder did not say who it is, or not yet.
  fileprivate static func untold(
    _ token: Int64, at now: Int64, lasting duration: Duration
  ) -> LeaseRecord {
    LeaseRecord(
      lease: Lease(id: untoldID, token: token),
      holder: LeaseHolder(
        path: "(not told)", operation: "(not told)", who: "(not told)", version: "(not told)",
        createdAt: now),
      renewals: 0, expiresAt: now + duration.components.seconds * 1_000)
  }
}

extension BackendFailure {
  fileprivate static let restless = BackendFailure(
    .retryable, code: "LockBusy",
    message: "Others changed the lock's blob each time it was to be changed")
  fileprivate static let heldByAnother = BackendFailure(
    .conflict, code: "LockHeld",
    message: "Somebody else has the lock, so nothing is written to its blob")
}
