internal import BackendInterface
internal import HTTPExchange
internal import TargetModel

/// Reads a list page by page (api.md section 10).
///
/// A list that goes in circles or never ends is refused, and a link is followed only where the
/// credentials may go.
struct TargetPages {
  static let limit = 10_000

  let client: ServiceClient

  /// Every element.
  func elements(
    from first: String, of key: String = "value"
  ) async throws(BackendFailure) -> [AttributeValue] {
    var elements: [AttributeValue] = []
    var visited: Set<String> = []
    var next: String? = first
    while let target = next {
      guard visited.insert(target).inserted else { throw Self.circle }
      guard visited.count <= Self.limit else { throw Self.endless }
      let answer = try await client.read(.get(target))
      guard answer.isSuccess else { throw client.told(answer.failure) }
      guard let page = answer.json, let values = page[key: key]?.list else {
        throw client.told(answer.unexpected(answer.json == nil ? answer.otherwise : "no '\(key)'"))
      }
      elements += values
      next = try link(in: page, answer)
    }
    return elements
  }

  private func link(
    in page: AttributeValue, _ answer: ServiceAnswer
  ) throws(BackendFailure) -> String? {
    switch page[key: "nextLink"] {
    case nil, .null, .text(""): return nil
    case .text(let link):
      guard let target = pinned(link, to: client.endpoint) else {
        guard link.contains("//") else {
          throw client.told(answer.unexpected("'nextLink' is no address"))
        }
        throw Self.foreign(link, client.endpoint, answer.requestID)
      }
      return target
    case .bool, .integer, .number, .list, .map, .secret:
      throw client.told(answer.unexpected("'nextLink' is no text"))
    }
  }

  private static let circle = BackendFailure(
    .fatal, code: "PageCycle", message: "The pages of the list lead back to one that was read.")

  private static let endless = BackendFailure(
    .fatal, code: "TooManyPages", message: "The list has more than \(limit) pages.")

  private static func foreign(
    _ link: String, _ endpoint: HTTPURL, _ requestID: String?
  ) -> BackendFailure {
    BackendFailure(
      .fatal, code: "ForeignLink",
      message: "The next page of the list is said to be at '\(originShown(link))'. Credentials go "
        + "to \(endpoint.origin) and nowhere else, so it was not asked for.",
      requestID: requestID,
      advice: "If that is your service, name it as 'backend.endpoint'.")
  }
}

/// Where a link leads, as far as it may be told: what follows the host may be signed.
func originShown(_ link: String) -> String {
  HTTPURL(parsing: link)?.origin ?? String(link.prefix { $0 != "?" && $0 != "#" }.prefix(120))
}
