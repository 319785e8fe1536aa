internal import TargetModel

/// A request as it came over HTTP, whole.
public struct EmulatedRequest: Sendable {
  /// The method, in capitals.
  public var method: String
  /// The path, percent-encoded as it came.
  public var path: String
  /// The query's pairs, decoded, in their order.
  public var query: [(name: String, value: String)]
  /// What else was told.
  public var headers: MessageHeaders
  /// The body; empty for none.
  public var body: [UInt8]
  /// What URLs in the answer begin with: `http://127.0.0.1:8440`.
  public var origin: String

  /// A request.
  ///
  /// - Parameter target: path and query, as the request's first line has them.
  public init(
    _ method: String, _ target: String, headers: MessageHeaders = MessageHeaders(),
    body: [UInt8] = [], origin: String = "http://127.0.0.1"
  ) {
    self.method = method
    self.headers = headers
    self.body = body
    self.origin = origin
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts.first ?? "/")
    query = parts.count > 1 ? PercentEncoding.pairs(in: parts[1]) : []
  }

  /// The first value of a name in the query; names compare without case, as with the service.
  func parameter(_ name: String) -> String? {
    let name = name.lowercased()
    return query.first { $0.name.lowercased() == name }?.value
  }
}

/// An answer over HTTP, whole.
public struct EmulatedResponse: Sendable {
  /// The status.
  public var status: Int
  /// What else is told.
  public var headers: MessageHeaders
  /// The body; empty for none.
  public var body: [UInt8]

  /// A response.
  public init(_ status: Int, headers: MessageHeaders = MessageHeaders(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A response with a JSON body; none for `.null`.
  init(_ status: Int, json: AttributeValue) {
    self.init(status)
    guard json != .null else { return }
    headers["Content-Type"] = "application/json; charset=utf-8"
    body = json.canonicalJSONBytes
  }

  /// True for the statuses of success.
  var isSuccess: Bool { (200..<300).contains(status) }
}

/// An answer, and how it reaches the client.
public struct EmulatedAnswer: Sendable {
  /// What is answered.
  public var response: EmulatedResponse
  /// How long it is held back, in milliseconds.
  public var delay: Int64 = 0
  /// True if the connection breaks instead: the client never sees the answer.
  public var isLost = false
  /// True if it is a fault that somebody asked for, and so nothing that the service would say.
  public var isFault = false

  /// An answer that arrives at once.
  public init(_ response: EmulatedResponse) { self.response = response }
}

/// Header lines in their order; names compare without case.
public struct MessageHeaders: Sendable, ExpressibleByDictionaryLiteral {
  /// The lines.
  public private(set) var lines: [(name: String, value: String)] = []

  /// No header.
  public init() {}

  /// Headers as they are written.
  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { lines.append((name, value)) }
  }

  /// The first value of a header; setting puts it in place of all of this name.
  public subscript(_ name: String) -> String? {
    get {
      let key = name.lowercased()
      return lines.first { $0.name.lowercased() == key }?.value
    }
    set {
      let key = name.lowercased()
      lines.removeAll { $0.name.lowercased() == key }
      if let newValue { lines.append((name, newValue)) }
    }
  }

  /// Adds a line after those there are.
  public mutating func add(_ name: String, _ value: String) { lines.append((name, value)) }
}
