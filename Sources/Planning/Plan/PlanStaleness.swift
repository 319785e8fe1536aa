public import TargetModel

/// Why a plan that was made a while ago must not be carried out any more (conventions: plan file).
public enum PlanStaleness: Hashable, Sendable {
  /// A target is not as the plan has it: what is live under its address, if anything is.
  case moved(Change, to: ObservedTarget?)
  /// A target's name belongs to one of another kind by now.
  case taken(Change, by: ObservedTarget)
  /// Somebody holds what the plan attaches, and the plan does not detach it.
  case held(Change, by: ObservedTarget)
  /// An apply that stopped half-way took a target away since, and the plan does not bring it back.
  case stranded(TargetAddress)
}

extension Plan {
  /// What it relies on and does not hold any more; nil if everything holds.
  ///
  /// - Parameters:
  ///   - desired: what the manifests want, as they did when it was made.
  ///   - stranded: the names, as names compare, of targets that an apply took away and did not bring
  ///     back.
  public func staleness(
    desired: [ComputeTarget], seeing observed: Snapshot, stranded: Set<String>,
    in catalog: KindCatalog
  ) -> PlanStaleness? {
    let live = observed.targets.byName(of: \.address)
    let freed = Set(changes.filter { $0.action.release != nil }.map(\.address))
    let released = Set(freed.map(\.nameKey))
    for change in changes {
      let target = live[change.address.nameKey]
      if let target, target.kind != change.address.kind {
        // A name that the plan itself frees may be used.
        if change.precondition != nil || !freed.contains(target.address) {
          return .taken(change, by: target)
        }
      } else if target?.fingerprint(in: catalog) != change.precondition {
        return .moved(change, to: target)
      }
    }
    let wanted = desired.byName(of: \.address)
    return holder(wanted, observed, released) ?? missing(stranded, wanted, live)
  }

  private func holder(
    _ wanted: [String: ComputeTarget], _ observed: Snapshot, _ released: Set<String>
  ) -> PlanStaleness? {
    var holders: [String: [ObservedTarget]] = [:]
    for target in observed.targets where !released.contains(target.address.nameKey) {
      if let resource = target.resource { holders[resource.key, default: []].append(target) }
    }
    for change in changes where change.action.acquisition == .attach {
      guard let document = wanted[change.address.nameKey], document.address == change.address,
        let resource = document.heldResource
      else { continue }
      let holder = holders[resource.key]?.first { $0.resource?.clashes(with: resource) == true }
      if let holder { return .held(change, by: holder) }
    }
    return nil
  }

  /// What is to come back first, and neither does so nor was left out when it was planned.
  private func missing(
    _ stranded: Set<String>, _ wanted: [String: ComputeTarget], _ live: [String: ObservedTarget]
  ) -> PlanStaleness? {
    guard mode == .apply, !stranded.isEmpty else { return nil }
    let known = Set(changes.map(\.address.nameKey) + leftOut.map(\.nameKey))
    return stranded.sorted().lazy
      .filter { live[$0] == nil && !known.contains($0) }
      .compactMap { wanted[$0].map { .stranded($0.address) } }.first
  }
}
