import Diagnostics
import Manifests
import TargetModel
import TestSupport

/// A compute document made up from a kind's table, and spoiled at one place now and then.
struct RandomDocument {
  let kind: KindDescriptor
  var content: AttributeValue
  /// The variables that it refers to, with their values.
  private(set) var variables: AttributeMap = [:]
  /// The place that was spoiled, and the field whose value stands there.
  var spoiled: (path: [String], type: FieldType?, value: AttributeValue?)?

  /// A document with what must be given and a few other fields.
  init(_ kind: KindDescriptor, using random: inout SeededRandom) {
    self.kind = kind
    content = [
      "name": .text(kind.isInWorkspace ? "abc-d" : kind.name.text), "type": .text(kind.name.text),
    ]
    if random.isLucky(4) { content["type"] = .text(kind.name.text.uppercased()) }
    let share = Int.random(in: 2...12, using: &random)
    for field in kind.fields where field.setBy == .user {
      guard field.isRequired || random.isLucky(share) else { continue }
      let name = random.isLucky(8) ? field.olderNames.randomElement(using: &random) : nil
      guard let value = Self.value(of: field, using: &random) else { continue }
      content[name ?? field.path] = random.isLucky(8) ? named(value) : value
    }
    for setting in TargetSetting.all(for: kind) where random.isLucky(6) {
      content[AttributePath(["berth", setting.key])] = Self.value(of: setting, kind, using: &random)
    }
  }

  /// A reference to a variable of a value; the value itself if no variable can have it.
  private mutating func named(_ value: AttributeValue) -> AttributeValue {
    switch value {
    case .text(let text) where text.contains("$"): return value
    case .text, .integer, .bool:
      let name = "v\(variables.count)"
      variables[name] = value
      return .text("${var:\(name)}")
    case .null, .number, .list, .map, .secret: return value
    }
  }

  private static func value(
    of setting: TargetSetting, _ kind: KindDescriptor, using random: inout SeededRandom
  ) -> AttributeValue {
    switch setting.form {
    case .flag: return .bool(random.isLucky(2))
    case .word(let words): return .text(words.randomElement(using: &random) ?? "")
    case .words(let words):
      let word = words.randomElement(using: &random) ?? ""
      return random.isLucky(2) ? .text(word) : [.text(word)]
    case .fields:
      let path = kind.fields.randomElement(using: &random)?.path.description ?? ""
      return random.isLucky(2) ? .text(path) : [.text(path)]
    case .targets: return random.isLucky(2) ? [] : [.text("\(kind.name).other")]
    }
  }

  /// A value that fits; nil where none is known.
  private static func value(
    of field: Field, using random: inout SeededRandom
  ) -> AttributeValue? {
    if !field.isRequired, random.isLucky(12) { return .null }
    if field.isSecret {
      return .text(
        ["${env:A_SECRET}", "${file:secrets/key}", "literal"]
          .randomElement(using: &random) ?? "")
    }
    return value(field.type, using: &random)
  }

  private static func value(
    _ type: FieldType, using random: inout SeededRandom
  ) -> AttributeValue? {
    switch type {
    case .text(let pattern): return Self.text(pattern, using: &random)
    case .secretFile: return "secrets/key"
    case .boolean, .toggle: return random.isLucky(5) ? "True" : .bool(random.isLucky(2))
    case .integer(let range), .duration(_, let range):
      let number = random.isLucky(3) ? range.lowerBound : Int.random(in: range, using: &random)
      return random.isLucky(8) ? .text("\(number)") : .integer(number)
    case .choice(let choices):
      let word = choices.randomElement(using: &random)?.name ?? ""
      return .text(random.isLucky(6) ? word.uppercased() : word)
    case .resourceID(let types):
      return .text(Self.id(of: types.randomElement(using: &random) ?? "Some.Where/things"))
    case .region: return "West Europe"
    case .list(let element, let limit):
      let count = Int.random(in: 0...min(2, limit ?? 2), using: &random)
      return .list((0..<count).compactMap { _ in value(element, using: &random) })
    case .map(let element):
      return value(element, using: &random).map { ["one": $0, "other": $0] }
    case .object(let fields):
      var result: AttributeValue = .map([:])
      for field in fields where field.isRequired || random.isLucky(3) {
        result[field.path] = value(of: field, using: &random)
      }
      return result
    case .anything: return ["some": [1, true, .null]]
    }
  }

  private static func text(
    _ pattern: String?, using random: inout SeededRandom
  ) -> AttributeValue? {
    let texts = [
      "abc", "some text", "Standard_DS3_v2", "10.0.0.4", "10.0.0.0/16", "host.example.org", "a-b-c",
      "00000000-0000-0000-0000-00000000000a", "https://example.org/x", "4", "2026-01-05T08:00:00",
      "adb-1234567890123456.7.azuredatabricks.net", "0 8 * * 1", "UTC",
    ]
    guard let pattern else { return .text(texts.randomElement(using: &random) ?? "") }
    let regex = try? Regex(pattern)
    return texts.filter { text in regex.flatMap { try? $0.wholeMatch(in: text) } != nil }
      .randomElement(using: &random).map(AttributeValue.text)
  }

  static func id(of type: String) -> String {
    let words = type.split(separator: "/").map(String.init)
    return "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/some-rg/providers/"
      + words[0] + words.dropFirst().map { "/\($0)/some" }.joined()
  }
}

extension SeededRandom {
  /// True once in so many times.
  mutating func isLucky(_ times: Int) -> Bool { Int.random(in: 1...times, using: &self) == 1 }
}
