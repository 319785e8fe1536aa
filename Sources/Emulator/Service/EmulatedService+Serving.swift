internal import ComputeService
internal import TargetModel

/// What the service answers to each route.
extension EmulatedService {
  func serve(_ call: Call) async throws(ServiceError) -> EmulatedResponse {
    switch call.route {
    case .computes(let path): return try await list(path, call)
    case .compute(let path, let name):
      switch call.operation {
      case .put: return try await put(name, in: path, call)
      case .patch: return try await patch(name, in: path, call)
      case .delete, .detach: return try await delete(name, in: path, call)
      default: return try await get(name, in: path, call)
      }
    case .action(let path, let name, let action):
      return try await act(action, on: name, in: path, call)
    case .nameCheck(let path): return try await checkName(in: path, call)
    case .workspace(let path):
      guard let workspace = try await findWorkspace(path) else { throw .workspaceNotFound(path) }
      return EmulatedResponse(
        200, json: shown(workspace, call))
    case .workspaces(let subscription, let group):
      let bodies = directory.all(subscription: subscription, group: group)
        .map { shown($0, call) }
      return EmulatedResponse(200, json: ["value": .list(bodies)])
    case .region(let region, let subscription, let location):
      return try await tell(region, subscription, location, call)
    case .operation(let token, let isResult):
      return try await operation(token, isResult: isResult, call)
    case .cloudMetadata, .instanceDiscovery, .openIDConfiguration, .token, .instanceToken,
      .appServiceToken:
      throw .noPath(call.request.path)
    }
  }

  private func shown(_ workspace: WorkspaceIdentity, _ call: Call) -> AttributeValue {
    let body = WorkspaceBody.json(of: workspace, origin: call.request.origin)
    return call.version.shown(body, of: VersionedPart.workspaces)
  }

  // MARK: Reading

  private func list(
    _ path: WorkspacePath, _ call: Call
  ) async throws(ServiceError) -> EmulatedResponse {
    let page = try await page(of: path, call)
    var body: AttributeValue = ["value": .list(page.bodies.map { call.version.shown($0) })]
    if let next = page.next {
      // Older clients go on while there is such a key, so the last page has none.
      let mark = "\(PercentEncoding.encoded(call.version.pageParameter))=\(next)"
      body["nextLink"] = .text(
        "\(call.request.origin)\(call.request.path)?api-version=\(call.version)&\(mark)")
    }
    return EmulatedResponse(200, json: body)
  }

  private func page(
    of path: WorkspacePath, _ call: Call
  ) async throws(ServiceError) -> ComputePages.Page {
    let pages = ComputePages(size: configuration.pageSize)
    let last = try pages.name(of: call.request.parameter(call.version.pageParameter))
    guard call.decision.stale == nil else {
      return pages.page(of: try await bodies(in: path, call.decision), after: last)
    }
    // One more than a page has tells whether there is another.
    let response = try await ask(
      .page(after: last, limit: pages.size + 1), in: path, call.decision)
    return pages.page(of: response.body["value"]?.list ?? [], after: last)
  }

  private func get(
    _ name: String, in path: WorkspacePath, _ call: Call
  ) async throws(ServiceError) -> EmulatedResponse {
    EmulatedResponse(200, json: call.version.shown(try await body(of: name, in: path, call)))
  }

  /// A compute as it stands, or as a stale read shows it.
  private func body(
    of name: String, in path: WorkspacePath, _ call: Call
  ) async throws(ServiceError) -> AttributeValue {
    if let writes = call.decision.stale, let former = body(of: name, before: writes, in: path) {
      guard let former else {
        throw ServiceError(
          404, "ResourceNotFound", "The resource '\(path.name)/computes/\(name)' was not found.")
      }
      return former
    }
    return try checked(try await ask(.get(name: name), in: path, call.decision)).body
  }

  // MARK: Writing

  private func put(
    _ name: String, in path: WorkspacePath, _ call: Call
  ) async throws(ServiceError) -> EmulatedResponse {
    let body = call.version.taken(try call.jsonBody())
    let response = try checked(
      try await ask(.put(name: name, body: body), in: path, call.decision))
    secrets.keep(body, of: name, in: path)
    return begun(response, name, path, call, outcome: .resource, hasLocation: false)
  }

  private func patch(
    _ name: String, in path: WorkspacePath, _ call: Call
  ) async throws(ServiceError) -> EmulatedResponse {
    let body = call.version.patch(call.version.taken(try call.jsonBody()))
    let response = try checked(
      try await ask(.patch(name: name, body: body), in: path, call.decision))
    return begun(response, name, path, call, outcome: .resource, hasLocation: true)
  }

