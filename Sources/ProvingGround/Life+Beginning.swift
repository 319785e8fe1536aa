internal import BackendInterface
internal import ComputeService
internal import SimulatorBackend
internal import TargetModel

/// What a world is before anybody applies anything.
extension Life {
  /// How the service takes what nobody has verified in Azure: mostly in the more dangerous way.
  func drawService() {
    let refusesToDelete = stage.chance(150)
    let refusesUsedNames = stage.chance(150)
    world.with { state in
      state.setUpService { configuration in
        configuration.deletesAttachedResources = !refusesToDelete
        configuration.takesDeletingNames = !refusesUsedNames
      }
    }
  }

  /// Which stores there are: mostly the embedded one, which knows at once when a process is gone and
  /// refuses a write whose lease is over; else one that does neither, beside a service that takes
  /// everything.
  func drawStores() {
    let sharesLease = !stage.chance(300)
    let isEmbedded = !stage.chance(500)
    let removalLimit = stage.chance(80) ? stage.choose(2) : nil
    world.with { state in
      state.sharesLease = sharesLease
      state.setUpStore(isEmbedded: isEmbedded)
      state.checker.removalLimit = removalLimit
    }
  }

  /// Makes what is live at the beginning, in its order; a second attachment breaks the first.
  func settle(_ scene: Scene) async {
    for live in scene.live {
      let fate: OperationFate =
        live.isFailed ? .fails(code: "ProvisioningFailed", message: "No.") : .succeeds
      submit(
        live.document.isAttached
          ? .attach(live.document, marks: live.marks) : .create(live.document, marks: live.marks),
        fate)
    }
    try? await stage.sleep(until: stage.now + .seconds(60))
    for _ in 0..<scene.drifts {
      let choices = (0..<4).map { _ in stage.choose(60) }
      world.with { $0.portal(.portalEdit, choices) }
    }
    if scene.isInProgress, let last = scene.live.last?.document {
      let fate = OperationFate.takes(Int64(20_000 + stage.choose(300_000)))
      submit(last.isAttached ? .detach(name: last.name) : .delete(name: last.name), fate)
    }
    world.with { state in
      for live in scene.live { state.emit(.portal(key: live.document.address.nameKey)) }
    }
  }

  /// Asks the service for something before there is any run.
  private func submit(_ request: WriteRequest, _ fate: OperationFate) {
    world.with { state in
      for request in state.dialect.requests(for: request, current: nil) {
        _ = try? state.service.handle(request, at: state.serviceTime, fate: fate)
      }
    }
  }
}

extension WorldState {
  /// A service in which nothing is yet.
  mutating func setUpService(_ change: (inout SimulatorConfiguration) -> Void) {
    var configuration = Self.configuration
    change(&configuration)
    service = SimulatedService(store: MemoryStore(), configuration: configuration)
  }

  /// A lease store that knows at once when a process is gone and refuses what is over, or one that
  /// does neither.
  mutating func setUpStore(isEmbedded: Bool) {
    (knowsTheDead, isFenced) = (isEmbedded, isEmbedded)
    checker.window = isEmbedded ? .zero : LeaseTimes().window
  }
}
