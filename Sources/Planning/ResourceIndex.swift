internal import TargetModel

/// Who holds, claims or gives up which resource, found by what clashes.
///
/// The one place that asks `ResourceIdentity.clashes` of many at once: a resource that is held as a
/// whole clashes with everything on it, a share only with the same share and the whole. Thousands
/// of shares of one cluster stay fast.
struct ResourceIndex<Element: Sendable>: Sendable {
  private var byKey: [String: Holders] = [:]

  private struct Holders: Sendable {
    var all: [Element] = []
    var whole: [Element] = []
    var byShare: [String: [Element]] = [:]

    mutating func add(_ element: Element, share: String?) {
      all.append(element)
      if let share {
        byShare[share, default: []].append(element)
      } else {
        whole.append(element)
      }
    }
  }

  mutating func add(_ element: Element, holding resource: ResourceIdentity) {
    byKey[resource.key, default: Holders()].add(element, share: resource.share)
  }

  /// True if somebody is noted for the resource, whichever share of it.
  func has(shareOf resource: ResourceIdentity) -> Bool { byKey[resource.key] != nil }

  /// All that can't be attached beside a resource, in the order in which they were added; holders
  /// of the whole resource first.
  func all(clashingWith resource: ResourceIdentity) -> [Element] {
    guard let holders = byKey[resource.key] else { return [] }
    guard let share = resource.share else { return holders.all }
    return holders.whole + (holders.byShare[share] ?? [])
  }

  /// The first of them that fits.
  func first(
    clashingWith resource: ResourceIdentity, where fits: (Element) -> Bool = { _ in true }
  ) -> Element? {
    guard let holders = byKey[resource.key] else { return nil }
    guard let share = resource.share else { return holders.all.first(where: fits) }
    return holders.whole.first(where: fits) ?? holders.byShare[share]?.first(where: fits)
  }
}

/// Those of a list whose resource, whichever share of it, another one has as well, in their order:
/// no others can clash, and mostly there are none.
func contenders<Holder>(
  _ holders: [Holder], for resource: (Holder) -> ResourceIdentity
) -> [Holder] {
  var firsts: [String: Int] = [:]
  firsts.reserveCapacity(holders.count)
  var contending: Set<Int> = []
  for (index, holder) in holders.enumerated() {
    let key = resource(holder).key
    guard let first = firsts[key] else {
      firsts[key] = index
      continue
    }
    contending.formUnion([first, index])
  }
  return contending.sorted().map { holders[$0] }
}
