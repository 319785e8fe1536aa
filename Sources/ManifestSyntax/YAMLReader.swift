public import Diagnostics

/// Reads the documents of a YAML file.
///
/// Everything wrong is reported, with its place, and reading goes on where it can: a document that
/// is not YAML, or that asks for more than `limits`, does not hide what is found in the next one.
///
/// - Parameters:
///   - bytes: the file's content.
///   - file: its path, as findings show it.
/// - Returns: the documents that could be read whole, in their order.
public func readYAML(
  _ bytes: [UInt8], file: String, limits: YAMLLimits = .standard,
  reporting findings: inout DiagnosticList
) -> [YAMLDocument] {
  var documents: [YAMLDocument] = []
  readYAML(bytes, file: file, limits: limits, reporting: &findings) { documents.append($0) }
  return documents
}

/// Reads the documents of a YAML file one by one, so that there is never more than one in memory.
///
/// - Parameters:
///   - takesCommonForm: false to read everything with libyaml, which comes to the same.
///   - take: is handed each document that could be read whole, in their order.
package func readYAML(
  _ bytes: [UInt8], file: String, limits: YAMLLimits = .standard, takesCommonForm: Bool = true,
  reporting findings: inout DiagnosticList, _ take: (YAMLDocument) -> Void
) {
  guard let text = checkText(bytes, file: file, limits: limits, reporting: &findings) else {
    return
  }
  var stream = YAMLStream(
    file: file, text: text, limits: limits, room: findings.findings.count + limits.findings)
  stream.takesCommonForm = takesCommonForm && text.mayBeInCommonForm
  stream.readAll(reporting: &findings, take)
}

/// Reads a text and keeps what stands where in it; nil if anything is wrong with it.
func readLayout(
  of text: CheckedText, file: String, limits: YAMLLimits, reporting findings: inout DiagnosticList
) -> [LayoutMark]? {
  let errorsBefore = findings.errorCount
  var stream = YAMLStream(
    file: file, text: text, limits: limits, room: findings.findings.count + limits.findings)
  stream.keepsLayout = true
  stream.readAll(reporting: &findings) { _ in }
  return findings.errorCount == errorsBefore ? stream.layout : nil
}

/// The documents of a text, as far as they were read.
private struct YAMLStream: ~Copyable {
  private var documentCount = 0
  /// What stood where, if that is wanted.
  private(set) var layout: [LayoutMark] = []
  var keepsLayout = false
  /// Whether `CommonForm` is asked first.
  var takesCommonForm = false
  private let file: String
  private let text: CheckedText
  private let limits: YAMLLimits
  private var source: EventSource
  private var builder: DocumentBuilder
  /// Whether the document before was ended by `...`, after which directives may stand.
  private var mayHaveDirectives = true
  /// How many more documents may turn out not to be in the common form before nobody asks any more;
  /// each one that is gives some back.
  private var patience = 8
  /// A document can't begin again before this offset.
  private var reached: Int32
  private var nextBoundary = 0

  init(file: String, text: CheckedText, limits: YAMLLimits, room: Int) {
    self.file = file
    self.text = text
    self.limits = limits
    source = EventSource(text)
    builder = DocumentBuilder(file: file, text: text, limits: limits, room: room)
    reached = text.start.offset
  }

  /// Reads every document.
  mutating func readAll(
    reporting findings: inout DiagnosticList, _ take: (YAMLDocument) -> Void
  ) {
    guard !isEmptyAtStart || goOn() else { return }
    let first = isEmptyAtStart ? text.boundaries[nextBoundary] : text.start
    guard takeCommonDocuments(at: first, given: findings, take) else { return }
    while let refusal = read(reporting: &findings, take) {
      if findings.findings.last != refusal.finding { findings.append(refusal.finding) }
      guard !refusal.endsFile, goOn() else { break }
    }
  }

  /// True if no document begins before the first boundary.
  private var isEmptyAtStart: Bool {
    let end = text.boundaries.first.map { Int($0.offset) } ?? text.bytes.count
    return text.hasNoContent(in: Int(text.start.offset)..<end)
  }

  /// Reads up to the end, or to a document that can't be read.
  private mutating func read(
    reporting findings: inout DiagnosticList, _ take: (YAMLDocument) -> Void
  ) -> Refusal? {
    do {
      while try self.take(nextEvent(), reporting: &findings, take) {}
      return nil
    } catch {
      return error
    }
  }

