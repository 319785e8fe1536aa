// What may be shown of a message: enough to find it in somebody's log, and no secret. Of headers and
// of the query, values are shown by an allow-list; bodies never (reliability.md T28).

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Method, place and size, such as `PUT https://host/path?api-version=2025-12-01, 12 bytes`.
  public var description: String {
    let size = body.isEmpty ? "" : ", \(body.count) bytes"
    return "\(method.rawValue) \(url.origin)\(shown(url.target))\(size)"
  }
  /// The same.
  public var debugDescription: String { description }
  /// An empty mirror: nothing to look into.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension HTTPResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Status, headers and size.
  public var description: String { "\(status), \(headers), \(body.count) bytes" }
  /// The same.
  public var debugDescription: String { description }
  /// An empty mirror: nothing to look into.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension HTTPHeaders: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// All names, and the values that can't be secret.
  public var description: String {
    "["
      + lines.map { name, value in
        shownHeaders.contains(name.lowercased()) ? "\(name): \(value)" : "\(name): ..."
      }.joined(separator: ", ") + "]"
  }
  /// The same.
  public var debugDescription: String { description }
  /// An empty mirror: nothing to look into.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

private let shownHeaders: Set<String> = [
  "accept", "content-encoding", "content-length", "content-type", "date", "etag", "if-match",
  "if-none-match", "retry-after", "retry-after-ms", "server", "user-agent",
  "x-ms-client-request-id", "x-ms-correlation-request-id", "x-ms-lease-id", "x-ms-request-id",
  "x-ms-retry-after-ms", "x-ms-version",
]

private let shownParameters: Set<String> = [
  "api-version", "comp", "resource", "restype", "underlyingresourceaction",
]

/// Path and query with the values of unknown parameters left out.
private func shown(_ target: String) -> String {
  guard let mark = target.firstIndex(of: "?") else { return target }
  let query = target[target.index(after: mark)...].split(
    separator: "&", omittingEmptySubsequences: false
  ).map { parameter in
    let name = parameter.prefix { $0 != "=" }
    guard name != parameter else { return "..." }
    return shownParameters.contains(name.lowercased()) ? String(parameter) : "\(name)=..."
  }
  return target[..<mark] + "?" + query.joined(separator: "&")
}
