internal import Diagnostics
internal import EmbeddedBackend
internal import Manifests
internal import Planning
internal import Reporting
internal import Storage
internal import TargetModel

/// One of many stacks with its manifests and its workspace, as far as they could be read.
struct OpenedStack: Sendable {
  var stack: StackOfWalk
  /// Nil if something of it can't be used, which is told.
  var session: PlanningSession?
  var observed: Snapshot?
  /// How it ended, if it did not come as far as a plan.
  var status = ExitStatus.success

  /// Opens a stack; what is wrong with it is told.
  static func open(
    _ stack: StackOfWalk, as choice: EnvironmentChoice, access: EmbeddedWorkspace.Access,
    telling findings: [Diagnostic] = []
  ) async -> OpenedStack {
    var opened = OpenedStack(stack: stack)
    var loader = StackLoader(stack.context)
    let session = await PlanningSession.open(
      &loader, from: stack.folder.path, as: choice, access: access)
    loader.findings.append(contentsOf: findings)
    opened.stack.presenter.sources = loader.sources
    stack.record?.loaded(loader)
    opened.stack.presenter.show(loader.findings)
    guard let session, !loader.findings.hasErrors else {
      opened.status = ExitStatus(of: loader.findings)
      return opened
    }
    opened.session = session
    return opened
  }

  /// What the rules between stacks look at; nil if the stack can't be planned.
  var asSeenByOthers: StackOfRun? {
    guard let session, let observed else { return nil }
    return session.stack.asSeenByOthers(from: stack.name, desired: session.desired, observed)
  }
}

extension LoadedStack {
  /// What the rules between stacks look at.
  ///
  /// - Parameter folder: where the stack lies, as people say it.
  func asSeenByOthers(
    from folder: String, desired: [ComputeTarget], _ observed: Snapshot?
  ) -> StackOfRun {
    let place = RepositoryFolder.components(of: storePath).joined(separator: "/")
    return StackOfRun(
      folder: folder, stack: configuration.stack, workspace: configuration.workspace,
      place: configuration.backend.azure == nil ? place : "", desired: desired,
      observed: observed)
  }
}

/// The plans of many stacks, made with an eye on each other.
struct PlansOfStacks: Sendable {
  /// Nil for a stack that could not be read.
  private(set) var results: [PlanningResult?]
  /// For each stack, those whose apply comes before.
  private(set) var waitsFor: [Set<Int>]

  /// - Parameter plan: plans one stack.
  init(
    _ opened: [OpenedStack], atOnce width: Int, mode: PlanMode,
    _ plan: @escaping @Sendable (PlanningSession, Snapshot) -> PlanningResult
  ) async {
    results = await sideBySide(opened, atOnce: width) { each in
      guard let session = each.session, let observed = each.observed else { return nil }
      return plan(session, observed)
    }
    waitsFor = opened.map { _ in [] }
    guard mode == .apply else { return }
    // The rules between stacks know only those that can be planned.
    let seen = opened.map(\.asSeenByOthers)
    let indices = seen.indices.filter { seen[$0] != nil }
    let stacks = seen.compactMap(\.self)
    let moves = MovesAcrossStacks(stacks, indices.map { results[$0]?.plan })
    for (place, index) in indices.enumerated() {
      waitsFor[index] = Set(moves.waitsFor[place].map { indices[$0] })
      guard !moves.elsewhere[place].isEmpty, var session = opened[index].session,
        let observed = opened[index].observed
      else { continue }
      session.elsewhere = moves.elsewhere[place]
      results[index] = plan(session, observed)
    }
    for found in checkAcrossStacks(stacks) + moves.circles(stacks) {
      results[indices[found.stack]]?.findings.append(found.finding)
    }
  }
}
