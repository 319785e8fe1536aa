internal import Digests
internal import TargetModel

/// A request and its answer as a recording has them: one line of JSON, without secrets.
struct Exchange: Sendable {
  let operation: EmulatedOperation?
  /// Where it leads; nil for what is nowhere.
  let route: Route?
  /// Method, path and query: `PUT /subscriptions/...?api-version=2025-12-01`.
  let method: String
  let path: String
  let query: String
  let requestHeaders: [(name: String, value: String)]
  let requestBody: AttributeValue
  let status: Int
  let headers: [(name: String, value: String)]
  let body: AttributeValue
  /// The answer itself where it was no JSON, but short.
  let text: String?
  /// True if the connection broke before the client had the answer.
  let isLost: Bool
  /// True if the answer is a fault that was asked for.
  let isFault: Bool
  let milliseconds: Int64

  /// In place of the address that the emulator had, which is another one next time.
  static let originPlaceholder = "{emulator}"

  /// By what a replay finds the answer.
  ///
  /// To sign in, every client sends what it has: secrets, hosts and tenants are others each time.
  var key: String {
    if let face = route?.signInFace { return "\(method) \(face)" }
    let target = query.isEmpty ? path : "\(path)?\(query)"
    return "\(method) \(target) \(sha256(requestBody.canonicalJSON))"
  }

  /// An exchange that took place.
  init(
    _ request: EmulatedRequest, _ answer: EmulatedAnswer, after milliseconds: Int64,
    _ redaction: Redaction
  ) {
    route = try? Route(path: request.path, version: nil)
    let operation = route.map { EmulatedOperation($0, request) }
    self.operation = operation
    method = request.method
    path = request.path
    query = redaction.query(request.query)
    requestHeaders = redaction.headers(request.headers)
    requestBody = redaction.body(request.body, of: operation ?? .get, isAnswer: false)
    status = answer.response.status
    headers = redaction.headers(answer.response.headers).map { line in
      (line.name, line.value.replacing(request.origin, with: Self.originPlaceholder))
    }
    text = redaction.text(answer.response.body, of: operation ?? .get)?
      .replacing(request.origin, with: Self.originPlaceholder)
    body =
      text != nil
      ? .null
      : redaction.body(answer.response.body, of: operation ?? .get, isAnswer: true)
        .replacing(request.origin, with: Self.originPlaceholder)
    isLost = answer.isLost
    isFault = answer.isFault
    self.milliseconds = milliseconds
  }

  var json: AttributeValue {
    var request: AttributeValue = [
      "method": .text(method), "path": .text(path), "headers": Self.json(requestHeaders),
    ]
    if !query.isEmpty { request["query"] = .text(query) }
    if requestBody != .null { request["body"] = requestBody }
    var response: AttributeValue = ["status": .integer(status), "headers": Self.json(headers)]
    if body != .null { response["body"] = body }
    if let text { response["text"] = .text(text) }
    if isLost { response["lost"] = true }
    if isFault { response["fault"] = true }
    return ["at": .integer(Int(milliseconds)), "request": request, "response": response]
  }

  /// The exchange of a line; nil if the line is none.
  init?(_ json: AttributeValue) {
    guard let request = json["request"], let response = json["response"],
      let method = request["method"]?.text, let path = request["path"]?.text,
      let status = response["status"]?.integer, (100...599).contains(status)
    else { return nil }
    operation = nil
    route = try? Route(path: path, version: nil)
    self.method = method
    self.path = path
    query = request["query"]?.text ?? ""
    requestHeaders = Self.lines(request["headers"])
    requestBody = request["body"] ?? .null
    self.status = status
    headers = Self.lines(response["headers"])
    body = response["body"] ?? .null
    text = response["text"]?.text
    isLost = response["lost"]?.bool ?? false
    isFault = response["fault"]?.bool ?? false
    milliseconds = Int64(json["at"]?.integer ?? 0)
  }

  /// The answer, as it is given again.
  func answer(origin: String) -> EmulatedAnswer {
    var response = EmulatedResponse(
      status, json: body.replacing(Self.originPlaceholder, with: origin))
    if let text {
      response.body = Array(text.replacing(Self.originPlaceholder, with: origin).utf8)
    }
    for line in headers where line.name.lowercased() != "content-type" || text != nil {
      response.headers.add(line.name, line.value.replacing(Self.originPlaceholder, with: origin))
    }
    var answer = EmulatedAnswer(response)
    answer.isLost = isLost
    answer.isFault = isFault
    return answer
  }

  private static func json(_ lines: [(name: String, value: String)]) -> AttributeValue {
    .map(
      AttributeMap(
        lines.map { ($0.name.lowercased(), AttributeValue.text($0.value)) },
        uniquingKeysWith: { first, _ in first }))
  }

  private static func lines(_ value: AttributeValue?) -> [(name: String, value: String)] {
    (value?.map ?? [:]).sorted { $0.key < $1.key }.compactMap { key, value in
      value.text.map { (key, $0) }
    }
  }
}

extension AttributeValue {
  /// The value with a text put in place of another, wherever it stands.
  fileprivate func replacing(_ text: String, with other: String) -> AttributeValue {
    switch self {
    case .text(let own): .text(own.replacing(text, with: other))
    case .list(let elements): .list(elements.map { $0.replacing(text, with: other) })
    case .map(let entries): .map(entries.mapValues { $0.replacing(text, with: other) })
    case .null, .bool, .integer, .number, .secret: self
    }
  }
}
