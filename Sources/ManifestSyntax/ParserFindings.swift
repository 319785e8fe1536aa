package import Diagnostics

// libyaml's failures in words that help.

extension Rule {
  /// The text is not YAML.
  package static let invalidYAML = Rule("invalid-yaml")
  /// A directive that Berth does not understand.
  package static let unsupportedDirective = Rule("unsupported-directive")
  /// Tabs do not indent in YAML.
  package static let tabIndentation = Rule("tab-indentation")
}

extension Diagnostic {
  static func notYAML(
    _ failure: EventSource.Failure, _ file: String, _ text: CheckedText
  ) -> Diagnostic {
    let offset = Int(failure.point.offset)
    let next = offset < text.bytes.count ? text.bytes[offset] : nil
    let start = failure.isNoticedLate ? failure.contextPoint ?? failure.point : failure.point
    let place = SourceLocation(file: file, from: start, to: start)
    if failure.isAboutTab(next: next) { return .tabIndentation(place) }
    if failure.isAboutDirective {
      let context = failure.contextPoint ?? failure.point
      return .unsupportedDirective(
        "only %YAML 1.1 and 1.2 are understood",
        at: SourceLocation(file: file, from: context, to: context))
    }
    let afterNext = offset + 1 < text.bytes.count ? text.bytes[offset + 1] : nil
    if next == UInt8(ascii: ":"), failure.isAboutEmptyKey(next: afterNext) {
      return .badKey("nothing", place)
    }
    return .invalid(failure.explanation, place, related: failure.related(file, start))
  }

  static func unsupportedDirective(_ what: String, at place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .unsupportedDirective, "Directive is not understood",
      detail: "Manifests need no directives, and \(what). Remove it.", at: place)
  }
}

extension EventSource.Failure {
  fileprivate func isAboutTab(next: UInt8?) -> Bool {
    problem.hasPrefix("found a tab character")
      || (problem.hasPrefix("found character that cannot start") && next == 0x09)
  }

  fileprivate var isAboutDirective: Bool {
    problem.hasSuffix("directive") || problem.hasSuffix("directive name")
      || context.hasSuffix("directive") || problem == "found incompatible YAML document"
  }

  /// A colon is missed where the line ends, and a quote at the end of the document: what is wrong
  /// is where they began.
  fileprivate var isNoticedLate: Bool {
    problem == "could not find expected ':'"
      || isUnclosedQuote
  }

  private var isUnclosedQuote: Bool {
    context.contains("quoted")
      && (problem == "found unexpected end of stream"
        || problem == "found unexpected document indicator")
  }

  /// Whether a colon that is not followed by text was met where a key must stand.
  fileprivate func isAboutEmptyKey(next: UInt8?) -> Bool {
    guard next.map({ $0.isBlank || $0.isBreak }) ?? true else { return false }
    return problem == "did not find expected key" || problem == "did not find expected node content"
  }

  /// Where that began which failed, if that is elsewhere.
  fileprivate func related(_ file: String, _ start: TextPoint) -> [Diagnostic.Related] {
    guard let contextPoint, contextPoint.line != start.line else { return [] }
    return [.init(context, at: SourceLocation(file: file, from: contextPoint, to: contextPoint))]
  }

  /// What it means, what often causes it, and what to do.
  fileprivate var explanation: String {
    switch problem {
    case "mapping values are not allowed in this context":
      """
      A colon followed by a blank makes a key, and none may stand here. Often the line above is \
      indented differently, or a text has a colon in it: put such a text in quotes.
      """
    case "could not find expected ':'":
      """
      This must be a key, and the colon after it is missing. Add it; if the line goes on with a \
      text from above, indent it further.
      """
    case "did not find expected key":
      """
      A key must stand here, at the same indentation as the keys above. Often the line is indented \
      by a space too many or too few, or a quote inside a quoted text ended it early.
      """
    case "did not find expected '-' indicator":
      """
      An element of the list above must begin here with a dash at the same indentation. Often the \
      line is indented by a space too many or too few.
      """
    case "did not find expected node content":
      """
      A value must stand here. Between brackets, quote a text that begins with a colon, and leave \
      no comma without something before it.
      """
    case "found unexpected ':'":
      """
      Between brackets a colon needs a blank after it to make a key; a text with a colon in it \
      needs quotes.
      """
    case "did not find expected ',' or ']'":
      "The list opened with '[' is neither continued with a comma nor closed with ']'."
    case "did not find expected ',' or '}'":
      """
      The mapping opened with '{' is neither continued with a comma nor closed with '}'. For a \
      text that begins with '{', use quotes.
      """
    case "found unexpected end of stream" where isUnclosedQuote,
      "found unexpected document indicator" where isUnclosedQuote:
      """
      The quotes that open here are never closed. Close them; a quote inside a text is written '' \
      in single quotes and \\" in double quotes.
      """
    case "found character that cannot start any token":
      """
      A text may not begin with this character: '@', '`' and '%' are reserved. Put the text in \
      quotes.
      """
    case "found unknown escape character":
      """
      This escape does not exist in double quotes. Write a backslash as \\\\, or use single \
      quotes, where a backslash is just that.
      """
    case "block sequence entries are not allowed in this context":
      """
      A dash may not begin an element here. Put the list on the lines below the key; between \
      brackets use commas.
      """
    case "did not find expected <document start>":
      """
      The document ended above, and this belongs to nothing. Often a line is indented less than \
      the first one, or a list and keys are mixed.
      """
    case "found undefined tag handle":
      "The short name of this tag is not defined. For a text that begins with '!', use quotes."
    default: "It can't be read: \(problem)\(context.isEmpty ? "" : " (\(context))")."
    }
  }
}
