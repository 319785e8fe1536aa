internal import ApplyJournal
internal import Execution
internal import Planning
internal import TargetModel

/// What an apply does when it hears of something, worked out once: worlds have few applies.
extension DuelSearch {
  /// An apply in a state of its own hears of something.
  struct Moment: Hashable {
    let apply: Duel.Key
    let plan: Int
    let event: Int64
  }

  /// What it does then, whatever the rest of the world is like.
  struct Turn {
    let now: Duration
    let calls: [Duel.Call]
    let notes: [Note]
    /// Nil if it is over.
    let next: Duel.Running?
    /// True if it is over and says that everything is done.
    let isComplete: Bool

    /// Which names a record of the journal says were taken away, or given back.
    struct Note {
      var taken: UInt8 = 0
      var restored: UInt8 = 0

      init(_ record: JournalRecord, in plan: Plan) {
        switch record {
        case .intended(let intent) where intent.act == .detach:
          taken = 1 << UInt8(Duel.name(of: intent.address.name))
        case .finished(let id, .done):
          guard let step = plan.steps.first(where: { $0.id == id }), step.act == .attach
          else { return }
          restored = 1 << UInt8(Duel.name(of: step.address.name))
        default: break
        }
      }
    }
  }

  /// Gives an event to an apply, and does what only it notices of what it does next.
  mutating func send(_ event: MachineEvent, to runner: Int, _ duel: inout Duel) {
    guard case .running(let running) = duel.runners[runner].phase else { return }
    let turn = turn(of: running, event, at: duel.runners[runner].now, duel.runners[runner].plan)
    duel.runners[runner].now = turn.now
    for note in turn.notes { duel.runners[runner].note(note) }
    duel.runners[runner].calls += turn.calls
    if let next = turn.next {
      duel.runners[runner].phase = .running(next)
    } else {
      if turn.isComplete { checkCompletion(runner, &duel) }
      finish(runner, &duel)
    }
  }

  private mutating func turn(
    of running: Duel.Running, _ event: MachineEvent, at now: Duration, _ plan: Int
  ) -> Turn {
    let moment = Moment(apply: running.identity, plan: plan, event: event.number)
    if let turn = turns[moment] { return turn }
    let turn = takeTurn(running, event, at: now, plan)
    turns[moment] = turn
    return turn
  }

  private func takeTurn(
    _ running: Duel.Running, _ event: MachineEvent, at now: Duration, _ plan: Int
  ) -> Turn {
    var machine = running.machine
    var calls: [Duel.Call] = []
    var notes: [Turn.Note] = []
    var events = [event]
    while !events.isEmpty {
      for command in machine.handle(events.removeFirst(), at: now) {
        switch command {
        case .tell: break
        case .append(let record):
          notes.append(Turn.Note(record, in: plans[plan]))
          events.append(.journaled(record))
        case .look, .submit, .poll: calls.append(Duel.Call(command))
        }
      }
    }
    return Turn(
      now: now, calls: calls, notes: notes,
      next: machine.isFinished ? nil : Duel.Running(machine),
      isComplete: machine.isFinished && machine.report.isComplete)
  }
}

extension Duel.Runner {
  /// Follows the journal as `RunHistory` does.
  fileprivate mutating func note(_ note: DuelSearch.Turn.Note) {
    stranded.torn = stranded.whole
    stranded.whole = stranded.whole & ~note.restored | note.taken
  }
}
