internal import TargetModel

extension PlanningRequest {
  /// Plans for what an earlier plan was about, and for nothing else: to finish what it began.
  public mutating func keep(to approved: Plan) {
    mode = approved.mode
    selection = .only(
      approved.changes.compactMap { AddressPattern($0.address.description) })
    forgivesSelection = true
  }
}

extension Plan {
  /// True if this is what is left of a plan: whoever said yes to that one said yes to all of this.
  public func isRest(of approved: Plan) -> Bool {
    guard approved.mode == mode else { return false }
    let known = Dictionary(
      approved.changes.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
    return changes.allSatisfy { change in
      guard let whole = known[change.address], whole.after == change.after else { return false }
      return change.action == whole.action
        || (change.action.release == nil && change.action.acquisition != nil
          && change.action.acquisition == whole.action.acquisition)
    }
  }
}
