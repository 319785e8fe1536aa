internal import ApplyJournal
internal import BackendInterface
internal import Planning
internal import TargetModel

/// Ending early: signals, and a journal that can't be written.
extension ApplyMachine {
  /// Starts nothing more, with one exception: a re-attachment whose detach was sent is finished,
  /// together with whatever its second half waits for.
  ///
  /// What is under way ends by itself.
  mutating func interrupt() {
    guard !isInterrupted else { return }
    isInterrupted = true
    endAvoidableSteps()
  }

  /// Ends all that has to be finished no more, once the run is interrupted.
  ///
  /// Also called when it is known what became of a request, or of a step: what it made unavoidable may
  /// not be any more, or is for certain.
  mutating func endAvoidableSteps() {
    guard isInterrupted else { return }
    let waiting = undecided
    unavoidable = stepsToFinish { $0.mayHaveTakenEffect }
    undecided = unavoidable.subtracting(
      stepsToFinish { $0.mayHaveTakenEffect && !$0.isOnItsWay })
    for index in runs.indices where !unavoidable.contains(index) {
      switch runs[index].phase {
      case .waiting, .looking, .intending:
        if !runs[index].mayHaveTakenEffect { end(index, .notStarted(.interrupted)) }
      case .submitting, .polling, .verifying, .ended: break
      }
    }
    // A target without its attachment waits for these.
    for index in waiting.subtracting(undecided).sorted() where runs[index].due != nil {
      if case .looking = runs[index].phase { callNow(index) }
    }
  }

  /// The second halves of re-attachments past their detach, and all that these still wait for.
  ///
  /// A detach among those has a second half of its own.
  private func stepsToFinish(behind isTaken: (StepRun) -> Bool) -> Set<Int> {
    var attaches: [String: Int] = [:]
    for (index, run) in runs.enumerated() where run.step.act == .attach {
      attaches[run.step.address.nameKey] = index
    }
    let indexByID = Dictionary(
      runs.enumerated().map { ($1.step.id, $0) }, uniquingKeysWith: { first, _ in first })
    var found: Set<Int> = []
    var open: [Int] = runs.indices.filter { index in
      runs[index].step.act == .detach && (runs[index].isDone || isTaken(runs[index]))
    }
    while let index = open.popLast() {
      guard found.insert(index).inserted else { continue }
      let step = runs[index].step
      if step.act == .detach, let secondHalf = attaches[step.address.nameKey] {
        open.append(secondHalf)
      }
      if !runs[index].isDone { open += step.waitsFor.compactMap { indexByID[$0] } }
    }
    return found
  }

  /// Without a durable intent there is no effect: nothing is started any more, and what is under
  /// way ends.
  mutating func journalFailed(_ reason: String) {
    guard !isJournalBroken else { return }
    noteJournalFailure(reason)
    for index in runs.indices {
      switch runs[index].phase {
      case .waiting, .looking, .intending:
        if !runs[index].mayHaveTakenEffect { end(index, .notStarted(.journalFailed)) }
      case .submitting, .polling, .verifying, .ended: break
      }
    }
    // A lost reply is still settled by reading; `maySend` keeps it from being sent again.
    for index in active {
      if case .intending = runs[index].phase { look(index) }
    }
  }

  mutating func noteJournalFailure(_ reason: String) {
    journalFailure = reason
    tell(.noted("The journal \(reason). Nothing more is started."))
  }

  /// Leaves everything as it stands.
  mutating func abandon() {
    isInterrupted = true
    let underWay = active
    for index in underWay where runs[index].mayHaveTakenEffect {
      let operation = runs[index].operation?.reference.map { " (\($0))" } ?? ""
      end(
        index,
        .failed(
          StepFailure(
            code: "interrupted",
            message: "The run was ended while the operation\(operation) was under way.",
            outcomeIsUnknown: true)))
    }
    for index in runs.indices { end(index, .notStarted(.interrupted)) }
    isOpen = true
  }
}
