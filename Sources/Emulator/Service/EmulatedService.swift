internal import ComputeService
public import EmbeddedBackend
internal import SimulatorBackend
internal import TargetModel

/// Azure Resource Manager as far as the computes of machine learning workspaces need it: a request
/// goes in, an answer comes out, and nothing here knows of sockets.
///
/// Behind it is the simulated service of the embedded workspace, so what is said there of kinds,
/// defaults, attachments and operations holds here.
public actor EmulatedService {
  let configuration: EmulatorConfiguration
  let host: any WorkspaceHost
  let issuer: TokenIssuer
  private let actions: [String]
  let now: @Sendable () -> Int64
  let randomBytes: @Sendable (Int) -> [UInt8]
  private var schedule: FaultSchedule
  private var calls: CallCounter
  private var formerBodies: FormerBodies
  var directory: WorkspaceDirectory
  var secrets = KeptSecrets()
  var quotas = QuotaBook()
  var blobs = BlobService()

  /// A service whose workspaces live in memory, or in an embedded workspace's file.
  ///
  /// - Parameters:
  ///   - file: the file; other processes may use it at the same time.
  ///   - now: the time in milliseconds since 1970.
  ///   - randomBytes: so many random bytes, for ids and the key of tokens.
  public init(
    _ configuration: EmulatorConfiguration, file: EmbeddedWorkspace? = nil,
    faults: FaultPlan = FaultPlan(), now: @escaping @Sendable () -> Int64,
    randomBytes: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.configuration = configuration
    actions = Route.actions(of: configuration.catalog)
    self.now = now
    self.randomBytes = randomBytes
    host =
      file.map { StoredWorkspaces(file: $0) }
      ?? MemoryWorkspaces(
        configuration, remainsMilliseconds: faults.remainsMilliseconds, now: now)
    issuer = TokenIssuer(key: randomBytes(32), seconds: configuration.tokenSeconds)
    schedule = FaultSchedule(faults)
    calls = CallCounter(faults.limits ?? configuration.limits)
    formerBodies = FormerBodies(most: schedule.writesRemembered)
    directory = WorkspaceDirectory(
      configuration.workspaces, known: configuration.known, location: configuration.location)
  }

  /// Answers a request.
  public func answer(_ request: EmulatedRequest) async -> EmulatedAnswer {
    var headers = MessageHeaders()
    var answer: EmulatedAnswer
    do throws(ServiceError) {
      if let address = BlobAddress(request) {
        answer = self.answer(request, about: address)
      } else {
        answer = try await attend(to: request, &headers)
      }
    } catch {
      answer = EmulatedAnswer(error.response)
    }
    name(request, in: &headers)
    for line in headers.lines where answer.response.headers[line.name] == nil {
      answer.response.headers.add(line.name, line.value)
    }
    return answer
  }

  // MARK: On the way to the service

  private func attend(
    to request: EmulatedRequest, _ headers: inout MessageHeaders
  ) async throws(ServiceError) -> EmulatedAnswer {
    let versionText = request.parameter("api-version")
    let route = try Route(path: request.path, version: versionText, actions: actions)
    guard route.methods.contains(request.method) else {
      throw .badMethod(request.method, route.methods)
    }
    let operation = EmulatedOperation(route, request)
    let subject = route.subject
    let decision = schedule.decide(
      operation, name: subject.name, workspace: subject.workspace?.name)
    if let answer = decision.answer {
      return answer.decided(decision, at: now())
    }
    if decision.connection == .reset {
      var answer = EmulatedAnswer(EmulatedResponse(503))
      answer.isLost = true
      answer.isFault = true
      return answer
    }
    var answer: EmulatedAnswer
    do throws(ServiceError) {
      if route.isPublic {
        answer = EmulatedAnswer(signIn(route, request))
      } else {
        try BearerCheck(access: configuration.access, issuer: issuer).check(request, at: now())
        let call = Call(
          route: route, operation: operation, version: try version(versionText, of: route),
          request: request, decision: decision)
        try countCall(call, &headers)
        answer = EmulatedAnswer(try await serve(call))
        answer.isFault = route.isIrregular
      }
    } catch {
      // A refusal takes its time and gets lost like any other answer.
      answer = EmulatedAnswer(error.response)
    }
    answer.delay = decision.delay
    answer.isLost = decision.connection == .loseAnswer
    return answer
  }

  private func version(_ text: String?, of route: Route) throws(ServiceError) -> APIVersion {
    if case .operation = route, text == nil { return .standard }
    guard let text, !text.isEmpty else { throw .missingVersion }
    guard let version = APIVersion(text) else { throw .unknownVersion(text) }
    return version
  }

  private func countCall(_ call: Call, _ headers: inout MessageHeaders) throws(ServiceError) {
    guard let subscription = call.route.subscription else { return }
    switch calls.count(call.request.method, of: subscription, at: now()) {
    case .allowed(let left, let header): headers[header] = String(left)
    case .refused(let seconds, let header):
      headers[header] = "0"
      headers["Retry-After"] = String(seconds)
      throw ServiceError(
        429, "SubscriptionRequestsThrottled",
        "Number of requests for subscription '\(subscription)' exceeded the limit. Please try again "
          + "after '\(seconds)' seconds.")
    }
  }

  private func signIn(_ route: Route, _ request: EmulatedRequest) -> EmulatedResponse {
    let faces = SignInFaces(issuer: issuer, now: now(), id: GUID.text(randomBytes(16)))
    return switch route {
    case .token(let tenant): faces.token(request, tenant: tenant)
    case .instanceToken: faces.instanceToken(request)
    case .appServiceToken: faces.appServiceToken(request)
    case .openIDConfiguration(let tenant):
      SignInFaces.openIDConfiguration(tenant: tenant, origin: request.origin)
    case .instanceDiscovery: SignInFaces.instanceDiscovery(origin: request.origin)
    case .cloudMetadata:
      SignInFaces.cloudMetadata(
        origin: request.origin, version: request.parameter("api-version"))
    case .computes, .compute, .action, .nameCheck, .workspace, .workspaces, .region, .operation:
      EmulatedResponse(404)
    }
  }

  /// The ids by which a support engineer would find the request.
  private func name(_ request: EmulatedRequest, in headers: inout MessageHeaders) {
    headers["x-ms-request-id"] = GUID.text(randomBytes(16))
    headers["x-ms-correlation-request-id"] =
      request.headers["x-ms-correlation-request-id"].flatMap(\.asID) ?? GUID.text(randomBytes(16))
    if let id = request.headers["x-ms-client-request-id"].flatMap(\.asID) {
      headers["x-ms-client-request-id"] = id
    }
    headers["Cache-Control"] = "no-cache"
  }

  // MARK: For the parts of the service

  /// What goes wrong with a request.
  func decide(_ operation: EmulatedOperation, name: String?) -> FaultSchedule.Decision {
    schedule.decide(operation, name: name, workspace: nil)
  }

  /// The workspace of a path, or the service's word that there is none.
  func workspace(_ path: WorkspacePath) async throws(ServiceError) -> WorkspaceIdentity {
    guard let workspace = try await findWorkspace(path) else { throw .noWorkspace(path) }
    return workspace
  }

  /// The workspace of a path, which may come into being by this; nil if there is none.
  func findWorkspace(_ path: WorkspacePath) async throws(ServiceError) -> WorkspaceIdentity? {
    if let known = directory.find(path) { return known }
    guard let made = directory.workspaceToMake(path) else { return nil }
    if directory.isFull {
      for workspace in directory.made where await !host.keeps(workspace) {
        directory.forget(workspace)
      }
      guard !directory.isFull else { throw .tooManyWorkspaces }
    }
    directory.add(made)
    return made
  }

  /// Asks the simulated service; remembers what a write changes if stale reads may need it.
  func ask(
    _ request: ServiceRequest, in path: WorkspacePath, _ decision: FaultSchedule.Decision
  ) async throws(ServiceError) -> ServiceResponse {
    let workspace = try await workspace(path)
    let fate = decision.operation.fate
    guard formerBodies.most > 0, let name = request.nameToWrite else {
      return try await host.answer(request, in: workspace, fate: fate)
    }
    let former = try await host.answer(.get(name: name), in: workspace, fate: .succeeds)
    let response = try await host.answer(request, in: workspace, fate: fate)
    if response.isSuccess {
      formerBodies.remember(former.isSuccess ? former.body : nil, of: name, in: path)
    }
    return response
  }

  /// The computes of a workspace, sorted by name; as they were, if a fault wants it.
  func bodies(
    in path: WorkspacePath, _ decision: FaultSchedule.Decision
  ) async throws(ServiceError) -> [AttributeValue] {
    let response = try await host.answer(.list, in: try await workspace(path), fate: .succeeds)
    let bodies = response.body["value"]?.list ?? []
    guard let writes = decision.stale else { return bodies }
    var byName = Dictionary(
      bodies.map { ($0["name"]?.text?.lowercased() ?? "", $0) }, uniquingKeysWith: { $1 })
    for (name, body) in formerBodies.before(writes, of: path) { byName[name] = body }
    return byName.sorted { $0.key < $1.key }.map(\.value)
  }

  /// A compute as it was so many writes ago; nil if none of them changed it.
  func body(
    of name: String, before writes: Int, in path: WorkspacePath
  ) -> AttributeValue?? {
    formerBodies.before(writes, of: path)[name.lowercased()]
  }
}

/// A request to the service, as far as it is understood.
struct Call: Sendable {
  let route: Route
  let operation: EmulatedOperation
  let version: APIVersion
  let request: EmulatedRequest
  let decision: FaultSchedule.Decision
}

extension FaultAnswer {
  fileprivate func decided(
    _ decision: FaultSchedule.Decision, at now: Int64
  ) -> EmulatedAnswer {
    var answer = EmulatedAnswer(response(at: now))
    answer.isFault = true
    answer.delay = decision.delay
    return answer
  }
}

extension OperationFault? {
  fileprivate var fate: OperationFate {
    switch self?.end {
    case nil: .succeeds
    case .fails(let code, let message, let milliseconds):
      .fails(code: code, message: message, after: milliseconds)
    case .takes(let milliseconds): .takes(milliseconds)
    case .never: .hangs
    }
  }
}

extension String {
  /// The text if it may go into a header: clients' ids are GUIDs, or nearly.
  fileprivate var asID: String? {
    wholeMatch(of: /[A-Za-z0-9._{}-]{1,128}/) == nil ? nil : self
  }
}
