/// A request over HTTP, complete before it is sent.
public struct HTTPRequest: Sendable {
  /// What is asked for.
  public enum Method: String, Hashable, Sendable {
    case get = "GET"
    case head = "HEAD"
    case put = "PUT"
    case patch = "PATCH"
    case post = "POST"
    case delete = "DELETE"

    /// True if nothing changes by it.
    public var isRead: Bool { self == .get || self == .head }
  }

  /// What is asked for.
  public var method: Method
  /// Where it goes.
  public var url: HTTPURL
  /// What else is told.
  public var headers: HTTPHeaders
  /// The body; empty for none.
  public var body: [UInt8]
  /// How far it may go.
  public var reach: Reach

  /// How far a request may go, and on which way.
  public enum Reach: Hashable, Sendable {
    /// Anywhere over TLS, by the proxy of the environment if there is one; over plain http to this
    /// very machine only.
    case network
    /// To an endpoint that the machine's host offers for this machine alone, such as the one that
    /// hands out tokens of a managed identity: plain http is allowed, and no proxy ever sees it.
    case host
  }

  /// A request.
  public init(
    _ method: Method, _ url: HTTPURL, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [],
    reach: Reach = .network
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.reach = reach
  }

  /// Why no transport may send it, or nil: over plain http nobody proves who they are, and everybody
  /// on the way reads along.
  public var refusal: HTTPFailure? {
    guard url.scheme == .http, reach == .network, !url.isLoopback else { return nil }
    return HTTPFailure(
      .untrusted, mayHaveArrived: false,
      message: "\(url.origin) is plain http, which is allowed to this very machine only; use https")
  }
}

/// An answer over HTTP, complete.
public struct HTTPResponse: Sendable {
  /// The status.
  public var status: Int
  /// What else is told.
  public var headers: HTTPHeaders
  /// The body, after decompression.
  public var body: [UInt8]

  /// A response.
  public init(_ status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Header lines in their order; names compare whatever their case.
public struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
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
    get { lines.first { Self.isSame($0.name, name) }?.value }
    set {
      lines.removeAll { Self.isSame($0.name, name) }
      if let newValue { lines.append((name, newValue)) }
    }
  }

  /// Adds a line after those there are.
  public mutating func add(_ name: String, _ value: String) { lines.append((name, value)) }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.lowercased() == right.lowercased()
  }
}
