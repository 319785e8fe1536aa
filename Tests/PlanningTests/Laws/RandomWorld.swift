import Planning
import TargetModel
import TestSupport

/// A small random world, biased to collisions: few names, few resources, and documents that come
/// from the live targets by the edits people make.
struct RandomWorld {
  var desired: [ComputeTarget] = []
  var observed: [ObservedTarget] = []
  var mode = PlanMode.apply

  private static let names = ["a", "b", "c", "d", "e", "f", "g", "h"]
  private static let kinds = ["pool", "link", "link", "link", "sharedlink", "box", "hub", "hub"]

  init(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var documents: [ComputeTarget] = []
    let resources = ["r0", "r1", "r2", "r3"].shuffled(using: &random)
    for (index, name) in Self.names.shuffled(using: &random).prefix(
      .random(in: 0...8, using: &random)
    ).enumerated() {
      // Mostly a resource of one's own, so that many worlds are without a clash.
      let resource =
        random.isTrue(0.9) && index < 4 ? resources[index] : resources.randomElement(using: &random)
      documents.append(Self.document(name, resource ?? "r0", &random))
    }
    observed = documents.filter { _ in random.isTrue(0.8) }.map { Self.live($0, &random) }
    if random.isTrue(0.15) {
      observed.append(
        TestSupport.observed(
          "Kusto", "k", resource: random.isTrue(0.5) ? .invented(resources[0]) : nil))
    }
    desired = Self.edited(documents, &random)
    if random.isTrue(0.1) { mode = .destroy }
  }

  private static func document(
    _ name: String, _ resource: String, _ random: inout SeededRandom
  ) -> ComputeTarget {
    let kind = kinds.randomElement(using: &random) ?? "pool"
    return document(kind, name, resource, &random)
  }

  private static func document(
    _ kind: String, _ name: String, _ resource: String, _ random: inout SeededRandom
  ) -> ComputeTarget {
    var attributes: AttributeMap = [:]
    switch kind {
    case "pool":
      attributes["size"] = random.isTrue(0.5) ? "small" : "big"
      attributes["count"] = .integer(.random(in: 0...2, using: &random))
    case "box": attributes["size"] = random.isTrue(0.8) ? "small" : "big"
    case "hub":
      if random.isTrue(0.6) { attributes["resource_id"] = .resource(resource) }
      attributes["agents"] = .integer(.random(in: 1...2, using: &random))
      if random.isTrue(0.3) { attributes["tls.status"] = "Enabled" }
    case "sharedlink":
      attributes["resource_id"] = .resource(resource)
      attributes["namespace"] = random.isTrue(0.5) ? "one" : "two"
    default:
      attributes["resource_id"] = .resource(random.isTrue(0.8) ? resource : resource.uppercased())
      if random.isTrue(0.3) { attributes["tls"] = "on" }
    }
    var secrets: [String: String] = [:]
    if kind == "link", random.isTrue(0.4) {
      secrets["password"] = random.isTrue(0.5) ? "aaaa1" : "aaaa2"
    }
    return TestSupport.desired(
      kind, name, attributes, secrets: secrets, line: Int(name.utf8.first ?? 0)
    ) { settings in
      settings.protect = random.isTrue(0.07)
      settings.adopt = random.isTrue(0.2)
      settings.allowReplace = random.isTrue(0.7)
      settings.updatesTLSInPlace = random.isTrue(0.1)
      if random.isTrue(0.1) { settings.onRemove = .retain }
      if kind == "box", random.isTrue(0.5) {
        settings.power = random.isTrue(0.5) ? .running : .stopped
      }
    }
  }

  /// A live target as an apply left it, or not quite.
  private static func live(_ document: ComputeTarget, _ random: inout SeededRandom)
    -> ObservedTarget
  {
    var live = converged(document)
    if random.isTrue(0.12) {
      live.marks = OwnershipMarks(stack: random.isTrue(0.5) ? nil : "other")
    }
    if random.isTrue(0.08) { live.state = random.isTrue(0.5) ? .failed : .canceled }
    if random.isTrue(0.05) { live.state = .updating }
    if live.power != nil, random.isTrue(0.3) { live.power = .stopped }
    return live
  }

  /// What people do to documents: rename, swap, rotate, change, change the kind, remove, add.
  private static func edited(_ documents: [ComputeTarget], _ random: inout SeededRandom)
    -> [ComputeTarget]
  {
    var edited = documents
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      guard let index = edited.indices.randomElement(using: &random) else { break }
      let victim = edited[index]
      switch Int.random(in: 0...6, using: &random) {
      case 0: edited[index] = victim.renamed(names.randomElement(using: &random) ?? "x")
      case 1: rotateResources(of: &edited, count: 2, &random)
      case 2: rotateResources(of: &edited, count: 3, &random)
      case 3: edited.remove(at: index)
      case 4: edited[index] = document(victim.name, "r0", &random)
      case 5: edited[index] = document(victim.kind.name.text, victim.name, "r1", &random)
      default:
        if let other = edited.randomElement(using: &random) {
          edited[index].settings.dependsOn.append(other.address)
        }
      }
    }
    // The binder refuses a name that stands twice.
    var seen: Set<String> = []
    return edited.filter { seen.insert($0.address.nameKey).inserted }
  }

  private static func rotateResources(
    of documents: inout [ComputeTarget], count: Int, _ random: inout SeededRandom
  ) {
    let holders = documents.indices.filter { documents[$0]["resource_id"] != nil }
      .shuffled(using: &random).prefix(count)
    guard let first = holders.first else { return }
    let saved = documents[first]["resource_id"]
    for (index, next) in zip(holders, holders.dropFirst()) {
      documents[index]["resource_id"] = documents[next]["resource_id"]
    }
    if let last = holders.last { documents[last]["resource_id"] = saved }
  }

  func planned() -> PlanningResult { plan(desired, observed, mode: mode) }
}

extension SeededRandom {
  /// True with this probability.
  mutating func isTrue(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &self) < probability
  }
}

extension ComputeTarget {
  /// The same document under another name.
  fileprivate func renamed(_ name: String) -> ComputeTarget {
    ComputeTarget(
      name: name, kind: kind, attributes: attributes, settings: settings, location: location,
      fieldLocations: fieldLocations, secretFingerprints: secretFingerprints)
  }
}
