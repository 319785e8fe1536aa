internal import ApplyJournal
internal import BackendInterface
internal import Planning
internal import TargetModel

/// The way of one step: look, intend, submit, poll, read back.
extension ApplyMachine {
  // MARK: Looking

  mutating func looked(
    _ index: Int, _ result: Result<Look, BackendFailure>, _ now: Duration,
    _ commands: inout [MachineCommand]
  ) {
    switch result {
    case .failure(let failure):
      switch failure.failureClass {
      case .retryable, .throttled, .conflict: retry(index, failure, now, &commands)
      case .denied, .absent, .invalid, .fatal: fail(index, StepFailure(failure), now, &commands)
      }
    case .success(let look):
      switch verdict(on: index, look) {
      case .go:
        progress[index].phase = .intending
        commands.append(.intend(progress[index].step.id))
      case .alreadyDone: complete(index, now, &commands)
      case .stop(let failure): fail(index, failure, now, &commands)
      }
    }
  }

  /// What a fresh look means for a step.
  private enum Verdict {
    case go
    case alreadyDone
    case stop(StepFailure)
  }

  private func verdict(on index: Int, _ look: Look) -> Verdict {
    let step = progress[index].step
    switch step.act {
    case .create, .attach: return verdictOnMaking(index, step, look)
    case .detach, .delete:
      guard let target = look.target else { return .alreadyDone }
      return verdictOnChanging(index, step, target)
    case .update, .start, .stop, .mark:
      guard let target = look.target else {
        return .stop(.precondition("\(step.address) is not in the workspace any more."))
      }
      return verdictOnChanging(index, step, target)
    }
  }

  private func verdictOnMaking(_ index: Int, _ step: Step, _ look: Look) -> Verdict {
    if let target = look.target {
      // Ours, and as it should be: an earlier try took effect although its answer was lost.
      if progress[index].unknownOutcomes > 0, difference(index, target) == nil {
        return .alreadyDone
      }
      return .stop(.precondition("The name is taken: \(target.address) is in the workspace."))
    }
    if let holder = look.holders.first {
      return .stop(
        StepFailure(
          code: "attach-once",
          message: "The resource is attached as \(holder.address); a second attachment would "
            + "break that one."))
    }
    return .go
  }

  /// A living target is touched only if it is the one that the plan was made for.
  private func verdictOnChanging(_ index: Int, _ step: Step, _ target: ObservedTarget) -> Verdict {
    guard target.kind == step.address.kind else {
      return .stop(.precondition("\(target.address) has taken its name."))
    }
    if isFirstOnTarget(step), progress[index].unknownOutcomes == 0,
      let planned = change(of: index)?.precondition,
      planned != target.fingerprint(in: request.catalog)
    {
      return .stop(
        .precondition("\(step.address) was changed by somebody else after the plan was made."))
    }
    return .go
  }

  // MARK: Intent

  mutating func journaled(
    _ index: Int, _ isDurable: Bool, _ now: Duration, _ commands: inout [MachineCommand]
  ) {
    guard isDurable else {
      breakJournal()
      return fail(
        index,
        StepFailure(
          code: "journal-failed", message: "The journal could not be written, so nothing was sent."),
        now, &commands)
    }
    let step = progress[index].step
    if !progress[index].wasTold {
      progress[index].wasTold = true
      commands.append(.tell(.stepStarted(step)))
      commands.append(.tick(step.id, after: limits.progressInterval))
    }
    progress[index].phase = .submitting
    commands.append(.submit(step.id))
  }

  // MARK: The write

  mutating func submitted(
    _ index: Int, _ result: Result<OperationHandle, BackendFailure>, _ now: Duration,
    _ commands: inout [MachineCommand]
  ) {
    let step = progress[index].step
    switch result {
    case .success(let handle):
      commands.append(.record(.submitted(step.id, operation: handle.reference)))
      if handle.reference == nil { return beginReadBack(index, &commands) }
      progress[index].phase = .polling(handle)
      commands.append(.poll(step.id, handle))
    case .failure(let failure):
      switch failure.failureClass {
      case .retryable:
        // The request may have been done: only the target can tell.
        progress[index].phase = .settling
        progress[index].reported = StepFailure(failure, outcomeIsUnknown: true)
        commands.append(.readBack(step.id))
      case .throttled, .conflict:
        progress[index].phase = .looking
        retry(index, failure, now, &commands)
      case .denied, .absent, .invalid, .fatal: fail(index, StepFailure(failure), now, &commands)
      }
    }
  }

  // MARK: Polling

  mutating func polled(
    _ index: Int, _ result: Result<OperationStatus, BackendFailure>, _ now: Duration,
    _ commands: inout [MachineCommand]
  ) {
    let step = progress[index].step
    switch result {
    case .success(.running(let retryAfter)):
      guard !isPastDeadline(index, now) else {
        return fail(
          index,
          StepFailure(
            code: "deadline", message: "The service is still at work on it.",
            outcomeIsUnknown: true), now, &commands)
      }
      commands.append(.wake(step.id, after: retryAfter ?? nextPoll(index)))
      progress[index].polls += 1
    case .success(.succeeded): beginReadBack(index, &commands)
    case .success(.failed(let code, let message)):
      progress[index].reported = StepFailure(code: code, message: message)
      beginReadBack(index, &commands)
    case .failure(let failure):
      switch failure.failureClass {
      case .retryable, .throttled, .conflict: retry(index, failure, now, &commands)
      // A monitor that went away or makes no sense says nothing about the target.
      case .denied, .absent, .invalid, .fatal: beginReadBack(index, &commands)
      }
    }
  }

