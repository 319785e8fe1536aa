package import BackendInterface
package import TargetModel

/// How a `Backend` speaks to the compute service: write requests become service requests, status
/// codes become failures.
///
/// Shared by every backend that speaks to the service, real or simulated.
package struct ServiceDialect: Sendable {
  package let mapping: WireMapping
  package let workspace: WorkspaceIdentity

  package init(catalog: KindCatalog, workspace: WorkspaceIdentity) {
    mapping = WireMapping(catalog: catalog)
    self.workspace = workspace
  }

  /// The requests that bring a change about, given the body that the target has now.
  package func requests(
    for request: WriteRequest, current: AttributeValue?
  ) -> [ServiceRequest] {
    switch request {
    case .create(let target, let marks), .attach(let target, let marks):
      [.put(name: target.name, body: mapping.body(for: target, marks: marks, in: workspace))]
    case .update(let target, let fields, let marks):
      updates(of: target, fields, marks, current: current ?? .map([:]))
    case .detach(let name): [.delete(name: name, .detach)]
    case .delete(let name): [.delete(name: name, .delete)]
    case .start(let name): [.action(name: name, action: "start", body: .null)]
    case .stop(let name): [.action(name: name, action: "stop", body: .null)]
    case .mark(let name, let marks):
      [.put(name: name, body: marking(current ?? .map([:]), with: marks))]
    }
  }

  /// True if a request needs the target's present body.
  package func needsCurrent(_ request: WriteRequest) -> Bool {
    switch request {
    case .update, .mark: true
    case .create, .attach, .detach, .delete, .start, .stop: false
    }
  }

  // MARK: Updates

  /// Read, merge, write: the fields asked for and the marks change, and nothing else.
  ///
  /// An absent field of a body is kept by the service, so what is to go is sent as null.
  private func updates(
    of target: ComputeTarget, _ paths: [AttributePath], _ marks: OwnershipMarks,
    current: AttributeValue
  ) -> [ServiceRequest] {
    let wanted = mapping.body(for: target, marks: marks, in: workspace)
    var merged = current
    var actions: AttributeMap = [:]
    var needsPut = target.kind.updatesMarks
    for path in paths where path != "tags" {
      guard let slot = target.kind.slot(path), let wire = target.kind.fields[slot].wire else {
        continue
      }
      let value = wanted[wire] ?? .null
      if case .inPlaceBy(let action) = target.kind.fields[slot].onChange {
        // An earlier try may have brought this about already.
        guard let key = wire.segments.last, (current[wire] ?? .null) != value else { continue }
        actions[action, default: .map([:])][AttributePath([key])] = value
      } else {
        merged[wire] = value
        needsPut = true
      }
    }
    // What a creation adds stays as the service has it, unless it belongs to what changes: the
    // status of TLS to its certificate.
    let changedObjects = Set(
      paths.compactMap { path in
        target.kind.slot(path).flatMap { target.kind.fields[$0].wire?.segments.dropLast() }
      })
    // An object that changes is sent whole: the service never tells some of its parts.
    for wire in target.kind.fields.compactMap(\.wire)
    where wire.segments.count > 3 && changedObjects.contains(wire.segments.dropLast()) {
      if merged[wire] == nil, let value = wanted[wire] { merged[wire] = value }
    }
    for addition in target.kind.addsToBody(target)
    where changedObjects.contains(addition.path.segments.dropLast()) {
      merged[addition.path] = addition.value
    }
    merged["tags"] = tags(
      paths.contains("tags") ? target["tags"] : current["tags"], with: marks)
    var requests = actions.sorted { $0.key < $1.key }
      .map { ServiceRequest.action(name: target.name, action: $0.key, body: $0.value) }
    if needsPut || paths.contains("tags") {
      requests.append(.put(name: target.name, body: merged))
    }
    return requests
  }

  /// The user's own tags with Berth's marks beside them.
  private func tags(_ own: AttributeValue?, with marks: OwnershipMarks?) -> AttributeValue {
    let own = (own?.map ?? [:]).filter { !MarkTags.isMark($0.key) }
    let marks = marks.map { MarkTags.tags(for: $0).mapValues(AttributeValue.text) } ?? [:]
    return .map(own.merging(AttributeMap(marks)) { _, mark in mark })
  }

  private func marking(_ current: AttributeValue, with marks: OwnershipMarks?) -> AttributeValue {
    var body = current
    body["tags"] = tags(current["tags"], with: marks)
    return body
  }

  // MARK: Answers

  /// A failed answer as a failure of its class.
  ///
  /// A target that is not there makes a request wrong; only the absence of what is around it
  /// (`ParentResourceNotFound`, ...) is `.absent`.
  package func failure(_ response: ServiceResponse) -> BackendFailure {
    let error = response.body["error"] ?? .map([:])
    let code = error["code"]?.text ?? "HTTP \(response.status)"
    let failureClass: BackendFailure.Class =
      switch response.status {
      case 429: .throttled(retryAfter: response.retryAfter.map { .milliseconds($0) })
      case 408, 500...599: .retryable
      case 409: .conflict
      case 401, 403: .denied
      case 404 where code != "ResourceNotFound": .absent
      case 400..<500: .invalid
      default: .fatal
      }
    return BackendFailure(
      failureClass, code: code,
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
