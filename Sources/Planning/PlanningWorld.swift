internal import TargetModel

/// A request, with desired and observed targets brought together by name.
struct PlanningWorld: Sendable {
  let request: PlanningRequest
  /// One for each name, sorted by name.
  let pairs: [TargetPair]

  init(_ request: PlanningRequest) {
    self.request = request
    var observedByName: [String: ObservedTarget] = [:]
    for target in request.observed.targets { observedByName[target.address.nameKey] = target }
    var pairs: [TargetPair] = []
    pairs.reserveCapacity(request.desired.count)
    var seen: Set<String> = []
    for target in request.desired {
      let key = target.address.nameKey
      // A second document of one name is refused by the binder; here the first one counts.
      guard seen.insert(key).inserted else { continue }
      pairs.append(TargetPair(key: key, desired: target, observed: observedByName[key]))
    }
    for target in request.observed.targets where !seen.contains(target.address.nameKey) {
      pairs.append(TargetPair(key: target.address.nameKey, desired: nil, observed: target))
    }
    self.pairs = pairs.sorted { $0.key < $1.key }
  }

  /// True if a live target carries this stack's mark.
  func owns(_ observed: ObservedTarget) -> Bool { observed.marks.stack == request.stack }

  /// True if this stack may change a live target that a document names.
  ///
  /// Where the service can't write a mark on a living target, the reviewed `berth.adopt: true`
  /// stands for it; another stack's mark is respected either way.
  func mayChange(_ observed: ObservedTarget, for desired: ComputeTarget) -> Bool {
    owns(observed) || (observed.marks.stack == nil && desired.settings.adopt)
  }
}

/// What is desired and what was observed under one name. Names are unique in a workspace, whatever
/// the kind and the case of the letters.
struct TargetPair: Sendable {
  let key: String
  let desired: ComputeTarget?
  let observed: ObservedTarget?
}