  private func nextPoll(_ index: Int) -> Duration {
    min(limits.longestPoll, limits.firstPoll * (1 << min(progress[index].polls, 4)))
  }

  private mutating func beginReadBack(_ index: Int, _ commands: inout [MachineCommand]) {
    progress[index].phase = .readingBack
    progress[index].failures = 0
    commands.append(.readBack(progress[index].step.id))
  }

  // MARK: Reading back

  mutating func readBack(
    _ index: Int, _ result: Result<ObservedTarget?, BackendFailure>, _ now: Duration,
    _ commands: inout [MachineCommand]
  ) {
    let target: ObservedTarget?
    switch result {
    case .success(let found): target = found
    case .failure(let failure):
      switch failure.failureClass {
      case .retryable, .throttled, .conflict: return retry(index, failure, now, &commands)
      case .denied, .absent, .invalid, .fatal:
        return fail(index, StepFailure(failure, outcomeIsUnknown: true), now, &commands)
      }
    }
    if let target, target.state.isTransitional {
      guard !isPastDeadline(index, now) else {
        return fail(
          index,
          StepFailure(
            code: "deadline", message: "The service is still at work on it.",
            outcomeIsUnknown: true), now, &commands)
      }
      commands.append(.wake(progress[index].step.id, after: nextPoll(index)))
      progress[index].polls += 1
      return
    }
    guard let difference = outcomeDifference(index, target) else {
      return complete(index, now, &commands)
    }
    if case .settling = progress[index].phase {
      return settle(index, now, &commands)
    }
    fail(index, progress[index].reported ?? difference, now, &commands)
  }

  /// A lost answer, and the target shows no effect: once more, from a fresh look on.
  private mutating func settle(
    _ index: Int, _ now: Duration, _ commands: inout [MachineCommand]
  ) {
    progress[index].unknownOutcomes += 1
    guard progress[index].unknownOutcomes < limits.triesAfterUnknownOutcome else {
      let failure =
        progress[index].reported
        ?? StepFailure(code: "unknown", message: "Its outcome is unknown.", outcomeIsUnknown: true)
      return fail(index, failure, now, &commands)
    }
    let wait = limits.backOff(
      beforeTry: progress[index].unknownOutcomes,
      jitter: Double.random(in: 0.8...1.3, using: &jitter))
    progress[index].phase = .looking
    commands.append(.wake(progress[index].step.id, after: wait))
  }

  /// What still differs from what the step was to bring about; nil if nothing does.
  private func outcomeDifference(_ index: Int, _ target: ObservedTarget?) -> StepFailure? {
    let step = progress[index].step
    switch step.act {
    case .detach, .delete:
      return target == nil
        ? nil : StepFailure(code: "still-there", message: "It is still in the workspace.")
    case .create, .attach, .update, .start, .stop, .mark:
      guard let target else {
        return StepFailure(code: "not-there", message: "It is not in the workspace.")
      }
      return difference(index, target)
    }
  }

  /// Reads every field back: what the service says is a hint, the fields are the truth.
  private func difference(_ index: Int, _ target: ObservedTarget) -> StepFailure? {
    let step = progress[index].step
    let desired = request.desired[step.address]
    switch step.act {
    case .start where target.power != .running, .stop where target.power != .stopped:
      return StepFailure(code: "read-back-differs", message: "Its power state did not change.")
    case .mark:
      let wanted =
        change(of: index)?.action == .forget ? nil : desired?.marks(of: request.plan.stack)
      return target.marks.stack == wanted?.stack
        ? nil : StepFailure(code: "read-back-differs", message: "Its marks did not change.")
    case .start, .stop, .detach, .delete: return nil
    case .create, .attach, .update: break
    }
    if target.state == .failed || target.state == .canceled {
      let reasons = target.errors.joined(separator: " ")
      return StepFailure(
        code: "provisioning-failed",
        message: "The service says '\(target.state.text)'\(reasons.isEmpty ? "." : ": \(reasons)")")
    }
    guard let desired else { return nil }
    let differences = TargetComparison(desired, with: target).differences
    // A field that only a re-attachment changes is not an update's to read back.
    let first = differences.first { step.act != .update || $0.effect == .inPlace }
    return first.map {
      StepFailure(
        code: "read-back-differs",
        message: "'\($0.path)' is not what was asked for after the service said it was done.")
    }
  }

  // MARK: Timers

  mutating func woke(_ index: Int, _ now: Duration, _ commands: inout [MachineCommand]) {
    let id = progress[index].step.id
    switch progress[index].phase {
    case .looking: look(index, now, &commands)
    case .polling(let handle): commands.append(.poll(id, handle))
    case .readingBack, .settling: commands.append(.readBack(id))
    case .waiting, .intending, .submitting, .over: break
    }
  }
}

extension StepFailure {
  fileprivate static func precondition(_ message: String) -> StepFailure {
    StepFailure(code: "precondition-failed", message: message)
  }
}
