public import BackendInterface
internal import ComputeService
internal import HTTPExchange
internal import Synchronization
public import TargetModel

/// A workspace of Azure Machine Learning, over the REST API of Azure Resource Manager.
///
/// What it tries again and what it leaves to its caller: reads are repeated here, writes are not,
/// and all of them share one budget of calls. A write whose outcome is unknown fails as
/// `.retryable`, one that waits for its turn too long as `.throttled`: in both cases the caller
/// reads again before it sends again.
public struct AzureWorkspace: Backend {
  private let configuration: AzureConfiguration
  private let address: ServiceAddress
  private let dialect: ServiceDialect
  private let client: ServiceClient
  private let credentials: CredentialReading
  private let notices: Notices
  private let lists = SharedReading<[ObservedTarget]>()

  /// A workspace; nothing is sent yet.
  ///
  /// - Throws: if the workspace's names, or the API's version, can't be part of a URL.
  public init(
    _ configuration: AzureConfiguration, in surroundings: AzureSurroundings
  ) throws(BackendFailure) {
    self.configuration = configuration
    address = try ServiceAddress(configuration.workspace, apiVersion: configuration.apiVersion)
    dialect = ServiceDialect(
      catalog: configuration.catalog, workspace: configuration.workspace)
    client = ServiceClient(
      endpoint: configuration.endpoint, transport: surroundings.transport,
      authorization: surroundings.authorization,
      budget: RequestBudget(
        clock: surroundings.clock, random: RandomBytes(bytes: surroundings.randomBytes),
        tellWait: { wait in
          surroundings.warn(
            "The service asks for fewer calls, so nothing is sent for \(wait.components.seconds) s."
          )
        }, noteWait: { surroundings.note(.heldBack($0)) }),
      redaction: Redaction(), randomBytes: surroundings.randomBytes,
      userAgent: configuration.userAgent, note: surroundings.note)
    credentials = CredentialReading(
      client: client, address: address, configuration: configuration)
    notices = Notices(tell: surroundings.warn)
  }

  /// When absence counts: a service on this very machine has no replicas that lag.
  public var consistency: ConsistencyTimes {
    guard configuration.endpoint.isLoopback else { return ConsistencyTimes() }
    return ConsistencyTimes(window: .seconds(5), spacing: .seconds(1))
  }

  /// How much the service's limits slowed everything down so far.
  public var throttling: Throttling {
    get async { await client.budget.throttling }
  }

  // MARK: Reading

  /// Every target of the workspace.
  ///
  /// Callers who ask at the same time share one reading, which begins after they asked.
  public func list() async throws(BackendFailure) -> [ObservedTarget] {
    try await lists.value { () async throws(BackendFailure) in try await readList() }
  }

  private func readList() async throws(BackendFailure) -> [ObservedTarget] {
    let bodies = try await TargetPages(client: client).elements(from: address.computes)
    var targets: [ObservedTarget] = []
    targets.reserveCapacity(bodies.count)
    for body in bodies {
      if lacksDetails(body), let name = body["name"]?.text {
        // It may be gone since.
        if let body = try await self.body(of: name) { targets.append(try shown(body)) }
      } else {
        targets.append(try shown(body))
      }
    }
    return try await credentials.comparing(targets)
  }

  /// True if an element of the list says too little to compare with what is wanted.
  ///
  /// The service's lists are as full as its answers on single targets, by its description; one of
  /// a known kind that is at rest and has no properties of its kind is looked at by itself.
  private func lacksDetails(_ body: AttributeValue) -> Bool {
    guard let type = body["properties.computeType"]?.text,
      let kind = configuration.catalog.kind(computeType: type)
    else { return false }
    let state = body[ProvisioningState.path]?.text.map { ProvisioningState($0) }
    let isAtRest = state.map { !$0.isTransitional } ?? true
    return isAtRest && body["properties.properties"]?.map == nil
      && kind.fields.contains { field in
        field.setBy == .user
          && field.wire?.segments.starts(with: ["properties", "properties"]) == true
      }
  }

  /// The target of this name; nil if the service says that there is none.
  public func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? {
    guard let body = try await body(of: name) else { return nil }
    return try await credentials.comparing(try shown(body))
  }

  private func body(of name: String) async throws(BackendFailure) -> AttributeValue? {
    let answer = try await client.read(try ServiceCall(.get(name: name), at: address))
    if answer.saysAbsent(in: configuration.workspace.name) { return nil }
    guard answer.isSuccess else {
      throw client.told(answer.failure(in: configuration.workspace.name))
    }
    guard let body = answer.json, body.map != nil else {
      throw client.told(answer.unexpected(answer.otherwise))
    }
    return body
  }

  /// The target that a body shows.
  private func shown(_ body: AttributeValue) throws(BackendFailure) -> ObservedTarget {
    guard var target = dialect.mapping.target(in: body),
      body["properties.computeType"]?.text != nil
    else {
      throw BackendFailure(
        .fatal, code: "UnexpectedAnswer",
        message: "The service showed a target without 'name' or 'computeType'.")
    }
    target.errors = target.errors.map(client.redaction.hide)
    return target
  }

  // MARK: Writing

