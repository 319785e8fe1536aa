import TargetModel

extension AttributeValue {
  /// The value with each of its scalars changed in turn.
  var editions: [(place: String, value: AttributeValue)] {
    switch self {
    case .null: [("", "x")]
    case .bool(let bool): [("", .bool(!bool))]
    case .integer(let integer): [("", .integer(integer + 1))]
    case .number(let number): [("", .number(number + 1))]
    case .text(let text): [("", .text(text + "1"))]
    case .secret: []
    case .list, .map: inside { $0.editions }
    }
  }

  /// The value with each of its elements and entries taken away in turn; but not the whole of it,
  /// nor what may be missing.
  var shortenings: [(place: String, value: AttributeValue)] {
    switch self {
    case .null, .bool, .integer, .number, .text, .secret: []
    case .list(let elements):
      elements.indices.map { index in
        var rest = elements
        rest.remove(at: index)
        return ("/\(index)", .list(rest))
      } + inside { $0.shortenings }
    case .map(let entries):
      entries.keys.sorted().filter { $0 != "commit" }.map { key in
        ("/" + key, .map(entries.filter { $0.key != key }))
      } + inside { $0.shortenings }
    }
  }

  private func inside(
    _ edit: (AttributeValue) -> [(place: String, value: AttributeValue)]
  ) -> [(place: String, value: AttributeValue)] {
    switch self {
    case .null, .bool, .integer, .number, .text, .secret: []
    case .list(let elements):
      elements.enumerated().flatMap { index, element in
        edit(element).map { place, value in
          var changed = elements
          changed[index] = value
          return ("/\(index)" + place, .list(changed))
        }
      }
    case .map(let entries):
      entries.sorted { $0.key < $1.key }.flatMap { key, entry in
        edit(entry).map { place, value in
          var changed = entries
          changed[key] = value
          return ("/" + key + place, .map(changed))
        }
      }
    }
  }
}
