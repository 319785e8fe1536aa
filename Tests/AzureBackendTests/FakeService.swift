import ComputeService
import HTTPExchange
import SimulatorBackend
import TargetModel
import TestSupport

/// The simulated service behind the transport's face: requests come in as HTTP and answers go out as
/// HTTP, with everything that can go wrong on the way.
actor FakeService: HTTPTransport {
  static let endpoint = "https://management.azure.com"

  private var service: SimulatedService<MemoryStore>
  private let configuration: SimulatorConfiguration
  /// Where it says that it is.
  private let endpoint: String
  private let clock: TestClock
  /// How many elements a page of the list has.
  var pageSize = 100
  /// The token that is taken; nil for every one.
  var acceptedToken: String?
  private let fault: @Sendable (Call) -> Fault?
  /// Every call, in order.
  private(set) var calls: [Call] = []

  /// A call as it came.
  struct Call: Sendable {
    var number: Int
    var time: Duration
    var request: HTTPRequest
    /// How long its caller waits for an answer.
    var patience: Duration

    var path: Substring { request.url.target.prefix { $0 != "?" } }
    var isList: Bool { request.method == .get && path.hasSuffix("/computes") }
    var isMonitor: Bool { path.contains("/computeOperationsStatus/") }
  }

  /// What happens in place of the service's answer.
  enum Fault: Sendable {
    case answer(HTTPResponse)
    case failure(HTTPFailure)
    /// The request takes effect, and this comes in place of the answer.
    case failureAfterEffect(HTTPFailure)
    case answerAfterEffect(HTTPResponse)
    /// The answer with other headers.
    case headers(@Sendable (inout HTTPHeaders) -> Void)
    case body(@Sendable (AttributeValue) -> [UInt8])
    case operation(OperationFate)
  }

  init(
    _ configuration: SimulatorConfiguration, at endpoint: String = FakeService.endpoint,
    clock: TestClock,
    fault: @escaping @Sendable (Call) -> Fault? = { _ in nil }
  ) {
    service = SimulatedService(store: MemoryStore(), configuration: configuration)
    self.configuration = configuration
    self.endpoint = endpoint
    self.clock = clock
    self.fault = fault
  }

  func set(pageSize: Int) { self.pageSize = pageSize }
  func set(acceptedToken: String) { self.acceptedToken = acceptedToken }

  func send(_ request: HTTPRequest, limits: HTTPLimits) throws(HTTPFailure) -> HTTPResponse {
    let call = Call(
      number: calls.count, time: clock.now.offset, request: request, patience: limits.total)
    calls.append(call)
    record(request)
    if let acceptedToken, request.headers["Authorization"] != "Bearer \(acceptedToken)" {
      return HTTPResponse(
        401,
        headers: [
          "WWW-Authenticate":
            #"Bearer error="insufficient_claims", claims="e30=""#, "x-ms-request-id": "r-401",
        ],
        body: Array(#"{"error":{"code":"InvalidAuthenticationToken","message":"No."}}"#.utf8))
    }
    switch fault(call) {
    case nil: return answer(request)
    case .answer(let response): return response
    case .failure(let failure): throw failure
    case .failureAfterEffect(let failure):
      _ = answer(request)
      throw failure
    case .answerAfterEffect(let response):
      _ = answer(request)
      return response
    case .headers(let change):
      var response = answer(request)
      change(&response.headers)
      return response
    case .body(let change):
      var response = answer(request)
      response.body = change((try? AttributeValue(json: response.body)) ?? .null)
      return response
    case .operation(let fate): return answer(request, fate)
    }
  }

  /// What the backend sends is held to the service's description; what is answered here is not.
  private func record(_ request: HTTPRequest) {
    guard let write = TrafficRecording.write else { return }
    let parts = request.url.target.split(separator: "?", maxSplits: 1)
    var recorded: AttributeValue = ["method": .text(request.method.rawValue)]
    recorded["path"] = .text(String(parts.first ?? "/"))
    if parts.count > 1 { recorded["query"] = .text(String(parts[1])) }
    if let body = try? AttributeValue(json: request.body) { recorded["body"] = body }
    write(AttributeValue.map(["request": recorded]).canonicalJSON + "\n")
  }

  // MARK: As the service does

  private func answer(_ request: HTTPRequest, _ fate: OperationFate = .succeeds) -> HTTPResponse {
    guard let parsed = parse(request) else {
      return HTTPResponse(
        404, body: Array(#"{"error":{"code":"InvalidResourceType","message":"No."}}"#.utf8))
    }
    let milliseconds = Int64(clock.now.offset / .milliseconds(1)) + 1_700_000_000_000
    let response: ServiceResponse
    do {
      response = try service.handle(parsed, at: milliseconds, fate: fate)
    } catch {
      return HTTPResponse(500)
    }
    var answer = HTTPResponse(response.status)
    answer.headers.add("x-ms-request-id", "r-\(calls.count)")
    answer.headers.add("Content-Type", "application/json; charset=utf-8")
    if let wait = response.retryAfter {
      answer.headers.add("Retry-After", "\((wait + 999) / 1_000)")
    }
    if let operation = response.operation {
      let url =
        "\(endpoint)/subscriptions/\(configuration.workspace.subscriptionID)/providers"
        + "/Microsoft.MachineLearningServices/locations/westeurope/computeOperationsStatus/"
        + "\(operation)?api-version=2025-12-01"
      if case .action = parsed {
        answer.headers.add("Location", url + "&face=location")
      } else {
        answer.headers.add("Azure-AsyncOperation", url)
      }
    }
    if request.url.target.contains("face=location"), let status = response.body["status"]?.text {
      answer.status = status == "InProgress" ? 202 : 200
      return answer
    }
    let body = parsed == .list ? page(of: response.body, request) : response.body
    if body != .null { answer.body = Array(body.canonicalJSON.utf8) }
    return answer
  }

  private func page(of body: AttributeValue, _ request: HTTPRequest) -> AttributeValue {
    let all = body["value"]?.list ?? []
    let target = request.url.target
    let start =
      target.firstRange(of: "$skip=").flatMap { Int(target[$0.upperBound...]) } ?? 0
    let end = min(all.count, start + pageSize)
    var page: AttributeValue = ["value": .list(Array(all[min(start, end)..<end]))]
    if end < all.count {
      let base = target.prefix { $0 != "&" }
      // With the port that goes without saying, which is the same place.
      let origin = endpoint == Self.endpoint ? endpoint + ":443" : endpoint
      page["nextLink"] = .text("\(origin)\(base)&$skip=\(end)")
    }
    return page
  }

  private func parse(_ request: HTTPRequest) -> ServiceRequest? {
    let target = request.url.target
    let path = target.prefix { $0 != "?" }
    let query = target.dropFirst(path.count)
    guard query.contains("api-version=") else { return nil }
    if let found = path.firstRange(of: "/computeOperationsStatus/") {
      return .operation(id: String(path[found.upperBound...]))
    }
    let base = configuration.workspace.resourceID + "/computes"
    guard path.hasPrefix(base) else { return nil }
    let rest = path.dropFirst(base.count).split(separator: "/").map(String.init)
    let body = (try? AttributeValue(json: request.body)) ?? .null
    switch (request.method, rest.count) {
    case (.get, 0): return .list
    case (.get, 1): return .get(name: rest[0])
    case (.put, 1): return .put(name: rest[0], body: body)
    case (.patch, 1): return .patch(name: rest[0], body: body)
    case (.delete, 1):
      let isDelete = query.contains("underlyingResourceAction=Delete")
      let isDetach = query.contains("underlyingResourceAction=Detach")
      guard isDelete != isDetach else { return nil }
      return .delete(name: rest[0], isDelete ? .delete : .detach)
    case (.post, 2): return .action(name: rest[0], action: rest[1], body: body)
    default: return nil
    }
  }
}
