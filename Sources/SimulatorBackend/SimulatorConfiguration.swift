public import TargetModel

/// How the simulated service behaves, where that can be chosen.
public struct SimulatorConfiguration: Sendable {
  /// The workspace it serves.
  public var workspace: WorkspaceIdentity
  /// The kinds it knows; their tables say what may change.
  public var catalog: KindCatalog
  /// How long an operation takes, in milliseconds.
  public var operationMilliseconds: Int64

  /// A configuration; operations take 200 ms unless said otherwise.
  public init(
    workspace: WorkspaceIdentity, catalog: KindCatalog, operationMilliseconds: Int64 = 200
  ) {
    self.workspace = workspace
    self.catalog = catalog
    self.operationMilliseconds = operationMilliseconds
  }
}
