public import Diagnostics

/// Reads the documents of a YAML file.
///
/// Everything wrong is reported, with its place, and reading goes on where it can: a repeated key
/// in one document does not hide the findings of the next. After text that is not YAML at all, or
/// that asks for more than `limits`, the rest of the file can't be read; the finding says so.
///
/// - Parameters:
///   - bytes: the file's content.
///   - file: its path, as findings show it.
/// - Returns: the documents that could be read whole, in their order.
public func readYAML(
  _ bytes: [UInt8], file: String, limits: YAMLLimits = .standard,
  reporting findings: inout DiagnosticList
) -> [YAMLDocument] {
  guard let text = checkText(bytes, file: file, limits: limits, reporting: &findings) else {
    return []
  }
  var documents: [YAMLDocument] = []
  var source = EventSource(text.bytes)
  var builder = DocumentBuilder(file: file, text: text, limits: limits)
  // Whether the document before was ended by `...`, after which directives may stand.
  var mayHaveDirectives = true
  do {
    while true {
      let located = try source.next()
      switch located.event {
      case .streamStart: break
      case .streamEnd: return documents
      case .documentStart(let directives):
        guard documents.count < limits.documentCount else {
          findings.append(.tooManyDocuments(file, limits.documentCount))
          return documents
        }
        builder.begin(located)
        check(directives, mayHaveDirectives, at: builder.place(located), reporting: &findings)
      case .documentEnd(let isExplicit):
        mayHaveDirectives = isExplicit
        if let document = builder.finish() { documents.append(document) }
      case .scalar, .sequenceStart, .mappingStart, .collectionEnd, .alias:
        guard builder.take(located, reporting: &findings) else { return documents }
      }
    }
  } catch {
    findings.append(.notYAML(error, builder.place(error.point, error.point), text))
    return documents
  }
}

private func check(
  _ directives: EventSource.Directives, _ mayHaveDirectives: Bool, at place: SourceLocation,
  reporting findings: inout DiagnosticList
) {
  if directives.hasTags {
    findings.append(.unsupportedDirective("%TAG is not understood", at: place))
  }
  guard let version = directives.version else { return }
  if version.major != 1 || !(1...2).contains(version.minor) {
    findings.append(
      .unsupportedDirective(
        "%YAML \(version.major).\(version.minor) is not understood, only 1.1 and 1.2", at: place))
  }
  if !mayHaveDirectives {
    findings.append(
      .unsupportedDirective("a directive may follow a document only after a '...' line", at: place))
  }
}

extension Rule {
  /// The text is not YAML.
  package static let invalidYAML = Rule("invalid-yaml")
  /// A directive that Berth does not understand.
  package static let unsupportedDirective = Rule("unsupported-directive")
  /// Tabs do not indent in YAML.
  package static let tabIndentation = Rule("tab-indentation")
}

extension Diagnostic {
  fileprivate static func notYAML(
    _ failure: EventSource.Failure, _ place: SourceLocation, _ text: CheckedText
  ) -> Diagnostic {
    if text.lines.byte(at: failure.point) == 0x09 {
      return Diagnostic(
        .error, .tabIndentation, "Tab where YAML wants spaces",
        detail: """
          A tab can't indent in YAML. Replace it with spaces. The rest of the file was not read.
          """,
        at: place)
    }
    if failure.problem == "found incompatible YAML document" {
      return .unsupportedDirective("only %YAML 1.1 and 1.2 are understood", at: place)
    }
    let context = failure.context.map { " (\($0))" } ?? ""
    return Diagnostic(
      .error, .invalidYAML, "File is not valid YAML",
      detail: """
        Here \(failure.problem)\(context). Look for a missing quote, bracket or colon, or for \
        indentation that does not line up. The rest of the file was not read.
        """,
      at: place)
  }

  fileprivate static func unsupportedDirective(
    _ what: String, at place: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .error, .unsupportedDirective, "Directive is not understood",
      detail: "Manifests need no directives, and \(what). Remove it.", at: place)
  }

  fileprivate static func tooManyDocuments(_ file: String, _ limit: Int) -> Diagnostic {
    Diagnostic(
      .error, .tooManyDocuments, "Too many documents",
      detail: "A file has at most \(limit) documents. Split \(file).",
      at: SourceLocation(startOf: file))
  }
}

extension Rule {
  /// A file or stack has more documents than are read.
  package static let tooManyDocuments = Rule("too-many-documents")
}
