internal import TargetModel

/// A request, with desired and observed targets brought together by name.
struct PlanningWorld: Sendable {
  let request: PlanningRequest
  /// One for each name, sorted by name.
  let pairs: [TargetPair]
  /// The documents, sorted by name.
  let documents: [ComputeTarget]
  /// What depends on what, as the documents say.
  let dependencies: Dependencies

  private let documentByName: [String: ComputeTarget]
  private let replacedNames: Set<String>

  init(_ request: PlanningRequest) {
    self.request = request
    var observedByName: [String: ObservedTarget] = [:]
    for target in request.observed.targets { observedByName[target.address.nameKey] = target }
    var pairs: [TargetPair] = []
    pairs.reserveCapacity(request.desired.count)
    var documentByName: [String: ComputeTarget] = [:]
    // A second document of one name is refused by the binder; here the one that comes first in the
    // manifests counts, whatever the order of the request.
    let inOrder = request.desired.sorted { ($0.location, $0.address) < ($1.location, $1.address) }
    for target in inOrder {
      let key = target.address.nameKey
      guard documentByName[key] == nil else { continue }
      documentByName[key] = target
      pairs.append(TargetPair(key: key, desired: target, observed: observedByName[key]))
    }
    for target in request.observed.targets where documentByName[target.address.nameKey] == nil {
      pairs.append(TargetPair(key: target.address.nameKey, desired: nil, observed: target))
    }
    self.pairs = pairs.sorted { $0.key < $1.key }
    self.documents = self.pairs.compactMap(\.desired)
    self.documentByName = documentByName
    self.replacedNames = Set(request.replacing.map(\.nameKey))
    self.dependencies = Dependencies(of: documents, byName: documentByName)
  }

  /// The document of a live target's name; nil if no manifest has it.
  func document(named nameKey: String) -> ComputeTarget? { documentByName[nameKey] }

  /// True if a target is to be replaced although nothing demands it.
  func isToBeReplaced(_ document: ComputeTarget) -> Bool {
    replacedNames.contains(document.address.nameKey)
  }

  /// True if a live target carries this stack's mark.
  func owns(_ observed: ObservedTarget) -> Bool { observed.marks.stack == request.stack }

  /// True for a kind in the catalog.
  ///
  /// Others are never touched.
  func knows(_ observed: ObservedTarget) -> Bool { kind(of: observed) != nil }

  /// The kind of a live target, if it is in the catalog.
  func kind(of observed: ObservedTarget) -> KindDescriptor? {
    observed.isKnownKind ? request.catalog[observed.kind] : nil
  }

  /// Whose a live target is, seen from the document of its name.
  func standing(of observed: ObservedTarget, for desired: ComputeTarget?) -> Standing {
    if owns(observed) { return .ours }
    guard observed.marks.stack == nil, let desired, desired.settings.adopt,
      desired.kind.name == observed.kind, observed.isKnownKind
    else { return .foreign }
    return desired.kind.updatesMarks ? .adopting : .ours
  }
}

/// Whose a live target is.
enum Standing: Sendable {
  /// It carries this stack's mark, or the service can't mark it and the reviewed
  /// `berth.adopt: true` of its document stands for the mark.
  case ours
  /// Nobody owns it, and its document takes it over.
  case adopting
  /// Somebody else's, or nobody's. Another stack's mark is respected, adopt or not.
  case foreign
}

/// What is desired and what was observed under one name.
///
/// Names are unique in a workspace, whatever the kind and the case of the letters.
struct TargetPair: Sendable {
  let key: String
  let desired: ComputeTarget?
  let observed: ObservedTarget?
  /// What differs, where both are there and of one kind.
  let comparison: TargetComparison?

  init(key: String, desired: ComputeTarget?, observed: ObservedTarget?) {
    self.key = key
    self.desired = desired
    self.observed = observed
    if let desired, let observed, observed.isKnownKind, desired.kind.name == observed.kind {
      comparison = TargetComparison(desired, with: observed)
    } else {
      comparison = nil
    }
  }
}
