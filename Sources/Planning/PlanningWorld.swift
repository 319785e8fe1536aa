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

  private let replacedNames: Set<String>

  init(_ request: PlanningRequest) {
    self.request = request
    let observed = request.observed.targets.map { (key: $0.nameKey, target: $0) }
      .sorted(byKey: \.key)
    var pairs: [TargetPair] = []
    pairs.reserveCapacity(max(request.desired.count, observed.count))
    var next = 0
    func add(_ key: String, _ document: ComputeTarget?, _ live: ObservedTarget?) {
      pairs.append(TargetPair(key: key, desired: document, observed: live, in: request))
    }
    for document in Self.documents(of: request) {
      while next < observed.count, observed[next].key < document.key {
        add(observed[next].key, nil, observed[next].target)
        next += 1
      }
      var live: ObservedTarget?
      while next < observed.count, observed[next].key == document.key {
        live = observed[next].target
        next += 1
      }
      add(document.key, document.target, live)
    }
    for rest in observed[next...] { add(rest.key, nil, rest.target) }
    self.pairs = pairs
    self.documents = pairs.compactMap(\.desired)
    self.replacedNames = Set(request.replacing.map(\.nameKey))
    self.dependencies = Dependencies(of: documents) { pairs.pair(named: $0)?.desired }
  }

  /// The documents by name, one for each.
  ///
  /// A second document of one name is refused by the binder; here the one that comes first in the
  /// manifests counts, whatever the order of the request.
  private static func documents(
    of request: PlanningRequest
  ) -> [(key: String, target: ComputeTarget)] {
    var documents: [(key: String, target: ComputeTarget)] = []
    documents.reserveCapacity(request.desired.count)
    let named = request.desired.map { (key: $0.nameKey, target: $0) }.sorted(byKey: \.key)
    for document in named {
      guard let last = documents.last, last.key == document.key else {
        documents.append(document)
        continue
      }
      let isFirst =
        (document.target.location, document.target.address)
        < (last.target.location, last.target.address)
      if isFirst { documents[documents.count - 1] = document }
    }
    return documents
  }

  /// What there is under a name.
  func pair(named nameKey: String) -> TargetPair? { pairs.pair(named: nameKey) }

  /// The document of a live target's name; nil if no manifest has it.
  func document(named nameKey: String) -> ComputeTarget? { pair(named: nameKey)?.desired }

  /// True if a target is to be replaced although nothing demands it.
  func isToBeReplaced(_ document: ComputeTarget) -> Bool {
    replacedNames.contains(document.nameKey)
  }

  /// True if a live target carries this stack's mark.
  func owns(_ observed: ObservedTarget) -> Bool { request.owns(observed) }

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
    request.standing(of: observed, for: desired)
  }
}

extension PlanningRequest {
  fileprivate func owns(_ observed: ObservedTarget) -> Bool { observed.owner == stack }

  fileprivate func standing(of observed: ObservedTarget, for desired: ComputeTarget?) -> Standing {
    if owns(observed) { return .ours }
    guard observed.owner == nil, let desired, desired.settings.adopt,
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
///
/// A class only so that looking through ten thousand pairs copies nothing; it never changes.
final class TargetPair: Sendable {
  let key: String
  let desired: ComputeTarget?
  let observed: ObservedTarget?
  /// Whose the live target is; ours where there is none.
  let standing: Standing
  /// What differs, where both are there and of one kind.
  let comparison: TargetComparison?

  init(
    key: String, desired: ComputeTarget?, observed: ObservedTarget?, in request: PlanningRequest
  ) {
    self.key = key
    self.desired = desired
    self.observed = observed
    standing = observed.map { request.standing(of: $0, for: desired) } ?? .ours
    if let desired, let observed, observed.isKnownKind, desired.kind.name == observed.kind {
      comparison = TargetComparison(desired, with: observed)
    } else {
      comparison = nil
    }
  }
}

extension [TargetPair] {
  /// The pair of a name, in a list that is sorted by name.
  fileprivate func pair(named key: String) -> TargetPair? {
    let index = firstIndexSorted { $0.key < key }
    return index < count && self[index].key == key ? self[index] : nil
  }
}
