/// A value of a target's attribute: what JSON can say, and secrets.
public enum AttributeValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([AttributeValue])
  case map(AttributeMap)
  /// In a box of its own: secrets are few, and otherwise every value would be as large as one.
  indirect case secret(SecretText)
}

extension AttributeValue {
  /// The text, if it is one.
  public var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// The whole number, if it is one.
  public var integer: Int? {
    if case .integer(let integer) = self { integer } else { nil }
  }

  /// The truth value, if it is one.
  public var bool: Bool? {
    if case .bool(let bool) = self { bool } else { nil }
  }

  /// The elements, if it is a list.
  public var list: [AttributeValue]? {
    if case .list(let list) = self { list } else { nil }
  }

  /// The entries, if it is a map.
  public var map: AttributeMap? {
    if case .map(let map) = self { map } else { nil }
  }

  /// The entry of a map, or nil.
  public subscript(key key: String) -> AttributeValue? { map?[key] }

  /// The value at a path of nested maps, or nil where there is none.
  public subscript(path: AttributePath) -> AttributeValue? {
    get {
      guard !path.segments.isEmpty else { return self }
      return map?.value(at: path.segments)
    }
    set {
      // Removing what is not there makes no maps on the way.
      guard newValue != nil || self[path] != nil else { return }
      set(newValue, at: path.segments[...])
    }
  }

  /// Puts a value at a path, making the maps on the way; nil removes the entry.
  private mutating func set(_ value: AttributeValue?, at segments: ArraySlice<String>) {
    guard let first = segments.first else {
      self = value ?? .null
      return
    }
    var entries = map ?? [:]
    // Nobody else holds the entries now, so they change in place.
    self = .null
    if segments.count == 1 {
      entries[first] = value
    } else {
      entries[first, default: .map([:])].set(value, at: segments.dropFirst())
    }
    self = .map(entries)
  }
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// The value that a literal stands for.
  public init(stringLiteral value: String) { self = .text(value) }
  /// The value that a literal stands for.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// The value that a literal stands for.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// The value that a literal stands for.
  public init(arrayLiteral elements: AttributeValue...) { self = .list(elements) }
  /// The value that a literal stands for.
  public init(dictionaryLiteral elements: (String, AttributeValue)...) {
    self = .map(AttributeMap(lastOf: elements))
  }
}
