internal import TargetModel

/// JSON whose keys stand in the order in which they are given, where the conventions fix one.
enum OrderedJSON {
  case value(AttributeValue)
  case object([Member])

  typealias Member = (key: String, value: OrderedJSON)

  static func text(_ text: String) -> OrderedJSON { .value(.text(text)) }
  static func integer(_ integer: Int) -> OrderedJSON { .value(.integer(integer)) }

  /// The JSON on one line.
  var text: String {
    switch self {
    case .value(let value): value.canonicalJSON
    case .object(let members):
      "{"
        + members.map { "\(AttributeValue.text($0.key).canonicalJSON):\($0.value.text)" }
        .joined(separator: ",") + "}"
    }
  }
}

extension OrderedJSON: ExpressibleByStringLiteral {
  init(stringLiteral text: String) { self = .text(text) }
}
