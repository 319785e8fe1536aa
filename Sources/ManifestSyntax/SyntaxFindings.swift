package import Diagnostics

/// The rules of the syntax layer that `DocumentBuilder` checks.
extension Rule {
  /// A mapping has each key once.
  package static let duplicateKey = Rule("duplicate-key")
  /// Keys are texts, numbers or truth values.
  package static let invalidKey = Rule("invalid-key")
  /// A file asks for more than is read.
  package static let yamlLimit = Rule("yaml-limit")
  /// An alias names what stands before it.
  package static let invalidAlias = Rule("invalid-alias")
  /// A merge key names mappings.
  package static let invalidMerge = Rule("invalid-merge")
  /// Only the tags of the core schema are understood.
  package static let unknownTag = Rule("unknown-tag")
}

extension Diagnostic {
  static func duplicateKey(
    _ key: String, _ place: SourceLocation, first: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .error, .duplicateKey, "Key is repeated",
      detail: """
        '\(key)' stands here and on line \(first.start.line). Only one of them could count, and \
        nobody can say which. Remove one.
        """,
      at: place, related: [.init("first defined here", at: first)])
  }

  static func badKey(_ what: String, _ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .invalidKey, "Key is not allowed",
      detail: "Here \(what) is the key of a mapping. Keys are plain words; write one.", at: place)
  }

  static func tooLarge(
    _ what: String, _ place: SourceLocation, isDepth: Bool = false
  ) -> Diagnostic {
    let way = isDepth ? "Flatten it" : "Split it"
    return Diagnostic(
      .error, .yamlLimit, "File asks for too much",
      detail: """
        Manifests are small: \(what). \(way). The rest of the file was not read.
        """,
      at: place)
  }

  static func tooManyNodes(
    _ alias: String?, _ limits: YAMLLimits, _ place: SourceLocation
  ) -> Diagnostic {
    let culprit = alias.map { "The alias '*\($0)' makes" } ?? "This makes"
    return Diagnostic(
      .error, .yamlLimit, "File asks for too much",
      detail: """
        \(culprit) the document larger than is read: aliases may make at most \
        \(limits.expansionFactor) times as many values as are written, and a document has at most \
        \(limits.expandedNodes). Write the values out, or split the file. The rest of the file \
        was not read.
        """,
      at: place)
  }

  static func badAlias(_ name: String, _ what: String, _ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .invalidAlias, "Alias has no meaning",
      detail: """
        '*\(name)' \(what). Put '&\(name)' before the value it is to repeat, earlier in the same \
        document. The rest of the file was not read.
        """,
      at: place)
  }

  static func badMerge(_ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .invalidMerge, "Merge key needs a mapping",
      detail: "'<<' takes a mapping, or a list of mappings, to take entries from.", at: place)
  }

  static func unknownTag(_ tag: String, _ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .unknownTag, "Tag is not understood",
      detail: """
        '\(tag)' is not a tag of YAML's core schema (str, int, float, bool, null, seq, map). \
        Remove it.
        """,
      at: place)
  }

  static func commentWithoutBlank(_ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .invalidYAML, "File is not valid YAML",
      detail: "A comment needs a blank before its '#'.", at: place)
  }

  static func flowFault(_ what: String, _ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .invalidYAML, "File is not valid YAML",
      detail: "\(what). Put the value in quotes, or mend the indentation.", at: place)
  }
}
