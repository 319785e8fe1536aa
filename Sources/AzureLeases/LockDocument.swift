internal import BackendInterface
internal import TargetModel

/// What a lock's blob says: who holds it, the counter of leases, and what stacks were applied from.
struct LockDocument: Hashable, Sendable {
  /// The fencing token of the latest lease; it never goes back.
  var token: Int64 = 0
  /// The latest lease, unless it was given back.
  var record: LeaseRecord?
  /// By workspace and stack.
  var applied: [StackKey: AppliedCommit] = [:]

  /// A stack of a workspace.
  struct StackKey: Hashable, Sendable {
    let workspace: String
    let stack: String
  }

  private static let format = "berth-lock"
  private static let version = 1

  /// A lock that nobody ever held.
  init() {}

  /// Reads what a blob says; an empty one was never held.
  ///
  /// What is not ours is refused: somebody's data would be lost by writing over it.
  init(_ bytes: [UInt8]) throws(BackendFailure) {
    guard !bytes.isEmpty else { return }
    guard let json = try? AttributeValue(json: bytes), json["format"]?.text == Self.format,
      let token = json["token"]?.integer, token >= 0
    else { throw .foreignContent }
    guard json["version"]?.integer == Self.version else { throw .laterVersion }
    self.token = Int64(token)
    if let lease = json["lease"], lease != .null {
      guard let record = LeaseRecord(lease, token: self.token) else { throw .foreignContent }
      self.record = record
    }
    for entry in json["applied"]?.list ?? [] {
      guard let key = StackKey(entry), let commit = AppliedCommit(entry) else {
        throw .foreignContent
      }
      applied[key] = commit
    }
  }

  /// The document as the blob's content.
  var bytes: [UInt8] {
    let commits = applied.sorted { $0.key.order < $1.key.order }.map { $0.value.json(of: $0.key) }
    let json: AttributeValue = [
      "format": .text(Self.format), "version": .integer(Self.version),
      "token": .integer(Int(token)), "lease": record?.json ?? .null, "applied": .list(commits),
    ]
    return Array((json.prettyJSON + "\n").utf8)
  }
}

extension LockDocument.StackKey {
  fileprivate var order: String { "\(workspace)\n\(stack)" }

  fileprivate init?(_ json: AttributeValue) {
    guard let workspace = json["workspace"]?.text, let stack = json["stack"]?.text else {
      return nil
    }
    self.init(workspace: workspace, stack: stack)
  }
}

extension LeaseRecord {
  fileprivate init?(_ json: AttributeValue, token: Int64) {
    guard let id = json["id"]?.text, let path = json["path"]?.text,
      let operation = json["operation"]?.text, let who = json["who"]?.text,
      let version = json["version"]?.text, let created = json["created"]?.integer,
      let expires = json["expires"]?.integer, let renewals = json["renewals"]?.integer
    else { return nil }
    self.init(
      lease: Lease(id: id, token: token),
      holder: LeaseHolder(
        path: path, operation: operation, who: who, version: version, createdAt: Int64(created),
        info: json["info"]?.text),
      renewals: Int64(renewals), expiresAt: Int64(expires))
  }

  fileprivate var json: AttributeValue {
    [
      "id": .text(lease.id), "path": .text(holder.path), "operation": .text(holder.operation),
      "who": .text(holder.who), "version": .text(holder.version),
      "created": .integer(Int(holder.createdAt)), "expires": .integer(Int(expiresAt)),
      "renewals": .integer(Int(renewals)),
      "info": holder.info.map(AttributeValue.text) ?? .null,
    ]
  }
}

extension AppliedCommit {
  fileprivate init?(_ json: AttributeValue) {
    guard let id = json["commit"]?.text, let committed = json["committed"]?.integer,
      let who = json["who"]?.text, let applied = json["at"]?.integer
    else { return nil }
    self.init(id: id, committedAt: Int64(committed), who: who, appliedAt: Int64(applied))
  }

  fileprivate func json(of key: LockDocument.StackKey) -> AttributeValue {
    [
      "workspace": .text(key.workspace), "stack": .text(key.stack), "commit": .text(id),
      "committed": .integer(Int(committedAt)), "who": .text(who), "at": .integer(Int(appliedAt)),
    ]
  }
}

extension BackendFailure {
  fileprivate static let foreignContent = BackendFailure(
    .fatal, code: "NotALock",
    message: "The lock's blob holds something that Berth did not write",
    advice: "Name another blob in 'lock.url', one that nobody else uses.")
  fileprivate static let laterVersion = BackendFailure(
    .fatal, code: "LaterLock",
    message: "The lock's blob was written by a later version of Berth",
    advice: "Use that version here too.")
}
