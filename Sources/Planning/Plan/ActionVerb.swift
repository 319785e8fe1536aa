extension Action {
  /// What it does to a target, as a verb.
  package var verb: String {
    switch self {
    case .create: "create"
    case .attach: "attach"
    case .update: "update"
    case .detachThenAttach: "re-attach"
    case .deleteThenCreate, .detachThenCreate, .deleteThenAttach: "replace"
    case .detach: "detach"
    case .delete: "delete"
    case .adopt: "adopt"
    case .forget: "forget"
    case .start: "start"
    case .stop: "stop"
    }
  }
}
