public import BackendInterface
internal import GRDB
internal import Synchronization

/// The leases on an embedded workspace, kept in its own file.
///
/// A lease whose process is gone may be taken over at once, one whose process is alive only when it
/// stood still for long enough. Where writes go elsewhere, that is told as a takeover: a process can
/// be gone before its last write has arrived.
public final class EmbeddedLeases: LeaseStore {
  private let workspace: EmbeddedWorkspace
  private let writesGoElsewhere: Bool
  private let held = Mutex<[String: HolderFile]>([:])

  init(of workspace: EmbeddedWorkspace, writesGoElsewhere: Bool) {
    self.workspace = workspace
    self.writesGoElsewhere = writesGoElsewhere
  }

  /// The figures of these leases: what was written shows at once.
  public static var times: LeaseTimes {
    var times = LeaseTimes()
    times.window = .zero
    return times
  }

  /// Takes the lease if nobody holds it, or if its holder is known to be gone.
  public func acquire(
    _ id: String, for holder: LeaseHolder, expiresAt: Int64, standingStill: LeaseRecord?
  ) async throws(BackendFailure) -> LeaseAttempt {
    let path = workspace.path
    guard let file = HolderFile(of: id, beside: path) else {
      throw BackendFailure(
        .fatal, code: "LeaseFileFailed",
        message: "The file '\(HolderFile.path(of: id, beside: path))' can't be made and locked.")
    }
    let writesGoElsewhere = writesGoElsewhere
    let attempt = try await workspace.inLeases { rows, workspace -> LeaseAttempt in
      var mayShowLater = false
      if let record = try rows.record(of: workspace) {
        let isGone = HolderFile.isAbandoned(record.lease.id, beside: path)
        guard isGone || record.isUnchanged(since: standingStill) else {
          return .held(record)
        }
        if isGone { HolderFile.remove(record.lease.id, beside: path) }
        // Whoever watched a living holder stand still waits by itself.
        mayShowLater = isGone && writesGoElsewhere
      }
      let lease = try rows.put(id, on: workspace, for: holder, expiresAt: expiresAt)
      return mayShowLater ? .takenOver(lease) : .granted(lease)
    }
    switch attempt {
    case .granted, .takenOver: held.withLock { $0[id] = file }
    case .held: break
    }
    return attempt
  }

  /// Renews a lease; false if it is over.
  public func renew(_ lease: Lease, expiresAt: Int64) async throws(BackendFailure) -> Bool {
    try await workspace.inLeases { rows, workspace in
      try rows.renew(lease, on: workspace, expiresAt: expiresAt)
    }
  }

  /// True as long as a lease was neither given back nor taken away, for writes that go elsewhere.
  public func stands(_ lease: Lease) async throws(BackendFailure) -> Bool {
    try await workspace.inLeases { rows, workspace in
      try rows.stands(lease, on: workspace)
    }
  }

  /// Gives a lease back.
  public func release(_ lease: Lease) async throws(BackendFailure) {
    _ = try await workspace.inLeases { rows, workspace in
      try rows.stands(lease, on: workspace) ? rows.end(lease.id) : false
    }
    // Closing the file tells the next one that nobody is alive, so it comes last.
    held.withLock { $0[lease.id] = nil }
  }

  /// The leases that stand in the file, in the order of their workspaces; those of processes that
  /// are gone are left out.
  public func leases() async throws(BackendFailure) -> [LeaseRecord] {
    let path = workspace.path
    return try await workspace.readLeases().filter {
      !HolderFile.isAbandoned($0.lease.id, beside: path)
    }
  }

  /// Ends a lease whose holder may be alive; false if there is none of this id.
  public func revoke(_ id: String) async throws(BackendFailure) -> Bool {
    try await workspace.inLeases { rows, _ in try rows.end(id) }
  }
}
