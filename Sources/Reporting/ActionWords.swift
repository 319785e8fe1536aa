internal import Diagnostics
internal import Planning
internal import TargetModel

/// The symbols of a plan, in the order of the legend.
enum ActionSymbol: CaseIterable {
  case add
  case update
  case remove
  case replace
  case adopt

  /// The symbol in its three columns.
  var column: String {
    switch self {
    case .add: "  +"
    case .update: "  ~"
    case .remove: "  -"
    case .replace: "-/+"
    case .adopt: "  ="
    }
  }

  var meaning: String {
    switch self {
    case .add: "create or attach"
    case .update: "update in-place (current -> planned)"
    case .remove: "destroy or detach"
    case .replace: "destroy and then create replacement"
    case .adopt: "adopt"
    }
  }

  var paint: TerminalStyle.Paint {
    switch self {
    case .add: .green
    case .update: .yellow
    case .remove, .replace: .red
    case .adopt: .cyan
    }
  }
}

extension Action {
  var symbol: ActionSymbol {
    switch self {
    case .create, .attach: .add
    case .update, .start, .stop, .forget: .update
    case .detach, .delete: .remove
    case .detachThenAttach, .deleteThenCreate, .detachThenCreate, .deleteThenAttach: .replace
    case .adopt: .adopt
    }
  }
}

extension Change {
  /// What will happen, in the fixed words of the conventions.
  var phrase: String {
    switch action {
    case .create: return "will be created"
    case .attach: return "will be attached"
    case .update: return "will be updated in-place"
    case .detachThenAttach:
      let isCluster = address.kind == "aks" || address.kind == "kubernetes"
      return "will be re-attached (the \(isCluster ? "cluster" : "resource") itself is kept)"
    case .deleteThenCreate, .detachThenCreate, .deleteThenAttach:
      return isRequested ? "will be replaced, as requested" : "must be replaced"
    case .detach: return "will be detached"
    case .delete: return "will be destroyed"
    case .adopt: return "will be adopted"
    case .forget: return "will be forgotten (the target itself stays)"
    case .start: return "will be started"
    case .stop: return "will be stopped"
    }
  }

  /// True where the differences below do not tell why.
  var showsReason: Bool {
    switch action {
    case .detach, .delete, .forget, .adopt: true
    case .detachThenAttach, .deleteThenCreate, .detachThenCreate, .deleteThenAttach:
      attributes.allSatisfy { $0.effect == .inPlace }
    case .create, .attach, .update, .start, .stop: false
    }
  }
}