  private func delete(
    _ name: String, in path: WorkspacePath, _ call: Call
  ) async throws(ServiceError) -> EmulatedResponse {
    let action: ServiceRequest.UnderlyingResourceAction
    switch call.request.parameter("underlyingResourceAction")?.lowercased() {
    case "delete": action = .delete
    case "detach": action = .detach
    case nil where !call.version.choosesUnderlyingAction: action = .delete
    default: throw .noUnderlyingAction
    }
    let response = try checked(
      try await ask(.delete(name: name, action), in: path, call.decision))
    secrets.forget(name, in: path)
    guard response.operation != nil else {
      return EmulatedResponse(call.version.tellsAbsenceByNoContent ? 204 : 200)
    }
    return begun(response, name, path, call, outcome: .nothing, hasLocation: true)
  }

  private func act(
    _ action: String, on name: String, in path: WorkspacePath, _ call: Call
  ) async throws(ServiceError) -> EmulatedResponse {
    switch action {
    case "listKeys":
      let body = try await body(of: name, in: path, call)
      return EmulatedResponse(200, json: try secrets.keys(of: body, in: path))
    case "listNodes":
      let body = try await body(of: name, in: path, call)
      guard body[AttributePath("properties.computeType")]?.text?.lowercased() == "amlcompute" else {
        throw ServiceError(
          400, "BadRequest", "'listNodes' is not supported for the compute '\(name)'.")
      }
      return EmulatedResponse(
        200, json: ClusterNodes.list(of: body, typed: call.version.typesNodes))
    case "getAllowedVmSizesForResize":
      _ = try await body(of: name, in: path, call)
      return EmulatedResponse(200, json: ["value": .list(MachineSize.all.map(\.json))])
    default: break
    }
    let sent = try call.actionBody(action)
    let response = try checked(
      try await ask(
        .action(name: name, action: action, body: sent), in: path, call.decision))
    guard let power = APIVersion.PowerAction(rawValue: action) else {
      return EmulatedResponse(response.status)
    }
    guard call.version.takesTime(power) else { return EmulatedResponse(200) }
    return begun(response, name, path, call, outcome: .nothing, hasLocation: true)
  }

  private func checkName(
    in path: WorkspacePath, _ call: Call
  ) async throws(ServiceError) -> EmulatedResponse {
    let body = try call.jsonBody()
    guard let name = (body["Name"] ?? body["name"])?.text else {
      throw .badContent("'Name' is required")
    }
    let taken = try await ask(.get(name: name), in: path, call.decision).isSuccess
    guard taken else { return EmulatedResponse(200, json: ["nameAvailable": true]) }
    return EmulatedResponse(
      200,
      json: [
        "nameAvailable": false, "reason": "AlreadyExists",
        "message": .text("The name '\(name)' is already in use."),
      ])
  }

  // MARK: Operations

  /// The answer to a request that began an operation: where to ask how it goes.
  ///
  /// Clients send their token to these URLs, so they are of the host that was asked.
  private func begun(
    _ response: ServiceResponse, _ name: String, _ path: WorkspacePath, _ call: Call,
    outcome: OperationToken.Outcome, hasLocation: Bool
  ) -> EmulatedResponse {
    var answer = EmulatedResponse(response.status, json: call.version.shown(response.body))
    guard let id = response.operation else { return answer }
    let token = OperationToken(
      workspace: path, name: name, id: id, outcome: outcome,
      failureForm: call.decision.operation?.form ?? .usual)
    answer.headers["Azure-AsyncOperation"] = url(of: token, "computeOperationsStatus", call)
    if hasLocation {
      answer.headers["Location"] = url(of: token, "computeOperationsResults", call)
    }
    tellWait(response.retryAfter, &answer.headers)
    return answer
  }

  private func url(of token: OperationToken, _ word: String, _ call: Call) -> String {
    let location = directory.find(token.workspace)?.location ?? configuration.location
    return "\(call.request.origin)/subscriptions/\(token.workspace.subscription)/providers/"
      + "Microsoft.MachineLearningServices/locations/\(location)/\(word)/\(token.text)"
      + "?api-version=\(call.version)"
  }

  /// In whole seconds as the service does; a shorter wait in milliseconds, which its clients
  /// understand too.
  private func tellWait(_ milliseconds: Int64?, _ headers: inout MessageHeaders) {
    guard let milliseconds else { return headers["Retry-After"] = "5" }
    // A long operation is asked for now and then, as with the service.
    let wait = min(milliseconds, 15_000)
    if wait >= 1_000 {
      headers["Retry-After"] = String((wait + 999) / 1_000)
    } else {
      headers["x-ms-retry-after-ms"] = String(wait)
    }
  }