  /// Goes to where the next document begins, if there is one.
  private mutating func goOn() -> Bool {
    while nextBoundary < text.boundaries.count, text.boundaries[nextBoundary].offset <= reached {
      nextBoundary += 1
    }
    while nextBoundary < text.boundaries.count, isEmptyAtNextBoundary { nextBoundary += 1 }
    guard nextBoundary < text.boundaries.count else { return false }
    let point = text.boundaries[nextBoundary]
    reached = point.offset
    mayHaveDirectives = true
    source.restart(at: point)
    builder.restart(at: point)
    return true
  }

  private var isEmptyAtNextBoundary: Bool {
    let after = nextBoundary + 1
    let end =
      after < text.boundaries.count ? Int(text.boundaries[after].offset) : text.bytes.count
    return text.hasNoContent(in: Int(text.boundaries[nextBoundary].offset)..<end)
  }

  private mutating func nextEvent() throws(Refusal) -> EventSource.Located {
    do {
      return try source.next()
    } catch {
      // A boundary where parsing failed is still ahead.
      reached = max(reached, error.point.offset - 1)
      throw Refusal(.notYAML(error, file, text))
    }
  }

  /// Takes an event.
  ///
  /// False at the end.
  private mutating func take(
    _ located: EventSource.Located, reporting findings: inout DiagnosticList,
    _ take: (YAMLDocument) -> Void
  ) throws(Refusal) -> Bool {
    try builder.checkRoom(in: findings, at: located.start)
    if keepsLayout, let mark = LayoutMark(located) { layout.append(mark) }
    switch located.event {
    case .streamStart: break
    case .streamEnd:
      try builder.endStream(located.place)
      return false
    case .documentStart(let directives):
      guard documentCount < limits.documentCount else {
        throw Refusal(.tooManyDocuments(file, limits.documentCount), endsFile: true)
      }
      reached = max(reached, located.end.offset - 1)
      try builder.begin(located.place, isExplicit: directives.isExplicit)
      check(directives, at: builder.place(located.start, located.start), reporting: &findings)
    case .documentEnd(let isExplicit):
      mayHaveDirectives = isExplicit
      take(try builder.finish(located.place))
      documentCount += 1
      guard isExplicit else {
        // Behind a document that only seems to have ended nothing may begin.
        guard text.isMarker(at: located.start) else { break }
        return takeCommonDocuments(at: located.start, given: findings, take)
      }
      // libyaml takes no document without `---` after a `...`, YAML does.
      try builder.checkLineEnd(at: located.end)
      reached = max(reached, located.end.offset - 1)
      return goOn()
    case .scalar(let scalar): try builder.add(scalar, located.place, reporting: &findings)
    case .collectionStart(let opening):
      try builder.begin(opening, located.place, reporting: &findings)
    case .collectionEnd: try builder.end(located.place, reporting: &findings)
    case .alias(let name): try builder.addAlias(name, located.place, reporting: &findings)
    }
    return true
  }

  /// Takes documents in the common form for as long as there are any; libyaml reads on behind them.
  ///
  /// - Returns: false at the end of the text.
  private mutating func takeCommonDocuments(
    at first: TextPoint, given findings: DiagnosticList, _ take: (YAMLDocument) -> Void
  ) -> Bool {
    guard takesCommonForm, first.offset < text.end.offset,
      builder.hasRoom(in: findings)
    else { return true }
    var position = first
    while patience > 0, documentCount < limits.documentCount {
      while nextBoundary < text.boundaries.count,
        text.boundaries[nextBoundary].offset <= position.offset
      {
        nextBoundary += 1
      }
      let isLast = nextBoundary == text.boundaries.count
      let end = isLast ? text.end : text.boundaries[nextBoundary]
      var form = CommonForm(text, from: position, to: end)
      guard let document = form.read(with: &builder) else {
        patience -= 1
        break
      }
      patience = min(8, patience + 1)
      take(document)
      documentCount += 1
      mayHaveDirectives = false
      if isLast { return false }
      position = end
    }
    builder.restart(at: position)
    if position != first { source.restart(at: position) }
    return true
  }

  private func check(
    _ directives: EventSource.Directives, at place: SourceLocation,
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
        .unsupportedDirective(
          "a directive may follow a document only after a '...' line", at: place))
    }
  }
}

extension Rule {
  /// A file or stack has more documents than are read.
  package static let tooManyDocuments = Rule("too-many-documents")
}

extension Diagnostic {
  fileprivate static func tooManyDocuments(_ file: String, _ limit: Int) -> Diagnostic {
    Diagnostic(
      .error, .tooManyDocuments, "Too many documents",
      detail: "A file has at most \(limit) documents. Split \(file).",
      at: SourceLocation(startOf: file))
  }
}
