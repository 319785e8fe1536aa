public import BackendInterface
public import TargetModel

/// How the simulated service behaves, where that can be chosen.
public struct SimulatorConfiguration: Sendable {
  /// The workspace it serves.
  public var workspace: WorkspaceIdentity
  /// The kinds it knows; their tables say what may change.
  public var catalog: KindCatalog
  /// How long an operation takes, in milliseconds.
  ///
  /// An attach takes half of it, so that one which does not wait for the end of a detach comes
  /// first and does its damage.
  public var operationMilliseconds: Int64
  /// Operations that take another time.
  public var durations: [StoredOperation.Effect: Int64] = [:]
  /// Whether `Delete` of an attachment is taken, and destroys the resource behind it.
  ///
  /// Nobody has verified what the real service does, so this is the dangerous way.
  public var deletesAttachedResources = true
  /// How long, in milliseconds, the machines of what was deleted still lie under its name.
  ///
  /// A creation within that time finds them again: it echoes what was sent, and comes back with
  /// every fixed field as it was (api.md section 8). As long as an operation takes, unless said
  /// otherwise; 0 for a service that forgets at once.
  public var remainsMilliseconds: Int64
  /// Whether a creation is taken under the name of what is being deleted.
  ///
  /// Then nothing is deleted, and what was there comes back. Nobody has verified what the real
  /// service does, so this is the dangerous way.
  public var takesDeletingNames = true

  /// A configuration; operations take 200 ms unless said otherwise.
  public init(
    workspace: WorkspaceIdentity, catalog: KindCatalog, operationMilliseconds: Int64 = 200
  ) {
    self.workspace = workspace
    self.catalog = catalog
    self.operationMilliseconds = operationMilliseconds
    remainsMilliseconds = operationMilliseconds
  }

  /// When absence counts: once the longest removal is over and nothing remains of it.
  public var consistency: ConsistencyTimes {
    let removal = max(duration(of: .delete), duration(of: .detach))
    return ConsistencyTimes(
      window: .milliseconds(removal + remainsMilliseconds + removal / 2),
      spacing: .milliseconds(removal / 2))
  }

  func duration(of effect: StoredOperation.Effect) -> Int64 {
    durations[effect] ?? (effect == .attach ? operationMilliseconds / 2 : operationMilliseconds)
  }
}

/// How the operation that a request begins will go.
public enum OperationFate: Hashable, Sendable {
  /// As the configuration says.
  case succeeds
  /// It has no effect but that of a failure: a target that never came stands as `Failed`. After so
  /// many milliseconds, or as the configuration says.
  case fails(code: String, message: String, after: Int64? = nil)
  /// It takes so many milliseconds.
  case takes(Int64)
  /// It never ends.
  case hangs
}
