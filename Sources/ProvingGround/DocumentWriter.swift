internal import Diagnostics
internal import Planning
internal import TargetModel
internal import TestSupport

/// Writes documents and edits them, as people do who have few names and few resources.
struct DocumentWriter: Sendable {
  let stage: Stage
  /// How many resources there are.
  var resources = 0

  private static let kinds = [
    "link", "pool", "link", "sharedlink", "hub", "box", "link", "hub",
  ]
  private static let kindsOfTheirOwn = ["pool", "box", "hub"]

  // MARK: Documents

  /// A document, mostly with a resource that no other has, or without one where there are not
  /// enough: many worlds are to be without a clash.
  func document(_ name: String, _ index: Int) -> ComputeTarget {
    let hasItsOwn = index < resources
    let collides = resources > 0 && stage.chance(hasItsOwn ? 60 : 150)
    guard collides || hasItsOwn else {
      return document(stage.pick(Self.kindsOfTheirOwn), name, nil)
    }
    let id = collides ? anyResource : resourceID(index)
    return document(stage.pick(Self.kinds), name, id)
  }

  private func document(_ kind: String, _ name: String, _ id: AttributeValue?) -> ComputeTarget {
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
      if id != nil, !stage.chance(400) { attributes["resource_id"] = id }
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

  private var anyResource: AttributeValue { resourceID(stage.choose(resources)) }

  /// The id of a resource, now and then in another spelling.
  private func resourceID(_ number: Int) -> AttributeValue {
    let id = AttributeValue.resource("r\(number)")
    return stage.chance(200) ? .text(id.text?.uppercased() ?? "") : id
  }

  // MARK: Edits

  /// What people do to documents: rename, swap, rotate, change, change the kind, protect, remove,
  /// move to the other stack.
  func edited(_ commit: Scene.Commit, _ names: [String]) -> Scene.Commit {
    var edited = commit
    for _ in 0..<stage.choose(5) {
      guard !edited.ours.isEmpty else { break }
      edit(stage.choose(edited.ours.count), of: &edited, names)
    }
    if stage.chance(10) { edited.ours = [] }
    edited.ours = Self.withNamesOnce(edited.ours)
    return edited
  }

  private func edit(_ index: Int, of commit: inout Scene.Commit, _ names: [String]) {
    let victim = commit.ours[index]
    switch stage.choose(11) {
    case 0: commit.ours[index] = victim.renamed(names[stage.choose(names.count)])
    case 1: rotateResources(of: &commit.ours, count: 2)
    case 2: rotateResources(of: &commit.ours, count: 3)
    case 3: commit.ours.remove(at: index)
    case 4: commit.ours[index] = document(victim.name, index)
    case 5:
      let id = stage.chance(300) ? anyResource : victim["resource_id"]
      commit.ours[index] = document(victim.kind.name.text, victim.name, id)
    case 6:
      switch victim.kind.name {
      case "link": commit.ours[index]["tls"] = victim["tls"] == nil ? "on" : nil
      case "hub":
        let isOn = victim["tls.status"] != nil
        commit.ours[index]["tls.status"] = isOn ? nil : "Enabled"
      default: break
      }
    case 7: if victim.kind.name == "link" { commit.ours[index].setPassword(2 + stage.choose(2)) }
    case 8:
      let other = commit.ours[stage.choose(commit.ours.count)]
      if other.address < victim.address || stage.chance(50) {
        commit.ours[index].settings.dependsOn.append(other.address)
      }
    case 9:
      commit.ours[index].settings.protect.toggle()
      // 'protect: false' lifts the mark, a line that is gone does not.
      let lifts = stage.chance(500)
      commit.ours[index].settings.liftsProtection = lifts && !commit.ours[index].settings.protect
    default:
      var moved = commit.ours.remove(at: index)
      moved.settings.adopt = stage.chance(500)
      commit.others.append(moved)
    }
  }

  private func rotateResources(of documents: inout [ComputeTarget], count: Int) {
    var holders = documents.indices.filter { documents[$0]["resource_id"] != nil }
    while holders.count > count { holders.remove(at: stage.choose(holders.count)) }
    guard let first = holders.first, let last = holders.last else { return }
    let saved = documents[first]["resource_id"]
    for (index, next) in zip(holders, holders.dropFirst()) {
      documents[index]["resource_id"] = documents[next]["resource_id"]
    }
    documents[last]["resource_id"] = saved
  }

  /// The binder refuses a name that stands twice.
  static func withNamesOnce(_ documents: [ComputeTarget]) -> [ComputeTarget] {
    var seen: Set<String> = []
    return documents.filter { seen.insert($0.address.nameKey).inserted }
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