  /// Asks the service for a change.
  public func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    client.redaction.remember(secretsOf: request)
    defer { credentials.forget(request.name) }
    do throws(BackendFailure) {
      return try await carryOut(request)
    } catch {
      throw await withUsages(error)
    }
  }

  private func carryOut(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    let deadline = await client.deadline()
    switch request {
    case .delete(let name): return try await remove(name, .delete, by: deadline)
    case .detach(let name): return try await remove(name, .detach, by: deadline)
    case .create, .attach, .update, .start, .stop, .mark: break
    }
    var current: AttributeValue?
    if dialect.needsCurrent(request) { current = try await writableBody(of: request.name) }
    let fields = PreviewFields(
      catalog: configuration.catalog, apiVersion: configuration.apiVersion)
    var steps: [ServiceRequest] = []
    for step in dialect.requests(for: request, current: current) {
      steps.append(try fields.sayable(step))
    }
    var handle = OperationHandle.finished
    for step in steps {
      let begun = try await send(step, about: request.name, by: deadline)
      if begun != .finished { handle = begun }
    }
    return handle
  }

  private func writableBody(of name: String) async throws(BackendFailure) -> AttributeValue {
    guard let body = try await body(of: name) else {
      throw BackendFailure(
        .invalid, code: "ResourceNotFound", message: "'\(name)' is not there any more.")
    }
    guard let type = body["properties.computeType"]?.text,
      let kind = configuration.catalog.kind(computeType: type)
    else {
      throw BackendFailure(
        .invalid, code: "UnknownKind", message: "'\(name)' is of a kind that Berth does not know.")
    }
    return AzureBackend.writableBody(body, of: kind)
  }

  /// Removes a target in the one way that fits it: what the service made is deleted, what was
  /// attached is detached, and the other way round is never sent (reliability.md F31).
  private func remove(
    _ name: String, _ action: ServiceRequest.UnderlyingResourceAction, by deadline: Duration
  ) async throws(BackendFailure) -> OperationHandle {
    guard let body = try await body(of: name) else { return .finished }
    let target = try shown(body)
    guard target.isAttached == (action == .detach) else {
      throw BackendFailure(
        .invalid, code: "WrongRemoval",
        message: target.isAttached
          ? "'\(name)' is an attachment, so it is never deleted."
          : "'\(name)' was made by the service, so it can't be detached: that would leave an orphan."
      )
    }
    if target.state == .deleting {
      let path = try address.compute(name)
      return handle(OperationMonitor(teller: .target, target: path))
    }
    return try await send(.delete(name: name, action), about: name, by: deadline)
  }

  private func send(
    _ request: ServiceRequest, about name: String, by deadline: Duration
  ) async throws(BackendFailure) -> OperationHandle {
    let answer = try await client.write(try ServiceCall(request, at: address), by: deadline)
    guard answer.isSuccess else {
      let workspace = configuration.workspace.name
      // What is gone by now need not be removed.
      if case .delete = request, answer.saysAbsent(in: workspace) { return .finished }
      throw client.told(answer.failure(in: workspace))
    }
    let path = try address.compute(name)
    switch BegunOperation(answer, at: configuration.endpoint, target: path) {
    case .none: return .finished
    case .monitored(let monitor): return handle(monitor)
    case .foreignMonitor(let url, let monitor):
      notices.tellOnce(
        "The service names '\(originShown(url))' as the place to ask how far an operation is. "
          + "Credentials go to \(configuration.endpoint.origin) and nowhere else, so the targets "
          + "themselves are read.")
      return handle(monitor)
    }
  }

  private func handle(_ monitor: OperationMonitor) -> OperationHandle {
    OperationHandle(reference: monitor.reference(at: configuration.endpoint))
  }

  // MARK: Operations

  /// How far an operation is.
  public func status(
    of operation: OperationHandle
  ) async throws(BackendFailure) -> OperationStatus {
    guard let reference = operation.reference else { return .succeeded }
    guard let monitor = OperationMonitor(reference: reference, at: configuration.endpoint) else {
      throw BackendFailure(
        .invalid, code: "ForeignMonitor",
        message: "The operation was begun at another service: '\(originShown(reference))'.")
    }
    let answer = try await client.read(.get(monitor.target))
    let status: OperationStatus
    do throws(BackendFailure) {
      status = try monitor.status(answer)
    } catch {
      throw client.told(error)
    }
    guard case .failed(let failure) = status else { return status }
    return .failed(await withUsages(client.told(failure)))
  }

  /// A failure for want of quota says what is used up, as far as that can be read.
  private func withUsages(_ failure: BackendFailure) async -> BackendFailure {
    guard QuotaUsage.isMeant(by: failure) else { return failure }
    let elements = try? await TargetPages(client: client).elements(from: address.usages)
    // A compute that uses up its workspace's quota tells the same as the workspace.
    var sentences: [String] = []
    for usage in (elements ?? []).compactMap(QuotaUsage.init)
    where usage.isUsedUp && !sentences.contains(usage.sentence) {
      sentences.append(usage.sentence)
      if sentences.count == QuotaUsage.shown { break }
    }
    guard !sentences.isEmpty else { return failure }
    let list = sentences.joined(separator: " ")
    var told = BackendFailure(
      failure.failureClass, code: failure.code, message: "\(failure.message) \(list)",
      requestID: failure.requestID, advice: failure.advice ?? ErrorClass.quota.advice)
    told.mayHaveArrived = failure.mayHaveArrived
    return told
  }
}

/// Tells each thing once.
private final class Notices: Sendable {
  private let told = Mutex<Set<String>>([])
  private let tell: @Sendable (String) -> Void

  init(tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

  func tellOnce(_ text: String) {
    if told.withLock({ $0.insert(text).inserted }) { tell(text) }
  }
}