  private func operation(
    _ text: String, isResult: Bool, _ call: Call
  ) async throws(ServiceError) -> EmulatedResponse {
    guard let token = OperationToken(text) else {
      throw ServiceError(404, "ResourceNotFound", "The operation was not found.")
    }
    let response = try checked(
      try await ask(.operation(id: token.id), in: token.workspace, call.decision))
    let state = response.body["status"]?.text ?? "InProgress"
    return isResult
      ? try await result(of: token, state, response, call)
      : status(of: token, state, response, call)
  }

  private func status(
    of token: OperationToken, _ state: String, _ response: ServiceResponse, _ call: Call
  ) -> EmulatedResponse {
    var body = response.body
    body["id"] = .text(call.request.path)
    if state == "Failed" { return token.failureForm.response(body) }
    var answer = EmulatedResponse(200, json: body)
    if state == "InProgress" { tellWait(response.retryAfter, &answer.headers) }
    return answer
  }

  /// 202 while the operation runs, then what it led to.
  private func result(
    of token: OperationToken, _ state: String, _ response: ServiceResponse, _ call: Call
  ) async throws(ServiceError) -> EmulatedResponse {
    switch state {
    case "InProgress":
      var answer = EmulatedResponse(202)
      answer.headers["Location"] = url(of: token, "computeOperationsResults", call)
      tellWait(response.retryAfter, &answer.headers)
      return answer
    case "Failed":
      let error = response.body["error"]
      throw ServiceError(
        409, error?["code"]?.text ?? "Conflict", error?["message"]?.text ?? "It failed.")
    default:
      guard token.outcome == .resource else { return EmulatedResponse(200) }
      let found = try await ask(.get(name: token.name), in: token.workspace, call.decision)
      guard found.isSuccess else { return EmulatedResponse(204) }
      return EmulatedResponse(200, json: call.version.shown(found.body))
    }
  }

  // MARK: Regions

  private func tell(
    _ region: Route.Region, _ subscription: String, _ location: String, _ call: Call
  ) async throws(ServiceError) -> EmulatedResponse {
    let workspaces = directory.all(subscription: subscription)
      .filter { $0.location.lowercased() == location.lowercased() }
    switch region {
    case .sizes:
      return EmulatedResponse(200, json: sizes(call))
    case .quotas:
      return EmulatedResponse(
        200, json: list(quotas.quotas(of: subscription, workspaces), call))
    case .updateQuotas:
      return EmulatedResponse(
        200, json: try quotas.update(try call.jsonBody(), of: subscription))
    case .usages:
      var all = CoreUse()
      var uses: [QuotaBook.Use] = []
      for workspace in workspaces {
        let bodies = try await bodies(in: workspace.path, call.decision)
        for body in bodies { all.count(body) }
        uses.append(QuotaBook.Use(workspace, bodies))
      }
      return EmulatedResponse(
        200, json: list(quotas.usages(of: subscription, all, uses), call))
    }
  }

  private func sizes(_ call: Call) -> AttributeValue {
    let type = call.request.parameter("compute-type")?.lowercased()
    let isKnown = type.map { ["amlcompute", "computeinstance"].contains($0) } ?? true
    return list(isKnown ? MachineSize.all.map(\.json) : [], call, key: call.version.sizesKey)
  }

  private func list(
    _ entries: [AttributeValue], _ call: Call, key: String = "value"
  ) -> AttributeValue {
    .map([key: .list(entries.map { call.version.shown($0, of: VersionedPart.regions) })])
  }

  // MARK: Parts

  /// The response if it is a success, else the service's refusal.
  private func checked(_ response: ServiceResponse) throws(ServiceError) -> ServiceResponse {
    guard !response.isSuccess else { return response }
    let error = response.body["error"]
    throw ServiceError(
      response.status, error?["code"]?.text ?? "InternalServerError",
      error?["message"]?.text ?? "The request failed.", target: error?["target"]?.text)
  }
}

extension Call {
  /// The JSON that was sent.
  func jsonBody() throws(ServiceError) -> AttributeValue {
    let type = request.headers["Content-Type"] ?? "application/json"
    guard
      type.lowercased().hasPrefix("application/json") || type.lowercased().hasPrefix("text/json")
    else { throw .badMediaType(type) }
    guard !request.body.isEmpty else { throw .badContent("no content") }
    do throws(JSONFailure) {
      return try AttributeValue(json: request.body)
    } catch {
      throw .badContent(error.description)
    }
  }

  /// What an action is sent, by the names of the fields that it sets.
  func actionBody(_ action: String) throws(ServiceError) -> AttributeValue {
    if request.body.isEmpty { return .null }
    let body = try jsonBody()
    switch action {
    case "customServices":
      guard body.list != nil else { throw .badContent("a list is due") }
      return ["customServices": body]
    // The older SDK writes it with a large letter.
    case "enableSso": return ["enableSSO": body["enableSSO"] ?? body["EnableSSO"] ?? .null]
    default: return body
    }
  }
}
