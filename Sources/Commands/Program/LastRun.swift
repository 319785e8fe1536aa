internal import ApplyJournal
internal import BackendInterface
internal import Diagnostics
internal import Planning
internal import Reporting
internal import Storage
internal import TargetModel

/// What the journals in a stack's folder tell of earlier applies, and what those were to do.
struct LastRun: Sendable {
  private(set) var history: RunHistory
  /// How long steps took, also those of other stacks of the folder.
  private(set) var usual = UsualDurations()
  /// What the run was to do that did not come to its end, if that is still at hand.
  private(set) var approved: Plan?

  /// Reads the journals of a stack's own folder.
  ///
  /// What can't be read is left aside.
  init(of stack: String, in ownFolder: String) {
    history = RunHistory(of: stack)
    for entries in Self.readJournals(in: ownFolder) {
      history.read(entries)
      usual.read(entries)
    }
    let folder = Self.journals(in: ownFolder)
    approved = history.unfinished.flatMap { Self.plan(of: $0.run, in: folder)?.plan }
  }

  /// Reads the journals again: another run may have gone on meanwhile.
  func historyNow(in ownFolder: String) -> RunHistory {
    var now = RunHistory(of: history.stack)
    for entries in Self.readJournals(in: ownFolder) { now.read(entries) }
    return now
  }

  private static func readJournals(in ownFolder: String) -> [[JournalEntry]] {
    let folder = journals(in: ownFolder)
    // Names tell the second in which a run began, and several may begin in one.
    return JournalFile.names(in: folder)
      .compactMap { try? JournalFile.read($0, in: folder).entries }
      .sorted(byKey: { $0.first?.milliseconds ?? 0 })
  }

  static func journals(in ownFolder: String) -> String { ownFolder + "/journals" }

  /// Keeps the plan of a run beside its journal.
  ///
  /// - Returns: its digest.
  static func keep(
    _ plan: PlanFile, of run: String, in folder: String
  ) throws(FileFailure) -> String {
    try plan.save(to: "\(folder)/\(run)\(JournalFile.planSuffix)", mayReplace: false)
  }

  private static func plan(of run: String, in folder: String) -> PlanFile? {
    guard
      let contents = try? SafeFile.read(
        run + JournalFile.planSuffix, below: folder, limit: PlanFile.sizeLimit)
    else { return nil }
    return try? PlanFile(reading: contents.bytes)
  }

  // MARK: Telling

  /// What became of the requests that nobody knew about, a line each.
  ///
  /// - Parameter ended: how the operations ended that they had begun, as far as that is known.
  func lines(
    seeing observed: [ObservedTarget], _ ended: [StepID: OperationStatus]
  ) -> [String] {
    let live = observed.byName(of: \.address)
    return history.unsettled.map { intent in
      let target = live[intent.address.nameKey]
      let isThere = target?.kind == intent.address.kind
      let words = Self.words(ended[intent.step])
      return "\(intent.address.description.visible): \(Self.verdict(intent.act, isThere))\(words)"
    }
  }

  /// What the service says of an operation that failed.
  private static func words(_ status: OperationStatus?) -> String {
    guard case .failed(let failure) = status else { return "" }
    let request = failure.requestID.map { " Request id: \($0)." } ?? ""
    let advice = failure.advice.map { " " + $0 } ?? ""
    let words = failure.message.sentence(withCode: failure.code) + advice + request
    return " The service says: \(words.visible)"
  }

  private static func verdict(_ act: Act, _ isThere: Bool) -> String {
    switch act {
    case .create: isThere ? "It was created." : "It was not created."
    case .attach: isThere ? "It was attached." : "It was not attached."
    case .detach: isThere ? "It was not detached." : "It was detached."
    case .delete: isThere ? "It was not deleted." : "It was deleted."
    case .update, .start, .stop, .mark:
      isThere ? "The plan tells whether its change took place." : "It is gone."
    }
  }

  /// True if a plan is the rest of the one that was approved: somebody said yes to all of it.
  func approves(_ rest: Plan) -> Bool { approved.map(rest.isRest) ?? false }
}
