internal import ApplyJournal
internal import Diagnostics
internal import Planning
internal import Reporting
internal import Storage
internal import TargetModel

/// What the journals of a stack's folder tell of earlier applies.
///
/// Hints and better messages: reality decides, and without a journal the next apply converges as
/// well (reliability.md section 1).
struct LastRun: Sendable {
  /// The run that did not come to its end; nil if the last one did, or none is known.
  private(set) var unfinished: RunHeader?
  /// Its requests of which nobody knows what became.
  private(set) var unsettled: [Intent] = []
  /// The names of targets that an apply took away last, as names compare.
  private(set) var stranded: Set<String> = []
  /// What it was to do, if that is still at hand.
  private(set) var approved: PlanFile?

  /// Reads the journals of a stack's own folder.
  ///
  /// What can't be read is left aside.
  init(of stack: String, in ownFolder: String) {
    let folder = Self.journals(in: ownFolder)
    for name in JournalFile.names(in: folder) {
      guard let reading = try? JournalFile.read(name, in: folder) else { continue }
      let state = JournalState(replaying: reading.entries)
      guard let run = state.run, run.stack == stack else { continue }
      note(reading.entries)
      unfinished = state.end == .complete ? nil : run
      unsettled = state.end == .complete ? [] : state.unsettled
      approved = nil
    }
    if let unfinished { approved = Self.plan(of: unfinished.run, in: folder) }
  }

  static func journals(in ownFolder: String) -> String { ownFolder + "/journals" }

  /// Keeps the plan of a run beside its journal.
  static func keep(_ plan: PlanFile, of run: String, in folder: String) throws(FileFailure) {
    try AtomicFile.write(
      Array(plan.json.utf8), to: "\(folder)/\(run)\(JournalFile.planSuffix)", permissions: 0o600,
      mayReplace: false)
  }

  private static func plan(of run: String, in folder: String) -> PlanFile? {
    guard
      let contents = try? SafeFile.read(
        run + JournalFile.planSuffix, below: folder, limit: PlanFile.sizeLimit)
    else { return nil }
    return try? PlanFile(reading: contents.bytes)
  }

  /// Follows which targets went away and which came back.
  private mutating func note(_ entries: [JournalEntry]) {
    var intents: [StepID: Intent] = [:]
    for entry in entries {
      switch entry.record {
      case .intended(let intent):
        intents[intent.step] = intent
        // Whether it took place, the workspace will show.
        if intent.act.takesAway { stranded.insert(intent.address.nameKey) }
      case .finished(let step, .done):
        if let intent = intents[step], intent.act.brings {
          stranded.remove(intent.address.nameKey)
        }
      case .started, .submitted, .finished, .ended: break
      }
    }
  }

  // MARK: Telling

  /// What became of the requests that nobody knew about, a line each.
  func lines(seeing observed: [ObservedTarget]) -> [String] {
    let live = Dictionary(
      observed.map { ($0.address.nameKey, $0) }, uniquingKeysWith: { first, _ in first })
    return unsettled.map { intent in
      let target = live[intent.address.nameKey]
      let isThere = target?.kind == intent.address.kind
      return "\(intent.address.description.visible): \(Self.verdict(intent.act, isThere))"
    }
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

  // MARK: Approval

  /// True if a plan is the rest of the one that was approved: somebody said yes to all of it.
  func approves(_ rest: Plan) -> Bool {
    guard let approved, approved.plan.mode == rest.mode else { return false }
    let known = Dictionary(
      approved.plan.changes.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
    return rest.changes.allSatisfy { change in
      guard let whole = known[change.address], whole.after == change.after else { return false }
      return change.action == whole.action
        || (change.action.release == nil && change.action.acquisition != nil
          && change.action.acquisition == whole.action.acquisition)
    }
  }
}

extension Act {
  fileprivate var takesAway: Bool { self == .detach || self == .delete }
  fileprivate var brings: Bool { self == .attach || self == .create }
}
