internal import ComputeKinds
internal import Manifests
internal import TargetModel

/// What `berth explain` tells, to people and to programs.
struct Explanation {
  let text: String
  let json: AttributeValue

  /// A kind, with its fields and settings.
  init(of kind: KindDescriptor) {
    let overview = KindOverview(kind)
    let keys = overview.changesInPlace
    let facts = [
      ["comes to be", overview.origin],
      ["in place", keys.isEmpty ? "nothing changes" : keys.joined(separator: ", ")],
      ["other change", overview.otherChanges + (kind.losesData ? ", which loses data" : "")],
      ["runs", overview.workloads?.joined(separator: ", ") ?? "not stated"],
    ]
    let settable = kind.fields.filter { $0.setBy == .user }.map { ($0.path, $0) }
    let told = kind.fields.filter { $0.setBy == .server }.map { ($0.path, $0) }
    var text = "\(kind.name): \(kind.title)\n\n  \(kind.summary)\n\n"
    text += TextTable(facts).text(margin: "  ")
    text += "\nFields, with what counts if they are left out:\n\n"
    text += TextTable(KindExplanation.table(of: settable)).text(margin: "  ")
    text += "\nUnder 'berth':\n\n" + Self.table(of: TargetSetting.all(for: kind))
    if !told.isEmpty {
      text += "\nTold by the service:\n\n"
      text += TextTable(told.map { [$0.0.description, $0.1.summary.replacing("`", with: "")] })
        .text(margin: "  ")
    }
    if !kind.facts.isEmpty {
      text += "\nGood to know:\n\n"
      text += kind.facts.map { "  - \($0.replacing("`", with: ""))\n" }.joined()
    }
    self.text = text
    var json = overview.json
    json["fields"] = .list(
      kind.fields.map { KindExplanation.json(of: $0, path: $0.path, in: kind) })
    json["facts"] = .list(kind.facts.map(AttributeValue.text))
    json["settings"] = .list(TargetSetting.all(for: kind).map(\.json))
    self.json = json
  }

  /// A field.
  init(
    of field: Field, path: AttributePath, olderName: AttributePath?, in kind: KindDescriptor
  ) {
    let facts = KindExplanation.facts(of: field, path: path, in: kind).map { [$0.name, $0.text] }
    var text = "\(kind.name).\(path)\n\n"
    if let olderName { text += "  '\(olderName)' is an older name of it.\n\n" }
    text += "  \(field.summary.replacing("`", with: "")).\n\n"
    self.text = text + TextTable(facts).text(margin: "  ")
    var json = KindExplanation.json(of: field, path: path, in: kind)
    json["kind"] = .text(kind.name.text)
    self.json = json
  }

  /// Fields under one key.
  init(
    of fields: [(path: AttributePath, field: Field)], under path: AttributePath,
    in kind: KindDescriptor
  ) {
    text =
      "\(kind.name).\(path)\n\n"
      + TextTable(KindExplanation.table(of: fields)).text(margin: "  ")
    json = [
      "kind": .text(kind.name.text), "path": .text(path.description),
      "fields": .list(fields.map { KindExplanation.json(of: $0.field, path: $0.path, in: kind) }),
    ]
  }

  /// A key that says which target a document is about.
  init(of key: IdentityKey, in kind: KindDescriptor) {
    let facts = key.facts(in: kind)
    text =
      "\(kind.name).\(key)\n\n  \(key.summary).\n\n"
      + TextTable(facts.map { [$0.name, $0.text] }).text(margin: "  ")
    json = [
      "kind": .text(kind.name.text), "path": .text(key.rawValue), "summary": .text(key.summary),
      "type": "text", "required": true, "pattern": .text(key.pattern(in: kind)),
    ]
  }

  /// Settings under `berth`.
  init(of settings: [TargetSetting], in kind: KindDescriptor) {
    text =
      "\(kind.name).berth" + (settings.count == 1 ? ".\(settings[0].key)" : "") + "\n\n"
      + (settings.count == 1 ? Self.facts(of: settings[0]) : Self.table(of: settings))
    json = ["kind": .text(kind.name.text), "settings": .list(settings.map(\.json))]
  }

  private static func table(of settings: [TargetSetting]) -> String {
    TextTable(settings.map { [$0.key, $0.defaultText, $0.summary] }).text(margin: "  ")
  }

  private static func facts(of setting: TargetSetting) -> String {
    "  \(setting.summary).\n\n"
      + TextTable([
        ["type", setting.type], ["default", setting.defaultText], ["set by", "the manifest"],
        ["a change", "is Berth's own; the service sees no field of it"],
      ]).text(margin: "  ")
  }
}

/// The keys of every document that no kind's table has.
enum IdentityKey: String, CustomStringConvertible {
  case name, type

  var description: String { rawValue }

  fileprivate var summary: String {
    switch self {
    case .name: "What the target is called in its workspace"
    case .type: "The kind of compute target"
    }
  }

  fileprivate func facts(in kind: KindDescriptor) -> [(name: String, text: String)] {
    let required = ("default", "none: it must be given")
    switch self {
    case .name where !kind.isInWorkspace:
      return [("type", "the word '\(kind.name)'"), required]
    case .name:
      return [
        ("type", "3 to 24 letters, digits and hyphens, a letter first"), required,
        ("a change", "is another target: the one of the former name goes, if it was ours"),
        ("source", "Azure ML REST API, computeName; unique within a region"),
      ]
    case .type:
      return [
        ("type", "the word '\(kind.name)'"), required,
        ("a change", "is another target: one is removed, then the other made"),
      ]
    }
  }

  /// What matches every value, as a regular expression.
  fileprivate func pattern(in kind: KindDescriptor) -> String {
    switch self {
    case .name: namePattern(of: kind)
    case .type: kind.name.text
    }
  }
}

extension TargetSetting {
  fileprivate var type: String {
    switch form {
    case .flag: "true or false"
    case .word(let words): words.joined(separator: ", ")
    case .words(let words): "one or more of " + words.joined(separator: ", ")
    case .fields: "a field of the kind, or a list of them"
    case .targets: "an address such as amlcompute.base, or a list of them"
    }
  }

  fileprivate var json: AttributeValue {
    [
      "key": .text(key), "summary": .text(summary), "type": .text(type),
      "default": .text(defaultText),
    ]
  }
}
