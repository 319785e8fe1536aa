import ComputeKinds
import FoundationEssentials
import TargetModel
import Testing

/// What Berth sends, document by document, as files that a reviewer can read.
///
/// They hold without the recordings what the recordings proved: `RecordedRequestTests` compares the
/// same requests with those of Microsoft's clients.
@Suite struct RequestGoldenTests {
  static let kinds = Set(allRequests.filter(\.isCompared).map(\.kind)).sorted()

  /// Run with `BERTH_RECORD=1` to write the files anew; such a run fails.
  @Test(arguments: kinds)
  func `requests are those of the files`(kind: String) throws {
    let path = "Tests/ComputeKindsTests/Goldens/requests/\(kind).txt"
    let text = try allRequests.filter { $0.kind == kind && $0.isCompared }.map(Self.text)
      .joined(separator: "\n")
    try record(text, at: path)
    #expect(packageText(path) == text, "\(path) is stale; record it with BERTH_RECORD=1")
  }

  @Test func `every type that the service knows has its requests`() {
    let inWorkspace = KindCatalog.azureML.kinds.filter(\.isInWorkspace).map(\.name.text)
    #expect(Self.kinds == inWorkspace.sorted())
  }

  @Test func `no request stands in the table twice`() {
    let keys = allRequests.map(\.testDescription)
    #expect(Set(keys).count == keys.count)
  }

  /// Also without recordings a row can be seen to be about something that Berth sends, or not.
  @Test func `allowed differences are about what Berth sends`() throws {
    let bodies = try allRequests.filter(\.isCompared).map { ($0, try $0.sent().body.leaves()) }
    for row in allowedDifferences {
      let concerned = bodies.filter { row.scope.contains($0.0) }
      for path in row.paths {
        #expect(concerned.contains { row.ours.matches($0.1[path]) }, "\(path): \(row.reason)")
      }
    }
  }

  private static func text(of request: RecordedRequest) throws -> String {
    let sent = try request.sent()
    let head = "# \(request.testDescription)\n\(request.document)\n"
    let line = "\(sent.method) \(sent.path)\n"
    return sent.body == .null ? head + line : head + line + sent.body.prettyJSON + "\n"
  }
}

/// Writes a file of the package, if this is a run that records.
func record(_ text: String, at path: String) throws {
  guard ProcessInfo.processInfo.environment["BERTH_RECORD"] == "1" else { return }
  try Data(text.utf8).write(to: URL(filePath: "\(packageFolder)/\(path)"))
  Issue.record("recorded \(path)")
}
