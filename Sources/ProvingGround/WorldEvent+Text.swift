internal import ApplyJournal
internal import BackendInterface
internal import Execution
internal import Planning
internal import SimulatorBackend
internal import TargetModel

/// How an event is told, and what of it goes into the digest of a world.
extension WorldEvent {
  /// A number for the case, the run, and a few words that are the same everywhere.
  var digest: (code: Int, party: Int, text: String) {
    switch self {
    case .planned(let party, let assignment): (1, party, "\(assignment.plan.steps.count)")
    case .nothingToDo(let party, _): (24, party, "")
    case .heldStale(let party, _, _): (25, party, "")
    case .proven(let party, _): (26, party, "")
    case .leased(let party, let place, let token, _, _): (2, party, "\(place) \(token)")
    case .released(let party, let place): (3, party, place)
    case .renewed(let party, let place): (18, party, place)
    case .unlockedByForce(let place): (19, 0, place)
    case .stood(let party, let stands): (20, party, stands ? "+" : "")
    case .journalsLost(let stack): (21, 0, stack)
    case .toldDrift(let keys): (22, 0, keys.joined(separator: " "))
    case .asked(let party, let isWrite): (4, party, isWrite ? "w" : "")
    case .paused(let party, _): (5, party, "")
    case .saw(let party, let key, let target, _, _): (6, party, target == nil ? key : key + "+")
    case .sawHolders(let party, let resource, _, _): (7, party, resource)
    case .askedAhead(let party, let key, let isFree): (23, party, isFree ? key : key + "-")
    case .journaled(let party, _): (8, party, "")
    case .sent(let party, let request): (9, party, request.name)
    case .arrived(let party, _, let request, _, _): (10, party, request.name)
    case .portal(let key): (11, 0, key)
    case .effect(let entry): (12, 0, entry.event)
    case .told(let party, _): (13, party, "")
    case .signalled(let party): (14, party, "")
    case .finished(let party, let report, _): (15, party, report.isComplete ? "+" : "")
    case .crashed(let party): (16, party, "")
    case .abandoned(let party): (17, party, "")
    }
  }

  var line: String {
    switch self {
    case .planned(let party, let assignment):
      "run \(party) plans: " + assignment.plan.steps.map(\.wordsWithOrder).joined(separator: ", ")
    case .leased(let party, let place, let token, let from, let wasFree):
      "run \(party) has the lease \(token) on \(place)"
        + (from.map { " after run \($0)" + (wasFree ? ", which is gone" : "") } ?? "")
    case .nothingToDo(let party, _): "run \(party) has nothing to do"
    case .heldStale(let party, let reason, _): "run \(party) holds its plan for stale: \(reason)"
    case .proven(let party, _): "run \(party) says that nothing is left"
    case .renewed(let party, let place): "run \(party) renews its lease on \(place)"
    case .released(let party, let place): "run \(party) gives its lease on \(place) back"
    case .unlockedByForce(let place): "a person ends the lease on \(place)"
    case .stood(let party, let stands): "run \(party) " + (stands ? "stands still" : "goes on")
    case .journalsLost(let stack): "the journals of \(stack) are lost"
    case .toldDrift(let keys): "somebody moved \(keys.joined(separator: " ")), a drift job says"
    case .asked(let party, let isWrite): "run \(party) asks" + (isWrite ? " for a change" : "")
    case .paused(let party, let until): "run \(party) is told to wait until \(until)"
    case .saw(let party, let key, let target, let view, _):
      "run \(party) sees \(key) "
        + (target.map { "\($0.kind) \($0.state.text) \($0.resource?.shown ?? "")" } ?? "nowhere")
        + " as of \(view)"
    case .sawHolders(let party, let resource, let view, _):
      "run \(party) asks who holds \(resource), as of \(view)"
    case .askedAhead(let party, let key, let isFree):
      "run \(party) asks whether \(key) could be made: " + (isFree ? "yes" : "no")
    case .journaled(let party, let record): "run \(party) records \(record)"
    case .sent(let party, let request): "run \(party) sends \(request.act.rawValue) \(request.name)"
    case .arrived(let party, let step, let request, _, _):
      "the service takes \(request.act.rawValue) \(request.name) of run \(party)"
        + (step.map { " (\($0))" } ?? "")
    case .portal(let key): "a person touches \(key)"
    case .effect(let entry): "effect: \(entry.event) \(entry.name) \(entry.resource ?? "")"
    case .told(let party, let event): "run \(party) tells \(event.words)"
    case .signalled(let party): "run \(party) gets a signal"
    case .finished(let party, let report, let elapsed):
      "run \(party) ends after \(elapsed): \(report.isComplete ? "complete" : "not complete")"
    case .crashed(let party): "run \(party) is killed"
    case .abandoned(let party): "run \(party) gets a second signal"
    }
  }
}

extension ApplyEvent {
  fileprivate var words: String {
    switch self {
    case .stepStarted(let step): "\(step.words) has begun"
    case .stepProgressed(let step, let elapsed): "\(step.words) goes on after \(elapsed)"
    case .stepCompleted(let step, let elapsed): "\(step.words) is done after \(elapsed)"
    case .stepFailed(let step, let elapsed, let failure):
      "\(step.words) has failed after \(elapsed): \(failure)"
    case .stepSkipped(let step, let reason): "\(step.words) is not started: \(reason)"
    case .noted(let text): text
    }
  }
}

extension Step {
  fileprivate var words: String { "\(id) \(act.rawValue) \(address)" }

  /// With what it waits for.
  var wordsWithOrder: String {
    words + (waitsFor.isEmpty ? "" : " after " + waitsFor.map(\.description).joined(separator: " "))
  }
}
