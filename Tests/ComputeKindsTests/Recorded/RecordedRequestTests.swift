import ComputeKinds
import Diagnostics
import FoundationEssentials
import TargetModel
import Testing

/// A line of the recordings.
private struct RecordedLine {
  /// The file or call that made the client send it; the request itself for what has no such name.
  let source: String
  let method: String
  /// What stands behind the workspace's own path; nil where the recording has no URL.
  let path: String?
  let body: AttributeValue
  let document: AttributeValue?

  init(_ line: AttributeValue) throws {
    method = try #require(line["method"]?.text)
    body = line["body"] ?? .null
    document = line["yaml"]
    let source = try #require(line["source"]?.text)
    path = try line["url"]?.text.map(Self.path)
    self.source = source.hasPrefix("(client call)") ? "\(method) \(path ?? "")" : source
  }

  /// The URL without the workspace's part and without the API's version.
  private static func path(of url: String) throws -> String {
    let base = """
      https://management.azure.com\(group)/providers/Microsoft.MachineLearningServices\
      /workspaces/\(workspace.name)/
      """
    try #require(url.hasPrefix(base), "\(url) is not about the workspace of these tests")
    let parts = url.dropFirst(base.count).split(separator: "?", maxSplits: 1)
    let query = parts.dropFirst().joined().split(separator: "&")
      .filter { !$0.hasPrefix("api-version=") }
    return query.isEmpty ? String(parts[0]) : "\(parts[0])?\(query.joined(separator: "&"))"
  }
}

/// The recordings of a client, which lie beside the package and not in it; nil without them.
private func recordings(of client: Client) throws -> [RecordedLine]? {
  guard let file = client.file else { return nil }
  let path = "../shared/azure/spec/derived/\(file)"
  guard let text = packageText(path) else {
    print("SKIPPED: there are no recordings at \(path).")
    return nil
  }
  return try text.split(separator: "\n").map { try RecordedLine(AttributeValue(json: String($0))) }
}

/// The requests of the table with the lines that recorded them.
private func recordedRequests() throws -> [(request: RecordedRequest, line: RecordedLine)] {
  try Client.allCases.flatMap { client in
    guard let lines = try recordings(of: client) else {
      return [] as [(RecordedRequest, RecordedLine)]
    }
    return allRequests.filter { $0.client == client }.compactMap { request in
      lines.first { $0.source == request.source }.map { (request, $0) }
    }
  }
}

/// Requests that Microsoft's own clients sent, compared with Berth's.
@Suite struct RecordedRequestTests {
  @Test(arguments: [Client.azML, .sdk1])
  func `every recorded line is in the table, and nothing else`(client: Client) throws {
    guard let lines = try recordings(of: client) else { return }
    let table = allRequests.filter { $0.client == client }.map(\.source)
    #expect(lines.map(\.source).sorted() == table.sorted())
  }

