public import Planning

/// How many targets a plan adds, changes and destroys.
///
/// A replacement or re-attachment counts once among the added and once among the destroyed, so that
/// nobody overlooks a loss; attaching adds, detaching destroys.
public struct PlanCounts: Hashable, Sendable {
  /// Targets that will be made.
  public var add = 0
  /// Targets that will be changed where they stand.
  public var change = 0
  /// Targets that will be taken away.
  public var destroy = 0
  /// Targets that are taken over as they are.
  public var imports = 0
  /// Targets that stay and are no longer ours.
  public var forget = 0
  /// Among the added: those attached and nothing else.
  public var attach = 0
  /// Among the destroyed: those detached and nothing else.
  public var detach = 0
  /// Among the added and the destroyed: those that keep their resource.
  public var reattach = 0

  /// Counts a plan's changes.
  public init(_ plan: Plan) {
    self.init(plan.changes.map(\.action))
  }

  /// Counts actions.
  public init(_ actions: some Sequence<Action>) {
    for action in actions { count(action) }
  }

  private mutating func count(_ action: Action) {
    if action.release != nil { destroy += 1 }
    if action.acquisition != nil { add += 1 }
    switch action {
    case .attach: attach += 1
    case .detach: detach += 1
    case .detachThenAttach: reattach += 1
    case .update, .start, .stop: change += 1
    case .adopt: imports += 1
    case .forget: forget += 1
    case .create, .delete, .deleteThenCreate, .detachThenCreate, .deleteThenAttach: break
    }
  }

  /// `2 to add, 1 to change, 3 to destroy.`, imports before it and what else is special behind it,
  /// in parentheses.
  public var sentence: String {
    let special = [
      (attach, "to attach"), (detach, "to detach"), (reattach, "to re-attach"),
      (forget, "to forget"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let counts =
      (imports > 0 ? "\(imports) to import, " : "")
      + "\(add) to add, \(change) to change, \(destroy) to destroy."
    return special.isEmpty ? counts : "\(counts) (\(special.joined(separator: ", ")))"
  }

  /// `2 added, 1 changed, 3 destroyed.`: the same once it is done.
  public var doneSentence: String {
    (imports > 0 ? "\(imports) imported, " : "")
      + "\(add) added, \(change) changed, \(destroy) destroyed."
  }
}
