internal import ComputeService
internal import SimulatorBackend
internal import TargetModel

/// Workspaces in memory, no more than fit.
actor MemoryWorkspaces: WorkspaceHost {
  private let configuration: EmulatorConfiguration
  private let remainsMilliseconds: Int64
  private let now: @Sendable () -> Int64
  private var worlds: [String: SimulatedService<MemoryStore>] = [:]
  /// What is kept under each name, in bytes, as it was after the last write.
  private var sizes: [Place: Int] = [:]
  private var totalSize = 0
  private var lastCount = Int64.min

  private struct Place: Hashable {
    let workspace: String
    let name: String
  }

  /// Of each workspace, as long as there are few; the eldest that are over are forgotten.
  static let mostOperations = 2_000
  /// How often it is looked what of the room is free again, in milliseconds.
  private static let countInterval: Int64 = 1_000

  /// - Parameter remainsMilliseconds: how long what was deleted lies under its name.
  init(
    _ configuration: EmulatorConfiguration, remainsMilliseconds: Int64,
    now: @escaping @Sendable () -> Int64
  ) {
    self.configuration = configuration
    self.remainsMilliseconds = remainsMilliseconds
    self.now = now
  }

  func answer(
    _ request: ServiceRequest, in workspace: WorkspaceIdentity, fate: OperationFate
  ) throws(ServiceError) -> ServiceResponse {
    let key = workspace.resourceID.lowercased()
    var world = worlds[key] ?? emptyWorld(of: workspace)
    let place = request.nameToWrite.map { Place(workspace: key, name: $0.lowercased()) }
    if let place { try makeRoom(for: request, at: place) }
    // The world is moved, not copied: nobody else holds it meanwhile.
    worlds[key] = nil
    defer { if !world.store.isEmpty { worlds[key] = world } }
    do {
      let response = try world.handle(request, at: now(), fate: fate)
      if let place, response.isSuccess {
        world.store.forgetPast(keeping: max(50, Self.mostOperations / (1 + worlds.count / 10)))
        book(world.store.approximateSize(of: place.name), at: place)
      }
      return response
    } catch {
      throw ServiceError(500, "InternalServerError", "The emulator failed: \(error)")
    }
  }

  func keeps(_ workspace: WorkspaceIdentity) -> Bool {
    worlds[workspace.resourceID.lowercased()] != nil
  }

  private func emptyWorld(of workspace: WorkspaceIdentity) -> SimulatedService<MemoryStore> {
    var simulator = SimulatorConfiguration(
      workspace: workspace, catalog: configuration.catalog,
      operationMilliseconds: configuration.operationMilliseconds)
    simulator.remainsMilliseconds = remainsMilliseconds
    return SimulatedService(store: MemoryStore(), configuration: simulator)
  }

  // MARK: Room

  /// Refuses what would not fit.
  private func makeRoom(for request: ServiceRequest, at place: Place) throws(ServiceError) {
    let size = request.approximateSize
    guard size > 0, !fits(size, at: place) else { return }
    recount()
    guard fits(size, at: place) else { throw .full }
  }

  private func fits(_ size: Int, at place: Place) -> Bool {
    totalSize + size <= configuration.room.bytes
      && (sizes[place] != nil || sizes.count < configuration.room.computes)
  }

  private func book(_ size: Int, at place: Place) {
    totalSize += size - (sizes[place] ?? 0)
    sizes[place] = size == 0 ? nil : size
  }

  /// What went by itself, at the end of an operation, takes no room; it is enough to look when room
  /// is scarce, and then not with every request.
  private func recount() {
    let time = now()
    guard lastCount > time || lastCount < time - Self.countInterval else { return }
    lastCount = time
    // Operations that are over have their effect when a world is next asked for something.
    for key in Array(worlds.keys) {
      _ = try? worlds[key]?.handle(.page(after: nil, limit: 0), at: time)
    }
    for place in Array(sizes.keys) {
      book(worlds[place.workspace]?.store.approximateSize(of: place.name) ?? 0, at: place)
    }
  }
}
