public import Diagnostics
internal import TargetModel

/// Answers as a recording did: to each request what was answered to its like, in the order of the
/// recording.
///
/// Signing in is the exception: a recording has no token, so a live service gives one, unless the
/// recording has a refusal.
public actor Replay {
  private let redaction: Redaction
  private let live: EmulatedService
  private var exchanges: [String: ArraySlice<Exchange>] = [:]
  private var counts: [String: Int] = [:]

  private init(_ exchanges: [Exchange], _ live: EmulatedService) {
    self.live = live
    redaction = Redaction(catalog: live.configuration.catalog)
    var byKey: [String: [Exchange]] = [:]
    for exchange in exchanges { byKey[exchange.key, default: []].append(exchange) }
    self.exchanges = byKey.mapValues { $0[...] }
    counts = byKey.mapValues(\.count)
  }

  /// Reads a recording; nil if it is none, which is reported with the line.
  ///
  /// - Parameter live: where clients sign in.
  public static func read(
    _ bytes: [UInt8], file: String, signingInAt live: EmulatedService,
    reporting findings: inout DiagnosticList
  ) -> Replay? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    guard let first = lines.first, let heading = try? AttributeValue(json: first),
      heading["format"] == "berth-recording"
    else {
      findings.append(.noRecording(file))
      return nil
    }
    guard heading["version"] == 1 else {
      findings.append(.laterRecording(file))
      return nil
    }
    var exchanges: [Exchange] = []
    for (index, line) in lines.enumerated().dropFirst() {
      guard let json = try? AttributeValue(json: line), let exchange = Exchange(json) else {
        // What was cut off when the recorder was killed is no reason to lose the rest.
        if index == lines.count - 1, bytes.last != UInt8(ascii: "\n") { break }
        findings.append(.badLine(file, index + 1))
        return nil
      }
      exchanges.append(exchange)
    }
    return Replay(exchanges, live)
  }

  /// The recorded answer to a request.
  ///
  /// A read beyond the recording is answered as the last of its like was: how often a client asks
  /// how an operation goes is a matter of time. A write beyond it is refused.
  public func answer(_ request: EmulatedRequest) async -> EmulatedAnswer {
    let likeness = Exchange(
      request, EmulatedAnswer(EmulatedResponse(200)), after: 0, redaction)
    let recorded = recorded(likeness, request.origin)
    guard likeness.route?.signInFace != nil else { return recorded }
    let isPlayed = recorded.isLost || (400...599).contains(recorded.response.status)
    return isPlayed && exchanges[likeness.key] != nil ? recorded : await live.answer(request)
  }

  private func recorded(_ likeness: Exchange, _ origin: String) -> EmulatedAnswer {
    guard let rest = exchanges[likeness.key], let next = rest.first else {
      return EmulatedAnswer(notRecorded(likeness).response)
    }
    if rest.count > 1 || !(likeness.operation?.isRead ?? true) {
      exchanges[likeness.key] = rest.dropFirst()
    }
    return next.answer(origin: origin)
  }

  private func notRecorded(_ exchange: Exchange) -> ServiceError {
    let what = "\(exchange.method) \(exchange.path)"
    if let count = counts[exchange.key] {
      return ServiceError(
        501, "NotRecorded",
        "The recording has \(count == 1 ? "one request" : "\(count) requests") '\(what)' like this, "
          + "and all of them have been answered.")
    }
    let target = exchange.query.isEmpty ? exchange.path : "\(exchange.path)?\(exchange.query)"
    let hasPath = counts.keys.contains { $0.hasPrefix("\(exchange.method) \(target) ") }
    let hasOther = counts.keys.contains { $0.hasPrefix("\(exchange.method) \(exchange.path)") }
    let reason =
      hasPath
      ? "it has such requests, with another body"
      : hasOther ? "it has such requests, with another query" : "it has none of this path"
    return ServiceError(
      501, "NotRecorded",
      "The recording has no answer to '\(exchange.method) \(target)': \(reason).")
  }
}

extension Rule {
  /// A recording is one of `berth emulate --record`.
  public static let recordingUnreadable = Rule("recording-unreadable")
}

extension Diagnostic {
  fileprivate static func noRecording(_ file: String) -> Diagnostic {
    Diagnostic(
      .error, .recordingUnreadable, "Not a recording",
      detail: """
        The file does not begin as 'berth emulate --record' writes it. Give a file that this \
        command wrote.
        """,
      at: SourceLocation(startOf: file))
  }

  fileprivate static func laterRecording(_ file: String) -> Diagnostic {
    Diagnostic(
      .error, .recordingUnreadable, "Recording of a later version",
      detail: "A later version of Berth wrote the file. Replay it with that version.",
      at: SourceLocation(startOf: file))
  }

  fileprivate static func badLine(_ file: String, _ line: Int) -> Diagnostic {
    Diagnostic(
      .error, .recordingUnreadable, "Not a recording",
      detail: "Line \(line) is no request with its answer. The file was edited or is damaged.",
      at: SourceLocation(startOf: file))
  }
}
