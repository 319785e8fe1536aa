internal import BackendInterface
internal import Execution
internal import Logs
internal import Planning
internal import TargetModel

/// A workspace whose reads, writes and operations are told to a log.
struct LoggedBackend: Backend {
  let base: any Backend
  let trace: RunTrace

  var consistency: ConsistencyTimes { base.consistency }

  func list() async throws(BackendFailure) -> [ObservedTarget] {
    try await told(.debug, "read", [.word("what", "list")]) { () async throws(BackendFailure) in
      try await base.list()
    } outcome: {
      [.number("targets", $0.count)]
    }
  }

  func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? {
    try await told(.debug, "read", [.word("what", "target"), .name("name", name)]) {
      () async throws(BackendFailure) in
      try await base.read(name)
    } outcome: {
      [.word("found", $0 == nil ? "false" : "true")]
    }
  }

  func holders(of resource: ResourceIdentity) async throws(BackendFailure) -> [ObservedTarget] {
    try await told(.debug, "read", [.word("what", "holders")]) { () async throws(BackendFailure) in
      try await base.holders(of: resource)
    } outcome: {
      [.number("targets", $0.count)]
    }
  }

  func preflight(_ request: WriteRequest) async throws(BackendFailure) {
    try await told(.debug, "preflight", facts(of: request)) { () async throws(BackendFailure) in
      try await base.preflight(request)
    } outcome: { _ in
      []
    }
  }

  func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    try await told(.info, "write", facts(of: request)) { () async throws(BackendFailure) in
      try await base.submit(request)
    } outcome: { handle in
      [.path("operation", handle.reference ?? "none")]
    }
  }

  func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus {
    try await told(.trace, "operation", [.path("operation", operation.reference ?? "none")]) {
      () async throws(BackendFailure) in
      try await base.status(of: operation)
    } outcome: {
      $0.facts
    }
  }

  private func facts(of request: WriteRequest) -> [LogFact] {
    [.name("what", request.act.rawValue), .name("name", request.name)]
  }

  private func told<Answer>(
    _ level: LogLevel, _ event: StaticString, _ facts: [LogFact],
    _ body: () async throws(BackendFailure) -> Answer, outcome: (Answer) -> [LogFact]
  ) async throws(BackendFailure) -> Answer {
    let began = trace.elapsed
    func all(_ more: [LogFact]) -> [LogFact] {
      facts + more + [.milliseconds("wall_ms", trace.elapsed - began)]
    }
    do throws(BackendFailure) {
      let answer = try await body()
      trace.log.tell(level, event, all(outcome(answer)))
      return answer
    } catch {
      trace.log.tell(.warn, event, all(error.facts))
      throw error
    }
  }
}

extension BackendFailure {
  /// Its class and code; never the service's words.
  var facts: [LogFact] {
    let name: StaticString =
      switch failureClass {
      case .retryable: "retryable"
      case .throttled: "throttled"
      case .conflict: "conflict"
      case .denied: "denied"
      case .absent: "absent"
      case .invalid: "invalid"
      case .fatal: "fatal"
      }
    var facts: [LogFact] = [.word("failure", name), .code("code", code)]
    if case .throttled(let delay?) = failureClass {
      facts.append(.milliseconds("delay_ms", delay))
    }
    // A request that was never answered has the client's own id, with words behind it.
    if let id = requestID?.prefix(while: { $0 != " " }) {
      facts.append(.requestID("request_id", String(id)))
    }
    return facts
  }
}

extension OperationStatus {
  fileprivate var facts: [LogFact] {
    switch self {
    case .running(let delay):
      [.word("state", "running")] + (delay.map { [.milliseconds("delay_ms", $0)] } ?? [])
    case .succeeded: [.word("state", "succeeded")]
    case .failed(let failure): [.word("state", "failed")] + failure.facts
    }
  }
}
