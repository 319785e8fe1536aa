package import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// The rules of values.
extension Rule {
  /// A value of another type than is due.
  package static let wrongType = Rule("wrong-type")
  /// A number outside its range, or too many elements.
  package static let outOfRange = Rule("out-of-range")
  /// A value that does not fit.
  package static let invalidValue = Rule("invalid-value")
  /// A resource id that can't be one.
  package static let malformedResourceID = Rule("malformed-resource-id")
  /// A tag that is Berth's own.
  package static let reservedTag = Rule("reserved-tag")
}

extension Diagnostic {
  static func wrongType(
    _ path: AttributePath, _ expected: String, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .wrongType, "Value has the wrong type",
      detail: "'\(path)' must be \(expected), and here is \(node.typeInWords).", address: address,
      at: node.kind == .scalar ? node.location : node.location.firstLine)
  }

  static func wrongValue(
    _ path: AttributePath, _ why: String, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .invalidValue, "Value does not fit",
      detail: "'\(node.text.shortened)' can't be '\(path)': \(why)\(why.hasSuffix("?") ? "" : ".")",
      address: address,
      at: node.location)
  }

  static func outOfRange(
    _ path: AttributePath, _ number: String, _ range: ClosedRange<Int>, _ node: YAMLNode,
    _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .outOfRange, "Number is out of range",
      detail:
        "'\(path)' is \(number), and must be from \(range.lowerBound) to \(range.upperBound).",
      address: address, at: node.location)
  }

  static func tooMany(
    _ path: AttributePath, _ count: Int, _ limit: Int, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .outOfRange, "List is too long",
      detail: "'\(path)' has \(count) elements, and may have at most \(limit).", address: address,
      at: node.location.firstLine)
  }

  static func unknownWord(
    _ path: AttributePath, _ node: YAMLNode, _ words: [String], _ meant: String?,
    _ address: String?
  ) -> Diagnostic {
    let suggestion = meant ?? nearest(to: node.text, among: words)
    return Diagnostic(
      .error, .invalidValue, "Value does not fit",
      detail: "'\(node.text.shortened)' can't be '\(path)'. "
        + (suggestion.map { "Did you mean \"\($0)\"?" }
          ?? "It is one of \(words.map { "'\($0)'" }.joined(separator: ", "))."),
      address: address, at: node.location)
  }

  static func wrongResourceType(
    _ path: AttributePath, _ types: [String], _ id: ARMResourceID, _ node: YAMLNode,
    _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .malformedResourceID, "Resource is of the wrong type",
      detail: """
        '\(path)' must be the id of a \(types.joined(separator: " or a ")), and this is a \
        \(id.type.shortened). Copy the id from the resource's properties in the portal.
        """,
      address: address, at: node.location)
  }

  static func malformedResourceID(
    _ path: AttributePath, _ reason: String, _ type: String?, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    let pattern = type.map(ARMResourceID.pattern) ?? ""
    return Diagnostic(
      .error, .malformedResourceID, "Resource id is malformed",
      detail: "'\(path)' is no resource id: \(reason).\(pattern)", address: address,
      at: node.location)
  }

  static func reservedTag(_ key: YAMLNode, _ address: String?) -> Diagnostic {
    Diagnostic(
      .error, .reservedTag, "Tag is Berth's own",
      detail: """
        '\(key.text)' is a mark by which Berth knows its targets; it is written by every apply. \
        Remove it here.
        """,
      address: address, at: key.location)
  }
}

extension ARMResourceID {
  /// What an id of a type looks like, as a sentence.
  fileprivate static func pattern(_ type: String) -> String {
    let parts = type.split(separator: "/")
    let names = parts.dropFirst().map { "\($0)/NAME" }.joined(separator: "/")
    return
      " An example: /subscriptions/SUB/resourceGroups/GROUP/providers/\(parts.first ?? "")/\(names)"
  }
}

extension YAMLNode {
  /// What stands here, for people.
  var typeInWords: String {
    switch kind {
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .scalar:
      switch scalar ?? .null {
      case .null: "nothing"
      case .bool(let bool): bool ? "true" : "false"
      case .integer(let integer): "the number \(integer)"
      case .number: "the number \(text.shortened)"
      case .text(let text): text.isEmpty ? "an empty text" : "the text '\(text.shortened)'"
      }
    }
  }
}

extension String {
  /// The beginning of a text that nobody limited.
  var shortened: String { utf8.count <= 80 ? self : "\(prefix(64))..." }
}

extension SourceLocation {
  /// Only the beginning, for findings about a whole mapping.
  var firstLine: SourceLocation { SourceLocation(file: file, start: start, end: start) }
}
