internal import BackendInterface
internal import Diagnostics
internal import EmbeddedBackend
internal import Planning
internal import Reporting
internal import TargetModel

/// Plans, and tells of one target what would be done and why: `berth explain ADDR`.
///
/// Reads only.
struct PlannedTarget {
  let address: TargetAddress
  let common: CommonOptions
  let choice: EnvironmentChoice
  let printsJSON: Bool

  /// - Parameter unknown: what is told if there is no such target; it is given the addresses that
  ///   there are.
  func explain(
    in context: CommandContext, unknown: ([String]) -> Diagnostic
  ) async -> ExitStatus {
    var loader = StackLoader(context)
    var presenter = Presenter(context, common)
    let session = await PlanningSession.open(
      &loader, from: common.folder(in: context), as: choice, access: .readIfPresent)
    presenter.sources = loader.sources
    presenter.show(loader.findings)
    guard let session, !loader.findings.hasErrors else { return ExitStatus(of: loader.findings) }
    let observed: Snapshot
    do {
      observed = try await session.observe()
    } catch {
      presenter.show(.backend(error, doing: "Reading the workspace"))
      return .failure
    }
    let result = session.plan(observed, mode: .apply)
    let document = session.desired.first { $0.address.isSame(as: address) }
    let live = observed.targets.first { $0.address.isSame(as: address) }
    guard let found = document?.address ?? live?.address else {
      let known = session.desired.map(\.address) + observed.targets.map(\.address)
      presenter.show(unknown(Set(known.map(\.description)).sorted()))
      return .failure
    }
    let explanation = TargetExplanation(
      of: found, in: result, document: document, live: live)
    context.printExplanation(printsJSON ? explanation.json : nil, explanation.text)
    return .success
  }
}

extension TargetAddress {
  /// True if both are of one kind and have names that the service takes for one.
  fileprivate func isSame(as other: TargetAddress) -> Bool {
    kind == other.kind && nameKey == other.nameKey
  }
}
