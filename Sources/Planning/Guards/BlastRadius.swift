package import Diagnostics
internal import TargetModel

/// `blast-radius`: one plan takes away only so much of what the stack manages.
///
/// Law: a larger removal is never judged milder.
func checkBlastRadius(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ findings: inout DiagnosticList
) {
  // Whoever takes nothing away exceeds no limit.
  guard drafts.contains(where: \.takesFromStack) else { return }
  let radius = world.request.blastRadius
  let toll = Toll(drafts, in: world)
  let stack = Scope(kind: nil, managed: toll.managed.count, above: radius.above)
  toll.judge(stack, radius.limits, world, &findings)
  for (kind, limits) in radius.byKind.sorted(by: { $0.key < $1.key }) {
    let part = toll.only(kind)
    let scope = Scope(kind: kind, managed: part.managed.count, above: radius.above)
    part.judge(scope, limits, world, &findings)
  }
}

/// Whose targets a limit counts.
private struct Scope {
  /// Nil for the whole stack.
  let kind: KindName?
  let managed: Int
  let above: Int

  /// "20 managed targets", "4 managed targets of type 'aks'".
  var noun: String {
    "\(managed) managed target\(managed == 1 ? "" : "s")" + (kind.map { " of type '\($0)'" } ?? "")
  }

  /// Where `berth.yaml` sets its limits.
  func key(_ sort: String, _ part: String) -> String {
    "blast_radius." + (kind.map { "kinds.\($0)." } ?? "") + "\(sort).\(part)"
  }
}

/// What a plan takes from its stack.
private struct Toll {
  /// The kind of each managed target.
  var managed: [KindName]
  var removed: [TargetAddress] = []
  var reattached: [TargetAddress] = []

  init(_ drafts: [ChangeDraft], in world: PlanningWorld) {
    managed = world.pairs.compactMap { pair in
      guard pair.standing == .ours, let observed = pair.observed, world.knows(observed) else {
        return nil
      }
      return observed.kind
    }
    var acquired = ResourceIndex<Bool>()
    for draft in drafts {
      if let resource = draft.acquiredResource { acquired.add(true, holding: resource) }
    }
    for draft in drafts where draft.takesFromStack {
      guard let observed = draft.observed else { continue }
      switch draft.change.action {
      case .detachThenAttach: reattached.append(observed.address)
      // Under another name the resource is kept as well.
      case .detach where draft.releasedResource.map(acquired.holds) == true:
        reattached.append(observed.address)
      case .detach, .delete, .deleteThenCreate, .detachThenCreate, .deleteThenAttach:
        removed.append(observed.address)
      case .create, .attach, .update, .adopt, .forget, .start, .stop: break
      }
    }
  }

  func only(_ kind: KindName) -> Toll {
    var part = self
    part.managed.removeAll { $0 != kind }
    part.removed.removeAll { $0.kind != kind }
    part.reattached.removeAll { $0.kind != kind }
    return part
  }

  func judge(
    _ scope: Scope, _ limits: BlastRadius.Limits, _ world: PlanningWorld,
    _ findings: inout DiagnosticList
  ) {
    if scope.kind == nil, scope.managed > scope.above, removed.count == scope.managed {
      findings.append(.removesAll(removed, scope))
    } else if let limit = limits.removals.exceeded(by: removed.count, scope, "removals") {
      findings.append(
        .tooMuch("delete, detach for good or replace", removed, scope, limit, in: world))
    }
    if let limit = limits.reattachments.exceeded(by: reattached.count, scope, "reattachments") {
      findings.append(.tooMuch("re-attach", reattached, scope, limit, in: world))
    }
  }
}

extension ChangeDraft {
  fileprivate var takesFromStack: Bool { standing == .ours && change.action.release != nil }
}

extension ResourceIndex {
  fileprivate func holds(_ resource: ResourceIdentity) -> Bool {
    first(clashingWith: resource) != nil
  }
}

extension BlastRadius.Limit {
  /// The limit that so many break, in words; nil if they keep it.
  fileprivate func exceeded(by count: Int, _ scope: Scope, _ sort: String) -> String? {
    if let most = self.count, count > most {
      return "At most \(most) in one plan is the limit ('\(scope.key(sort, "count"))')"
    }
    if let percent, scope.managed > scope.above, count * 100 > percent * scope.managed {
      return "At most \(percent) % in one plan is the limit ('\(scope.key(sort, "percent"))')"
    }
    return nil
  }
}

extension Rule {
  /// One plan takes away only so much.
  package static let blastRadius = Rule("blast-radius")
}

extension Diagnostic {
  fileprivate static func tooMuch(
    _ verb: String, _ targets: [TargetAddress], _ scope: Scope, _ limit: String,
    in world: PlanningWorld
  ) -> Diagnostic {
    let share = scope.managed == 0 ? 100 : targets.count * 100 / scope.managed
    let isAllowed = world.request.allowsLargeRemoval
    let way =
      isAllowed
      ? "This one plan was allowed to."
      : """
      If every one of them is meant, allow this one plan by its digest ('berth apply \
      --dangerous-removals DIGEST'), or set another limit in berth.yaml, in a change of its own.
      """
    return Diagnostic(
      isAllowed ? .warning : .error, .blastRadius, "Plan takes away too much",
      detail: """
        The plan would \(verb) \(targets.count) of \(scope.noun) (\(share) %): \
        \(targets.someNames). \(limit). \(way)
        """,
      findingClass: isAllowed ? .failure : .refusal)
  }

  fileprivate static func removesAll(_ targets: [TargetAddress], _ scope: Scope) -> Diagnostic {
    Diagnostic(
      .error, .blastRadius, "Plan takes away everything",
      detail: """
        The plan would delete, detach for good or replace all of \(scope.noun): \
        \(targets.someNames). No limit allows that. To remove them all, run 'berth destroy'; to \
        replace them all, do it in several changes.
        """,
      findingClass: .refusal)
  }
}

extension [TargetAddress] {
  /// The first of them by name, and how many more.
  fileprivate var someNames: String {
    let names = sorted().prefix(5).map(\.description).joined(separator: ", ")
    return count > 5 ? "\(names) and \(count - 5) more" : names
  }
}
