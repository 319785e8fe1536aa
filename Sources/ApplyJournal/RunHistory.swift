public import Planning
internal import TargetModel

/// What the journals of a stack tell of earlier applies, read one after the other.
///
/// Hints and better messages: reality decides, and without a journal the next apply converges as
/// well (reliability.md section 1).
public struct RunHistory: Hashable, Sendable {
  /// The stack; other stacks' journals are passed over.
  public let stack: String
  /// The run that did not come to its end; nil if the last one did, or none is known.
  public private(set) var unfinished: RunHeader?
  /// Its requests of which nobody knows what became.
  public private(set) var unsettled: [Intent] = []
  /// The operations that those requests began, as the service names them, where that is known.
  public private(set) var operations: [StepID: String] = [:]
  /// The names of targets that an apply took away last, as names compare.
  ///
  /// They come first (`PlanningRequest.stranded`).
  public private(set) var stranded: Set<String> = []

  /// Those of them that were deleted, not detached: for a while something may be left of them
  /// (`ApplyRequest.deletedNames`).
  public private(set) var deleted: Set<String> = []

  /// A history without journals.
  public init(of stack: String) { self.stack = stack }

  /// Takes the next journal, as far as it could be read; later ones come later.
  public mutating func read(_ entries: [JournalEntry]) {
    let state = JournalState(replaying: entries)
    guard let run = state.run, run.stack == stack else { return }
    note(entries)
    unfinished = state.end == .complete ? nil : run
    unsettled = state.end == .complete ? [] : state.unsettled
    operations = [:]
    for intent in unsettled { operations[intent.step] = state.operation(of: intent.step) }
  }

  /// Adds what was taken away as an earlier reading of the same journals told it.
  ///
  /// What is missing from a list that was read between the two may be there again by now.
  public mutating func keepRemovals(of earlier: RunHistory) {
    stranded.formUnion(earlier.stranded)
    deleted.formUnion(earlier.deleted)
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
        if intent.act == .delete { deleted.insert(intent.address.nameKey) }
      case .finished(let step, .done):
        if let intent = intents[step], intent.act.brings {
          stranded.remove(intent.address.nameKey)
          deleted.remove(intent.address.nameKey)
        }
      case .started, .submitted, .finished, .ended: break
      }
    }
  }
}

extension Act {
  fileprivate var takesAway: Bool { self == .detach || self == .delete }
  fileprivate var brings: Bool { self == .attach || self == .create }
}
