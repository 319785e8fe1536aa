package import BackendInterface
package import TargetModel

/// How a `Backend` speaks to a simulated service: write requests become service requests, status
/// codes become failures. Shared by the backend in memory and the embedded workspace.
package struct ServiceDialect: Sendable {
  package let mapping: WireMapping
  package let workspace: WorkspaceIdentity

  package init(configuration: SimulatorConfiguration) {
    mapping = WireMapping(catalog: configuration.catalog)
    workspace = configuration.workspace
  }

  /// The requests that bring a change about, given the body that the target has now.
  package func requests(
    for request: WriteRequest, current: AttributeValue?
  ) -> [ServiceRequest] {
    switch request {
    case .create(let target, let marks), .attach(let target, let marks):
      [.put(name: target.name, body: mapping.body(for: target, marks: marks, in: workspace))]
    case .update(let target, let fields, let marks):
      updates(of: target, fields, marks, current: current)
    case .detach(let name): [.delete(name: name, .detach)]
    case .delete(let name): [.delete(name: name, .delete)]
    case .start(let name): [.action(name: name, action: "start", body: .null)]
    case .stop(let name): [.action(name: name, action: "stop", body: .null)]
    case .mark(let name, let marks): [.put(name: name, body: marking(current, with: marks))]
    }
  }

  /// Read, merge, write: what is not sent is kept, but only a whole body says everything.
  private func updates(
    of target: ComputeTarget, _ fields: [AttributePath], _ marks: OwnershipMarks,
    current: AttributeValue?
  ) -> [ServiceRequest] {
    let body = mapping.body(for: target, marks: marks, in: workspace)
    var requests: [ServiceRequest] = []
    var needsPut = fields.isEmpty
    for path in fields {
      guard let slot = target.kind.slot(path), let wire = target.kind.fields[slot].wire else {
        continue
      }
      guard case .inPlaceBy(let action) = target.kind.fields[slot].onChange else {
        needsPut = true
        continue
      }
      // The action's body begins below the part of the path that every body shares.
      var actionBody = AttributeValue.map([:])
      let inner = AttributePath(Array(wire.segments.dropFirst(2)))
      actionBody[inner] = body[wire] ?? .null
      let content =
        inner.segments.count > 1 ? actionBody[key: inner.segments[0]] ?? .null : actionBody
      requests.append(.action(name: target.name, action: action, body: content))
    }
    if needsPut {
      requests.append(
        .put(name: target.name, body: merge(body, into: current ?? .map([:]), target, fields)))
    }
    return requests
  }

  private func merge(
    _ body: AttributeValue, into current: AttributeValue, _ target: ComputeTarget,
    _ fields: [AttributePath]
  ) -> AttributeValue {
    var merged = current
    for (slot, field) in target.kind.fields.enumerated() where field.setBy == .user {
      guard let wire = field.wire else { continue }
      switch target.attributes[slot] ?? field.defaultValue {
      case .null?: merged[wire] = nil
      case let value?: merged[wire] = field.encode(value)
      case nil: continue
      }
    }
    // What a creation adds stays as the service has it, unless it belongs to what changes: the
    // status of TLS to its certificate.
    let changedObjects = Set(
      fields.compactMap { path in
        target.kind.slot(path).flatMap { target.kind.fields[$0].wire?.segments.dropLast() }
      })
    for addition in target.kind.addsToBody(target)
    where changedObjects.contains(addition.path.segments.dropLast()) {
      merged[addition.path] = addition.value
    }
    merged["tags"] = tags(body["tags"], keepingOwnOf: target["tags"] == nil ? current["tags"] : nil)
    return merged
  }

  /// Marks replace marks; the user's own tags stay unless the manifest gives them.
  private func tags(
    _ sent: AttributeValue?, keepingOwnOf current: AttributeValue?
  ) -> AttributeValue {
    let own = (current?.map ?? [:]).filter { !MarkTags.isMark($0.key) }
    return .map(own.merging(sent?.map ?? [:]) { _, sent in sent })
  }

  private func marking(_ current: AttributeValue?, with marks: OwnershipMarks?) -> AttributeValue {
    var body = current ?? .map([:])
    let markTags = marks.map { MarkTags.tags(for: $0).mapValues(AttributeValue.text) } ?? [:]
    body["tags"] = tags(.map(markTags), keepingOwnOf: current?["tags"])
    return body
  }

  /// A failed answer as a failure of its class.
  package func failure(_ response: ServiceResponse) -> BackendFailure {
    let error = response.body["error"] ?? .map([:])
    let failureClass: BackendFailure.Class =
      switch response.status {
      case 429: .throttled(retryAfter: response.retryAfter.map { .milliseconds($0) })
      case 408, 500...599: .retryable
      case 409: .conflict
      case 401, 403: .denied
      case 404: .absent
      case 400..<500: .invalid
      default: .fatal
      }
    return BackendFailure(
      failureClass, code: error["code"]?.text ?? "HTTP \(response.status)",
      message: error["message"]?.text ?? "The service answered with status \(response.status).")
  }

  /// What an operation's monitor says.
  package func status(_ response: ServiceResponse) -> OperationStatus {
    switch response.body["status"]?.text?.lowercased() {
    case "succeeded": .succeeded
    case "failed", "canceled":
      .failed(
        code: response.body[AttributePath("error.code")]?.text ?? "Failed",
        message: response.body[AttributePath("error.message")]?.text ?? "The operation failed.")
    default: .running(retryAfter: response.retryAfter.map { .milliseconds($0) })
    }
  }
}