  @Test func `requests are those of the clients, but for what means nothing`() throws {
    let pairs = try recordedRequests()
    guard !pairs.isEmpty else { return }
    // The paths of each row that no difference has asked for yet.
    var unused = allowedDifferences.map { Set($0.paths) }
    for (request, line) in pairs where request.isCompared {
      let sent = try request.sent()
      #expect(sent.method == line.method, "\(request)")
      if let path = line.path { #expect(sent.path == path, "\(request)") }
      for difference in WireDifference.between(recorded: line.body, ours: sent.body) {
        let index = allowedDifferences.firstIndex { $0.covers(difference, of: request) }
        if let index { unused[index].remove(difference.path) }
        #expect(index != nil, "\(request.testDescription): \(difference)")
      }
    }
    for (row, paths) in zip(allowedDifferences, unused) {
      #expect(paths.isEmpty, "no recording differs here any more: \(row)")
    }
  }

  @Test func `documents are those that az ml was given`() throws {
    for (request, line) in try recordedRequests() {
      guard let document = line.document else { continue }
      let (targets, findings) = bound(document.canonicalJSON)
      let given = try #require(targets.first, "\(request): \(findings)")
      let target = try request.target()
      #expect(given.name == target.name)
      #expect(given.kind.name == target.kind.name)
      #expect(given.attributes == target.attributes, "\(request)")
    }
  }

  @Test func `recorded bodies are read as what the documents say`() throws {
    for (request, line) in try recordedRequests() where request.isCompared && line.body != .null {
      let live = try #require(observed(line.body, of: request))
      try expect(live, says: request)
    }
  }

  /// The same without recordings: Berth's own bodies stand for them.
  @Test(arguments: allRequests.filter(\.isCompared))
  func `Berth's bodies are read as what the documents say`(request: RecordedRequest) throws {
    let sent = try request.sent()
    guard sent.body != .null else { return }
    let live = try #require(observed(sent.body, of: request))
    try expect(live, says: request)
    #expect(live.marks == marks(try request.target()))
  }

  /// What a client made reads as a machine that holds nothing, and is refused as a document.
  @Test func `a retired machine is read, and counts as nobody's`() throws {
    for (request, line) in try recordedRequests() where !request.isCompared {
      let live = try #require(observed(line.body, of: request))
      #expect(live.kind == "virtualmachine")
      #expect(live.resource == nil)
      #expect(live.marks == OwnershipMarks())
    }
  }

  @Test(arguments: allRequests.filter { !$0.isCompared })
  func `what is not compared is refused`(request: RecordedRequest) throws {
    guard case .refused(let document, let rule, _) = request.act else { return }
    let (targets, findings) = bound(document)
    #expect(targets.isEmpty)
    #expect(findings.map(\.rule) == [rule])
  }

  // MARK: The way back

  private func observed(_ body: AttributeValue, of request: RecordedRequest) -> ObservedTarget? {
    let restored = Dictionary(
      uniqueKeysWithValues: request.placeholders.map { ($0.value, $0.key) })
    var answer = body.replacing(restored)
    answer["name"] = "example"
    return WireMapping(catalog: .azureML).target(in: answer)
  }

  /// Each field that the service can tell has the document's value, and no field has one that the
  /// document does not mean; secrets are not there.
  private func expect(_ live: ObservedTarget, says request: RecordedRequest) throws {
    let target = try request.target()
    #expect(live.kind == target.kind.name, "\(request)")
    #expect(live.resource == target.heldResource, "\(request)")
    // An address is told apart by the service's own `isAttachedCompute`, which no request has.
    if target["address"] == nil {
      #expect(live.isAttached == (target.heldResource != nil), "\(request)")
    }
    for (slot, field) in target.kind.fields.enumerated() where field.setBy == .user {
      let shown = live.attributes[slot]
      guard !field.isSecret else {
        #expect(shown == nil, "\(request): \(field.path)")
        continue
      }
      guard field.wire != nil, !request.leavesToTheService(field.path) else { continue }
      let isBesides = target.attributes[slot] == nil && field.defaultValue == nil
      let wanted = isBesides ? Self.toldBesides(field.path, of: request) : target.attributes[slot]
      let fallback = field.defaultValue ?? .null
      #expect(
        field.normalised(shown ?? fallback) == field.normalised(wanted ?? fallback),
        "\(request.testDescription): \(field.path)")
    }
  }

  /// What a body tells of a field about which the document wishes nothing.
  private static func toldBesides(
    _ path: AttributePath, of request: RecordedRequest
  ) -> AttributeValue? {
    switch (path, request.kind) {
    // Every body names a region; a cluster's may be another than the workspace's.
    case ("location", "amlcompute"): .text(workspace.location)
    default: nil
    }
  }
}

extension RecordedRequest {
  /// True for what the service decided when the target was made, and an update sends back.
  fileprivate func leavesToTheService(_ path: AttributePath) -> Bool {
    guard case .update = act else { return false }
    return path == "ssh_public_access_enabled"
  }
}
