internal import TargetModel

/// Which targets a plan is about.
///
/// Two targets of one name are one here, whatever their kinds: a name passes from one to the other
/// as a whole.
public enum TargetSelection: Hashable, Sendable {
  /// The whole stack.
  case everything
  /// What these patterns fit, and nothing else.
  case only([AddressPattern])
  /// Everything but what these patterns fit.
  case except([AddressPattern])

  /// The patterns there are.
  var patterns: [AddressPattern] {
    switch self {
    case .everything: []
    case .only(let patterns), .except(let patterns): patterns
    }
  }

  /// The names it selects of a world, and the patterns that fit nothing in it.
  func names(in world: PlanningWorld) -> (selected: Set<String>, unmatched: [AddressPattern]) {
    let exact = Dictionary(
      patterns.enumerated().compactMap { index, pattern in pattern.exact.map { ($0, index) } },
      uniquingKeysWith: { first, _ in first })
    let wild = patterns.indices.filter { patterns[$0].exact == nil }
    var matched: Set<String> = []
    var used: Set<String> = []
    for pair in world.pairs {
      for address in pair.selectableAddresses(in: world) {
        var hits = wild.filter { patterns[$0].matches(address) }
        if let hit = exact[address.description.lowercased()] { hits.append(hit) }
        if !hits.isEmpty { matched.insert(pair.key) }
        used.formUnion(hits.map { patterns[$0].text.lowercased() })
      }
    }
    let unmatched = patterns.filter { !used.contains($0.text.lowercased()) }
    switch self {
    case .everything: return (Set(world.pairs.map(\.key)), [])
    case .only: return (matched, unmatched)
    case .except: return (Set(world.pairs.map(\.key)).subtracting(matched), unmatched)
    }
  }
}

extension TargetPair {
  /// By what addresses the stack's people know it: that of its document, and that of the live
  /// target where the stack owns it.
  func selectableAddresses(in world: PlanningWorld) -> [TargetAddress] {
    var addresses = [desired?.address].compactMap(\.self)
    if let observed, desired != nil || world.owns(observed), observed.address != desired?.address {
      addresses.append(observed.address)
    }
    return addresses
  }
}
