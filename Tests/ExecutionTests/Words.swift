import ApplyJournal
import Planning

@testable import Execution

extension JournalRecord {
  /// The record in a word or two.
  var word: String {
    switch self {
    case .started: "started"
    case .intended(let intent): "intended \(intent.step)"
    case .submitted(let step, _): "submitted \(step)"
    case .finished(let step, _): "finished \(step)"
    case .ended(let end): "ended \(end.rawValue)"
    }
  }
}

extension ApplyEvent {
  /// The event in a word or two.
  var word: String {
    switch self {
    case .stepStarted(let step): "started \(step.id)"
    case .stepProgressed(let step, _): "progressed \(step.id)"
    case .stepCompleted(let step, _): "completed \(step.id)"
    case .stepFailed(let step, _, _): "failed \(step.id)"
    case .stepSkipped(let step, _): "skipped \(step.id)"
    case .noted: "noted"
    }
  }
}

extension MachineCommand {
  /// True for what goes to the service.
  var isCall: Bool {
    switch self {
    case .look, .submit, .poll: true
    case .append, .tell: false
    }
  }
}
