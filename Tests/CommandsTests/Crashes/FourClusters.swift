import Foundation
import TestSupport

/// Documents of up to four attachments of four clusters, in an order that chance chooses, and of a
/// pool that comes and goes.
struct FourClusters {
  /// The names of the attachments, by the ids of what they hold in small letters.
  private(set) var holders: [String: String] = [:]
  let manifests: String

  init(using random: inout SeededRandom) {
    var names = ["att-one", "att-two", "att-three", "att-four"]
    let clusters = ["a", "b", "c", "d"].shuffled(using: &random)
    if Bool.random(using: &random) { names.removeLast() }
    var documents: [String] = []
    for (name, cluster) in zip(names, clusters) {
      let resource =
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/"
        + "Microsoft.ContainerService/managedClusters/\(cluster)"
      holders[resource.lowercased()] = name
      documents.append("name: \(name)\ntype: aks\nresource_id: \(resource)\n")
    }
    if Bool.random(using: &random) {
      documents.append(
        "name: pool\ntype: amlcompute\nmax_instances: \(Int.random(in: 1...9, using: &random))\n")
    }
    manifests = documents.joined(separator: "---\n")
  }
}

/// How often applies are killed and the like, and where chance begins.
enum KillSettings {
  /// How many applies are killed: 20, or as `BERTH_KILLS` says.
  static let kills =
    ProcessInfo.processInfo.environment["BERTH_KILLS"].flatMap { Int($0) } ?? 20
  /// Pauses and full disks are a quarter of that each.
  static let fewer = max(2, kills / 4)
  /// Where everything that happens by chance begins; `BERTH_KILL_SEED` repeats a run.
  static let seed =
    ProcessInfo.processInfo.environment["BERTH_KILL_SEED"].flatMap { UInt64($0) }
    ?? .random(in: 0..<1_000_000)
}
