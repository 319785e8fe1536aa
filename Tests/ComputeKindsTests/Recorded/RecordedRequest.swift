import BackendInterface
import ComputeKinds
import ComputeService
import Diagnostics
import SimulatorBackend
import TargetModel
import Testing

/// Whose request it is.
enum Client: String, CaseIterable, Sendable {
  /// `az ml` and the Python SDK v2 below it.
  case azML = "az ml"
  /// The Python SDK v1.
  case sdk1 = "SDK v1"
  /// Nobody's: no recording shows it, and the service's description takes its place.
  case none = "not recorded"

  /// The file with the recordings; nil where there are none.
  var file: String? {
    switch self {
    case .azML: "sdk-v2-requests.jsonl"
    case .sdk1: "sdk-v1-requests.jsonl"
    case .none: nil
    }
  }
}

/// A request that a client of Microsoft's was seen to send, and what asks the same of Berth.
struct RecordedRequest: Sendable, CustomTestStringConvertible {
  let client: Client
  /// The file or call that made the client send it, or the request itself.
  let source: String
  let act: Act
  /// What stands in the document for a value of the recording that no document may have, such as
  /// the letter `o` for an object id.
  let placeholders: [String: String]

  enum Act: Sendable {
    /// The document is created or attached.
    case put(String)
    /// What the first document made is brought to the second.
    case update(String, to: String)
    /// The document's target goes, in its kind's own way.
    case remove(String)
    case start(String)
    /// Berth refuses the document on purpose, so there is nothing to compare.
    case refused(String, Rule, because: String)
  }

  init(_ client: Client, _ source: String, _ act: Act, placeholders: [String: String] = [:]) {
    self.client = client
    self.source = source
    self.act = act
    self.placeholders = placeholders
  }

  var testDescription: String { "\(client.rawValue): \(source)" }

  /// The document that says what the request asks for.
  var document: String {
    switch act {
    case .put(let document), .update(_, let document), .remove(let document), .start(let document),
      .refused(let document, _, _):
      document
    }
  }

  var isCompared: Bool {
    if case .refused = act { false } else { true }
  }

  /// The type that the document names.
  var kind: String {
    document.split(separator: "\n").first { $0.hasPrefix("type: ") }
      .map { String($0.dropFirst("type: ".count)) } ?? ""
  }
}

/// A request as it leaves Berth.
struct SentRequest {
  let method: String
  /// What stands behind the workspace's own path.
  let path: String
  let body: AttributeValue

  init(_ request: ServiceRequest, placeholders: [String: String]) {
    switch request {
    case .put(let name, let body): self.init("PUT", "computes/\(name)", body, placeholders)
    case .patch(let name, let body): self.init("PATCH", "computes/\(name)", body, placeholders)
    case .delete(let name, let action):
      self.init("DELETE", "computes/\(name)?underlyingResourceAction=\(action.rawValue)")
    case .action(let name, let action, let body):
      self.init("POST", "computes/\(name)/\(action)", body, placeholders)
    case .get(let name): self.init("GET", "computes/\(name)")
    case .list, .page, .holders: self.init("GET", "computes")
    case .operation(let id): self.init("GET", id)
    }
  }

  private init(
    _ method: String, _ path: String, _ body: AttributeValue = .null,
    _ placeholders: [String: String] = [:]
  ) {
    self.method = method
    self.path = path
    self.body = body.replacing(placeholders)
  }
}

extension AttributeValue {
  /// The value with some texts in place of others.
  func replacing(_ texts: [String: String]) -> AttributeValue {
    switch self {
    case .text(let text): .text(texts[text] ?? text)
    case .map(let entries): .map(entries.mapValues { $0.replacing(texts) })
    case .list(let elements): .list(elements.map { $0.replacing(texts) })
    case .null, .bool, .integer, .number, .secret: self
    }
  }
}

extension RecordedRequest {
  /// What Berth sends for the document.
  func sent() throws -> SentRequest {
    let requests: [ServiceRequest]
    switch act {
    case .put(let document):
      let target = try onlyTarget(of: document)
      requests = dialect.requests(for: .create(target, marks: marks(target)), current: nil)
    case .update(let former, let document):
      let target = try onlyTarget(of: document)
      let update = WriteRequest.update(
        target, fields: try changedFields(from: former, to: target), marks: marks(target))
      requests = dialect.requests(for: update, current: try live(former))
    case .remove(let document):
      let target = try onlyTarget(of: document)
      requests = dialect.requests(
        for: target.removal == .detach
          ? .detach(name: target.name) : .delete(name: target.name), current: nil)
    case .start(let document):
      requests = dialect.requests(
        for: .start(name: try onlyTarget(of: document).name), current: nil)
    case .refused:
      requests = []
    }
    try #require(requests.count == 1, "\(testDescription) takes \(requests.count) requests")
    return SentRequest(requests[0], placeholders: placeholders)
  }

  /// The target of the document that the act ends in.
  func target() throws -> ComputeTarget { try onlyTarget(of: document) }

  private func changedFields(
    from former: String, to target: ComputeTarget
  ) throws -> [AttributePath] {
    let former = try onlyTarget(of: former)
    return target.kind.fields.map(\.path).filter { former[$0] != target[$0] }
  }
}

/// The marks of a target that has just been written.
func marks(_ target: ComputeTarget) -> OwnershipMarks {
  let secrets = target.kind.fields.enumerated()
    .filter { slot, field in field.isSecret && target.attributes[slot] != nil }
    .map { ($0.element.path, "fingerprint") }
  return OwnershipMarks(
    stack: "ml", applied: "0123456789abcdef0123456789abcdef",
    secrets: Dictionary(uniqueKeysWithValues: secrets))
}

private let service = SimulatorConfiguration(workspace: workspace, catalog: .azureML)
private let dialect = ServiceDialect(catalog: service.catalog, workspace: service.workspace)

private func onlyTarget(of document: String) throws -> ComputeTarget {
  let (targets, findings) = bound(document)
  try #require(targets.count == 1, "\(findings)")
  return targets[0]
}

/// What the service shows of a document's target once it stands.
private func live(_ document: String) throws -> AttributeValue {
  let target = try onlyTarget(of: document)
  var world = SimulatedService(store: MemoryStore(), configuration: service)
  for request in dialect.requests(for: .create(target, marks: marks(target)), current: nil) {
    _ = try world.handle(request, at: 0)
  }
  return try world.handle(.get(name: target.name), at: 60_000).body
}
