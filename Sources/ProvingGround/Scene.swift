internal import Diagnostics
internal import Planning
internal import TargetModel
internal import TestSupport

/// What a world is made of before anybody applies anything: documents, and live targets that came
/// from them by the edits people make.
///
/// Few names and few resources, so that they collide.
struct Scene: Sendable {
  /// What our stack wants, apply by apply; people commit between two of them.
  var commits: [[ComputeTarget]] = []
  /// What the other stack wants.
  var others: [ComputeTarget] = []
  /// What is live at the beginning, in the order in which it came to be.
  var live: [LiveTarget] = []

  struct LiveTarget: Sendable {
    let document: ComputeTarget
    let marks: OwnershipMarks
    let isFailed: Bool
  }

  static let stack = "prod"
  static let otherStack = "lab"
  /// Stands in every secret, and must stand nowhere else.
  static let canary = "CaNaRy"

  private static let names = ["aaa", "bbb", "ccc", "ddd", "eee", "fff"]
  private static let kinds = ["link", "pool", "link", "sharedlink", "hub", "box", "link", "hub"]

  init() {}

  init(_ stage: Stage) {
    var documents: [ComputeTarget] = []
    for index in 0..<1 + stage.choose(6) {
      // Mostly a resource of one's own, so that many worlds are without a clash.
      let resource = stage.chance(60) ? stage.choose(6) : index
      documents.append(Self.document(Self.names[index], resource, stage))
    }
    for document in documents where !stage.chance(250) {
      live.append(Self.live(document, stage))
    }
    let first = stage.chance(200) ? documents : Self.edited(documents, stage)
    commits = [first]
    for _ in 0..<stage.choose(3) { commits.append(Self.edited(commits.last ?? [], stage)) }
    for index in 0..<stage.choose(3) {
      others.append(
        Self.document(Self.names[5 - index], stage.choose(6), stage, otherStack: true))
    }
  }

  // MARK: Documents

  private static func document(
    _ name: String, _ resource: Int, _ stage: Stage, otherStack: Bool = false
  ) -> ComputeTarget {
    document(kinds[stage.choose(kinds.count)], name, resource, stage)
  }

  private static func document(
    _ kind: String, _ name: String, _ resource: Int, _ stage: Stage
  ) -> ComputeTarget {
    let id = resourceID(resource, stage)
    var attributes: AttributeMap = [:]
    switch kind {
    case "pool":
      attributes["size"] = stage.chance(300) ? "big" : "small"
      attributes["count"] = .integer(stage.choose(3))
      if stage.chance(200) { attributes["tags"] = ["team": "one"] }
    case "box":
      attributes["size"] = stage.chance(200) ? "big" : "small"
      attributes["idle"] = .integer(15 + stage.choose(2))
    case "hub":
      if !stage.chance(400) { attributes["resource_id"] = id }
      attributes["agents"] = .integer(1 + stage.choose(2))
      if stage.chance(300) { attributes["tls.status"] = "Enabled" }
    case "sharedlink":
      attributes["resource_id"] = id
      attributes["namespace"] = stage.chance(500) ? "two" : "one"
    default:
      attributes["resource_id"] = id
      if stage.chance(300) { attributes["tls"] = "on" }
    }
    var target = desired(kind, name, attributes, line: Int(name.utf8.first ?? 0)) { settings in
      settings.protect = stage.chance(50)
      settings.adopt = stage.chance(150)
      settings.allowReplace = !stage.chance(150)
      if stage.chance(60) { settings.onRemove = .retain }
      if kind == "box", stage.chance(500) {
        settings.power = stage.chance(500) ? .stopped : .running
      }
    }
    if kind == "link", stage.chance(400) { target.setPassword(stage.choose(2)) }
    return target
  }

  /// The id of one of the six resources, now and then in another spelling.
  private static func resourceID(_ number: Int, _ stage: Stage) -> AttributeValue {
    let id = AttributeValue.resource("r\(number)")
    return stage.chance(200) ? .text(id.text?.uppercased() ?? "") : id
  }

  /// A live target as an apply left it, or not quite.
  private static func live(_ document: ComputeTarget, _ stage: Stage) -> LiveTarget {
    var marks = document.marks(of: stack)
    if stage.chance(60) { marks = OwnershipMarks(stack: stage.chance(500) ? otherStack : nil) }
    return LiveTarget(document: document, marks: marks, isFailed: stage.chance(50))
  }

  // MARK: Edits

  /// What people do to documents: rename, swap, rotate, change, change the kind, remove, add.
  private static func edited(_ documents: [ComputeTarget], _ stage: Stage) -> [ComputeTarget] {
    var edited = documents
    for _ in 0..<stage.choose(4) {
      guard !edited.isEmpty else { break }
      let index = stage.choose(edited.count)
      let victim = edited[index]
      switch stage.choose(9) {
      case 0: edited[index] = victim.renamed(names[stage.choose(names.count)])
      case 1: rotateResources(of: &edited, count: 2, stage)
      case 2: rotateResources(of: &edited, count: 3, stage)
      case 3: edited.remove(at: index)
      case 4: edited[index] = document(victim.name, index, stage)
      case 5:
        edited[index] = document(
          victim.kind.name.text, victim.name, stage.chance(300) ? stage.choose(6) : index, stage)
      case 6: edited[index]["tls"] = victim["tls"] == nil ? "on" : nil
      case 7: if victim.kind.name == "link" { edited[index].setPassword(2 + stage.choose(2)) }
      default:
        let other = edited[stage.choose(edited.count)]
        if other.address < victim.address || stage.chance(50) {
          edited[index].settings.dependsOn.append(other.address)
        }
      }
    }
    if stage.chance(10) { edited = [] }
    // The binder refuses a name that stands twice.
    var seen: Set<String> = []
    return edited.filter { seen.insert($0.address.nameKey).inserted }
  }

  private static func rotateResources(
    of documents: inout [ComputeTarget], count: Int, _ stage: Stage
  ) {
    var holders = documents.indices.filter { documents[$0]["resource_id"] != nil }
    while holders.count > count { holders.remove(at: stage.choose(holders.count)) }
    guard let first = holders.first, let last = holders.last else { return }
    let saved = documents[first]["resource_id"]
    for (index, next) in zip(holders, holders.dropFirst()) {
      documents[index]["resource_id"] = documents[next]["resource_id"]
    }
    documents[last]["resource_id"] = saved
  }
}

extension ComputeTarget {
  /// The same document under another name.
  fileprivate func renamed(_ name: String) -> ComputeTarget {
    ComputeTarget(
      name: name, kind: kind, attributes: attributes, settings: settings, location: location,
      fieldLocations: fieldLocations, secretFingerprints: secretFingerprints)
  }

  fileprivate mutating func setPassword(_ number: Int) {
    self["password"] = .secret(
      SecretText("\(Scene.canary)\(number)", from: .environment("PASSWORD")))
    secretFingerprints["password"] = "aaaa\(number)"
  }
}
