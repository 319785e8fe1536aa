internal import BackendInterface
internal import ComputeService
internal import EmbeddedBackend
internal import SimulatorBackend
internal import TargetModel

/// Where the emulated workspaces live.
protocol WorkspaceHost: Sendable {
  /// Answers a request to the service of one workspace.
  ///
  /// - Parameter fate: how the operation goes that it may begin.
  func answer(
    _ request: ServiceRequest, in workspace: WorkspaceIdentity, fate: OperationFate
  ) async throws(ServiceError) -> ServiceResponse
}

/// Workspaces in an embedded workspace's file, which other processes may use at the same time.
struct StoredWorkspaces: WorkspaceHost {
  let file: EmbeddedWorkspace

  func answer(
    _ request: ServiceRequest, in workspace: WorkspaceIdentity, fate: OperationFate
  ) async throws(ServiceError) -> ServiceResponse {
    do {
      return try await file.serving(workspace).answer(request, fate: fate)
    } catch {
      throw ServiceError(500, "InternalServerError", "\(error.message) (\(error.code))")
    }
  }
}

/// Workspaces in memory, no more than fit.
actor MemoryWorkspaces: WorkspaceHost {
  private let catalog: KindCatalog
  private let operationMilliseconds: Int64
  private let now: @Sendable () -> Int64
  private var worlds: [String: SimulatedService<MemoryStore>] = [:]
  /// What the computes take, in bytes of what was sent for them, by workspace and name.
  private var sizes: [String: Int] = [:]
  private var totalSize = 0

  static let mostBytes = 256 << 20
  static let mostComputes = 50_000
  static let mostOperations = 2_000

  init(
    catalog: KindCatalog, operationMilliseconds: Int64, now: @escaping @Sendable () -> Int64
  ) {
    self.catalog = catalog
    self.operationMilliseconds = operationMilliseconds
    self.now = now
  }

  func answer(
    _ request: ServiceRequest, in workspace: WorkspaceIdentity, fate: OperationFate
  ) throws(ServiceError) -> ServiceResponse {
    let key = workspace.resourceID.lowercased()
    var world =
      worlds[key]
      ?? SimulatedService(
        store: MemoryStore(),
        configuration: SimulatorConfiguration(
          workspace: workspace, catalog: catalog, operationMilliseconds: operationMilliseconds))
    // The world is moved, not copied: nobody else holds it meanwhile.
    worlds[key] = nil
    defer { if !request.isRead || !world.store.isEmpty { worlds[key] = world } }
    try makeRoom(for: request, in: key, &world)
    do {
      let response = try world.handle(request, at: now(), fate: fate)
      if !request.isRead { world.store.forgetPast(keeping: Self.mostOperations) }
      return response
    } catch {
      throw ServiceError(500, "InternalServerError", "The emulator failed: \(error)")
    }
  }

  /// Refuses what would not fit.
  private func makeRoom(
    for request: ServiceRequest, in key: String, _ world: inout SimulatedService<MemoryStore>
  ) throws(ServiceError) {
    guard case .put(let name, let body) = request else { return }
    let place = "\(key)/\(name.lowercased())"
    let size = body.approximateSize
    let former = sizes[place] ?? 0
    if totalSize - former + size > Self.mostBytes
      || (former == 0 && sizes.count >= Self.mostComputes)
    {
      forgetGone(in: key, world.store)
      guard totalSize - former + size <= Self.mostBytes,
        former > 0 || sizes.count < Self.mostComputes
      else { throw .full }
    }
    totalSize += size - former
    sizes[place] = size
  }

  /// Computes that are gone take no room; it is enough to look when room is scarce.
  private func forgetGone(in key: String, _ current: MemoryStore) {
    for (place, size) in sizes {
      guard let slash = place.lastIndex(of: "/") else { continue }
      let workspace = String(place[..<slash])
      let store = workspace == key ? current : worlds[workspace]?.store
      if store?.compute(String(place[place.index(after: slash)...])) == nil {
        sizes[place] = nil
        totalSize -= size
      }
    }
  }
}

extension AttributeValue {
  /// The bytes that it takes, roughly.
  fileprivate var approximateSize: Int {
    switch self {
    case .null, .bool, .integer, .number, .secret: 16
    case .text(let text): 16 + text.utf8.count
    case .list(let elements): elements.reduce(16) { $0 + $1.approximateSize }
    case .map(let entries):
      entries.reduce(16) { $0 + 16 + $1.key.utf8.count + $1.value.approximateSize }
    }
  }
}
