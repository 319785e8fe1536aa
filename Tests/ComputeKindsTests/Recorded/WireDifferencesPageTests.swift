import TargetModel
import Testing

/// `docs/wire-differences.md` shows the tables of these tests, and nothing else.
@Suite struct WireDifferencesPageTests {
  /// Run with `BERTH_RECORD=1` to write the tables anew; such a run fails.
  @Test func `the page shows the tables`() throws {
    let path = "docs/wire-differences.md"
    let page = try #require(packageText(path))
    var due = page
    for name in ["figures", "differences", "requests"] {
      let begin = "<!-- \(name): written by the tests -->\n"
      let start = try #require(due.firstRange(of: begin)?.upperBound, "no '\(name)' in \(path)")
      let stop = try #require(due.firstRange(of: "<!-- end of \(name) -->\n")?.lowerBound)
      try #require(start <= stop)
      due.replaceSubrange(start..<stop, with: Self.part(name))
    }
    try record(due, at: path)
    #expect(page == due, "\(path) is stale; record it with BERTH_RECORD=1")
  }

  private static func part(_ name: String) -> String {
    switch name {
    case "figures": figures
    case "differences":
      table(
        [
          "Where in the body", "Requests", "The client sends", "Berth sends",
          "Why it means nothing",
        ],
        allowedDifferences.map(\.cells))
    default:
      table(
        ["Client", "File or call", "Type", "Compared"],
        allRequests.filter { $0.client != .none }.map(\.cells))
    }
  }

  private static var figures: String {
    let recorded = allRequests.filter { $0.client != .none }
    return """
      Of \(recorded.count) recorded requests, \(recorded.count { $0.isCompared }) are compared, at \
      every place of their bodies; the rest is refused on purpose. They differ in \
      \(allowedDifferences.count) ways.

      """
  }

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    ([head, head.map { _ in "---" }] + rows)
      .map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }
}

extension AllowedDifference {
  fileprivate var cells: [String] {
    [
      paths.map { "`\($0)`" }.joined(separator: ", "), scope.text, recorded.text, ours.text, reason,
    ]
  }
}

extension AllowedDifference.Scope {
  fileprivate var text: String {
    let parts = [client?.rawValue, kind, source].compactMap(\.self).map { "`\($0)`" }
    return parts.isEmpty ? "all" : parts.joined(separator: ", ")
  }
}

extension AllowedDifference.Said {
  fileprivate var text: String {
    switch self {
    case .nothing: "nothing"
    case .value(let value): "`\(value.canonicalJSON)`"
    case .part(let part): "an id with `\(part)`"
    case .some(let words): words
    }
  }
}

extension RecordedRequest {
  fileprivate var cells: [String] {
    let result =
      switch act {
      case .put, .update, .remove, .start: "yes"
      case .refused(_, _, let reason): "no. \(reason)"
      }
    return [client.rawValue, "`\(source)`", "`\(kind)`", result]
  }
}
