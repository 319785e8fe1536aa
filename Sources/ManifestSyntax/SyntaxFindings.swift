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
      detail: """
        Here \(what) is the key of a mapping. Keys are plain words; write one. A text that begins \
        with '{', '[' or '?' needs quotes.
        """,
      at: place)
  }

  static func tooLarge(_ what: String, _ place: SourceLocation) -> Diagnostic {
    limit("Manifests are small: \(what). Split it.", place)
  }

  static func documentTooLarge(_ limit: Int, _ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .yamlLimit, "File asks for too much",
      detail: """
        Manifests are small: a document has at most \(limit) bytes, and the one that begins here \
        has more. Split it. Nothing of the file was read.
        """,
      at: place)
  }

  static func tooDeep(_ limit: Int, _ place: SourceLocation) -> Diagnostic {
    self.limit(
      "Manifests are small: collections stand at most \(limit) deep, also through aliases. Flatten it.",
      place)
  }

  static func tooManyNodes(
    _ alias: String?, _ limits: YAMLLimits, _ place: SourceLocation
  ) -> Diagnostic {
    let culprit = alias.map { "The alias '*\($0)' makes" } ?? "This makes"
    return limit(
      """
      \(culprit) the document larger than is read: aliases may make at most \
      \(limits.expansionFactor) times as many values as are written, and a document has at most \
      \(limits.expandedNodes). Write the values out, or split the file.
      """, place)
  }

  private static func limit(_ detail: String, _ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .yamlLimit, "File asks for too much",
      detail: "\(detail) The rest of this document was not read.", at: place)
  }

  static func tooManyFindings(_ limit: Int, _ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .yamlLimit, "Too many findings",
      detail: """
        There are \(limit) findings, so the rest of the file was not read. Mend some and run again.
        """,
      at: place)
  }

  /// The alias is not named: an unquoted password may begin with '*'.
  static func unknownAlias(_ near: String?, _ place: SourceLocation) -> Diagnostic {
    let hint = near.map { " Did you mean '*\($0)'?" } ?? ""
    return Diagnostic(
      .error, .invalidAlias, "Alias has no meaning",
      detail: """
        This alias names nothing before it.\(hint) Mark the value that it is to repeat with '&' \
        and the same name, earlier in the same document; a text that begins with '*' needs quotes. \
        The rest of this document was not read.
        """,
      at: place)
  }

  static func aliasOfItself(
    _ name: String, _ place: SourceLocation, anchor: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .error, .invalidAlias, "Alias has no meaning",
      detail: """
        '*\(name)' names a collection that it is part of, which would have no end. Move '&\(name)' \
        or write the values out. The rest of this document was not read.
        """,
      at: place, related: [.init("'&\(name)' stands here", at: anchor)])
  }

  static func badMerge(_ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .invalidMerge, "Merge key needs a mapping",
      detail: "'<<' takes a mapping, or a list of mappings, to take entries from.", at: place)
  }

  /// The tag is not named: an unquoted password may begin with '!'.
  static func unknownTag(_ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .unknownTag, "Tag is not understood",
      detail: """
        This is not a tag of YAML's core schema (str, int, float, bool, null, seq, map). Remove \
        it; a text that begins with '!' needs quotes.
        """,
      at: place)
  }

  static func tagMisfit(_ tag: String, _ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .unknownTag, "Tag does not fit",
      detail: "What stands here is not what '\(tag)' says. Mend the value or remove the tag.",
      at: place)
  }
}
