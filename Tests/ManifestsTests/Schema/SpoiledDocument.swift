import Manifests
import TargetModel
import TestSupport

extension RandomDocument {
  /// Puts something odd at one place, or takes something away.
  mutating func spoil(using random: inout SeededRandom) {
    let settable = kind.fields.filter { $0.setBy == .user }
    switch Int.random(in: 0..<10, using: &random) {
    case 0: put(random.oddValue(), at: ["name"], nil)
    case 1: put(random.oddValue(), at: ["type"], nil)
    case 2:
      let key =
        ["adopt", "on_remove", "power_state", "tls_update", "depends_on", "protect", "odd"]
        .randomElement(using: &random) ?? "odd"
      put(random.oddValue(), at: ["berth", key], nil)
    case 3: put(random.oddValue(), at: ["berth"], nil)
    case 4:
      let group = settable.randomElement(using: &random)?.path.segments.dropLast() ?? []
      put(1, at: group + ["unheard_of"], nil)
    case 5:
      let names = ["name", "type"] + settable.filter(\.isRequired).map(\.path.segments[0])
      put(nil, at: [names.randomElement(using: &random) ?? "name"], nil)
    case 6:
      guard let field = kind.fields.randomElement(using: &random) else { return }
      let name = ([field.path] + field.olderNames).randomElement(using: &random) ?? field.path
      put(random.value(near: field.type), at: name.segments, field)
    default:
      let inside = everyPlace(of: content, [], kind.fields)
      guard let (path, field) = inside.randomElement(using: &random) else { return }
      put(
        random.isLucky(2) ? random.oddValue() : random.value(near: field.type), at: path, field)
    }
  }

  private mutating func put(_ value: AttributeValue?, at path: [String], _ field: Field?) {
    content = content.replacing(at: path[...], with: value)
    spoiled = (path, field?.type, value)
  }

  /// Every value in a document that a field stands for, elements of lists included.
  private func everyPlace(
    of content: AttributeValue, _ above: [String], _ fields: [Field]
  ) -> [(path: [String], field: Field)] {
    fields.flatMap { field in
      ([field.path] + field.olderNames).flatMap { name -> [(path: [String], field: Field)] in
        guard let value = content[name] else { return [] }
        let path = above + name.segments
        return [(path, field)] + inside(value, path, field.type)
      }
    }
  }

  private func inside(
    _ value: AttributeValue, _ path: [String], _ type: FieldType
  ) -> [(path: [String], field: Field)] {
    let asField = { (type: FieldType) in Field("odd", type, "", onChange: .inPlace, wire: nil) }
    switch type {
    case .list(let element, _):
      return (value.list ?? []).enumerated().flatMap { index, each in
        let place = path + ["\(index)"]
        return [(place, asField(element))] + inside(each, place, element)
      }
    case .map(let element):
      return (value.map ?? [:]).sorted { $0.key < $1.key }.flatMap { key, each in
        [(path + [key], asField(element))] + inside(each, path + [key], element)
      }
    case .object(let fields): return everyPlace(of: value, path, fields)
    case .text, .boolean, .toggle, .integer, .duration, .choice, .resourceID, .region, .secretFile,
      .anything:
      return []
    }
  }
}

extension AttributeValue {
  /// The value with another at a place, through maps and lists; nil takes an entry away.
  func replacing(at path: ArraySlice<String>, with value: AttributeValue?) -> AttributeValue {
    guard let first = path.first else { return value ?? .null }
    let rest = path.dropFirst()
    if case .list(var elements) = self, let index = Int(first), elements.indices.contains(index) {
      elements[index] = elements[index].replacing(at: rest, with: value)
      return .list(elements)
    }
    var entries = map ?? [:]
    entries[first] =
      rest.isEmpty ? value : (entries[first] ?? .map([:])).replacing(at: rest, with: value)
    return .map(entries)
  }
}

extension SeededRandom {
  /// A value that fits hardly anywhere.
  mutating func oddValue() -> AttributeValue {
    let values: [AttributeValue] = [
      .null, true, false, "TRUE", "false", "maybe", 0, 3, -1, 99_999_999, .number(1.5), "4", "-4",
      "", " ", "x", "a text", "abc-1", "abc-", "ab", "local", "LOCAL", "9abc", "a_b-c", "${env:A}",
      "${env:1A}", "${env:Azure_Key}", "${env:github_token}", "${env:GITHUB_TOKENS}", "${file:a/b}",
      "${file:}", "${file:a${b}", "${command:ls}", "x ${env:A}", "${", "a\nb", "PT2M", "P1D", "PT",
      "P1M", "delete", "detach", "retain", "running", "in_place", "aks.a", "nothing.a", "size",
      [], [.null], ["a"], [1, true], [["a"]], .map([:]), ["a": 1], ["a": .null],
      ["berth-stack": "x"],
      ["Berth-Protect": "x"], .text(String(repeating: "a", count: 2_000)), "west-europe", "a/../b",
      "/subscriptions/a/resourceGroups/b/providers/C.D/e/f", "/subscriptions/a",
    ]
    return values.randomElement(using: &self) ?? .null
  }

  /// A value of the sort that a type takes, within its limits or just beyond.
  mutating func value(near type: FieldType) -> AttributeValue {
    let values: [AttributeValue]
    switch type {
    case .integer(let range), .duration(_, let range):
      values = [
        .integer(range.lowerBound - 1), .integer(range.upperBound &+ 1),
        .integer(range.lowerBound), .integer(range.upperBound), .number(Double(range.lowerBound)),
        .number(0.5), "PT60S", "PT10000000M", "P1M", .text("\(range.lowerBound)"),
      ]
    case .choice(let choices):
      values = choices.flatMap { [$0.name, $0.wire, $0.name + "x"] + $0.olderNames }
        .map(AttributeValue.text)
    case .toggle(let on, let off): values = [.text(on), .text(off.uppercased()), "on", 1]
    case .resourceID(let types):
      let ids = (types + ["Other.Things/thing"]).map(RandomDocument.id(of:))
      values = ids.flatMap {
        [$0, $0 + "/", $0 + "//", $0.uppercased(), $0 + "/x", $0 + "?x", "x" + $0]
      }
      .map(AttributeValue.text)
    case .list(_, let limit): values = [.list(Array(repeating: "a", count: (limit ?? 3) + 1)), []]
    case .text, .boolean, .region, .secretFile, .object, .map, .anything: return oddValue()
    }
    return values.randomElement(using: &self) ?? .null
  }
}
