internal import TargetModel

/// Takes out of traffic what must not leave the machine: secrets, tokens, keys.
///
/// What is known to be harmless stays; of the rest only the names do. A recording is sent to
/// strangers, so a doubt is a reason to take out.
struct Redaction: Sendable {
  private let bodies: BodyDisclosure

  init(catalog: KindCatalog) { bodies = BodyDisclosure(catalog) }

  private static let placeholder = "(redacted)"

  // MARK: Headers and URLs

  private static let plainHeaders: Set<String> = [
    "accept", "azure-asyncoperation", "cache-control", "content-type", "location", "retry-after",
    "retry-after-ms", "user-agent", "www-authenticate", "x-ms-client-request-id",
    "x-ms-correlation-request-id", "x-ms-request-id", "x-ms-retry-after-ms",
  ]

  /// The headers that help, in their order.
  func headers(_ headers: MessageHeaders) -> [(name: String, value: String)] {
    headers.lines.filter { line in
      let name = line.name.lowercased()
      return Self.plainHeaders.contains(name) || name.hasPrefix("x-ms-ratelimit-")
    }
  }

  private static let plainParameters: Set<String> = [
    "api-version", "$skip", "underlyingresourceaction", "expandchildren", "compute-type",
    "resource",
  ]

  /// A query as it is shown and compared: sorted, unknown values taken out.
  func query(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { pair in
      let isPlain = Self.plainParameters.contains(pair.name.lowercased())
      let value = isPlain ? pair.value : Self.placeholder
      return "\(PercentEncoding.encoded(pair.name))=\(PercentEncoding.encoded(value))"
    }.sorted().joined(separator: "&")
  }

  // MARK: Bodies

  /// A body as JSON without secrets; what is no JSON is told by its length only.
  func body(_ bytes: [UInt8], of operation: EmulatedOperation, isAnswer: Bool) -> AttributeValue {
    guard !bytes.isEmpty else { return .null }
    guard let json = try? AttributeValue(json: bytes) else {
      return ["redacted": .text("\(bytes.count) bytes that are no JSON")]
    }
    return isAnswer
      ? bodies.shown(json, answering: operation) : bodies.shown(json, sentFor: operation)
  }

  private static let longestText = 4_096

  /// The text of an answer that is no JSON, such as a gateway's page of HTML, over which clients
  /// stumble.
  ///
  /// Nil where it is long, or may hold a token.
  func text(_ bytes: [UInt8], of operation: EmulatedOperation) -> String? {
    switch operation {
    case .token, .listKeys: return nil
    default: break
    }
    guard !bytes.isEmpty, bytes.count <= Self.longestText,
      (try? AttributeValue(json: bytes)) == nil,
      let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    let lower = text.lowercased()
    return ["bearer ", "eyj", "sig=", "-----begin"].contains { lower.contains($0) } ? nil : text
  }
}
