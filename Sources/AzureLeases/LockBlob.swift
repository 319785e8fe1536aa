internal import BackendInterface
internal import HTTPExchange

/// The blob of a lock: reading it, writing it, and the lease on it.
///
/// Made for one call, all of whose requests share its time.
struct LockBlob: Sendable {
  let client: BlobClient
  let time: Countdown

  init(_ client: BlobClient) {
    self.client = client
    time = client.countdown()
  }

  // MARK: Content

  /// What the blob says, which version of it that is, and whether there is a lease on it.
  struct Page: Sendable {
    let document: LockDocument
    let tag: String
    let isLeased: Bool
  }

  /// Nil if there is no such blob.
  func read() async throws(BackendFailure) -> Page? {
    let answer = try await client.send(.get, within: time)
    if answer.saysNoBlob { return nil }
    guard answer.isSuccess else { throw answer.failure }
    guard let tag = answer.tag else {
      throw BackendFailure(
        .fatal, code: "UnexpectedAnswer",
        message: "The storage account did not tell the version of the lock's blob")
    }
    return Page(
      document: try LockDocument(answer.body), tag: tag, isLeased: answer.isLeased)
  }

  /// What became of writing.
  enum Written: Sendable {
    case done
    /// Somebody else wrote since it was read.
    case changed
    /// The lease is over, or somebody has one where none was given.
    case refused
  }

  /// Puts a document in the place of the one that was read.
  ///
  /// - Parameter id: the lease under which it is written; nil where nobody should have one.
  func write(
    _ document: LockDocument, over page: Page, under id: String?
  ) async throws(BackendFailure) -> Written {
    var headers: HTTPHeaders = ["If-Match": page.tag]
    if let id { headers.add("x-ms-lease-id", try guid(id)) }
    let answer = try await put(document, headers)
    if answer.isSuccess { return .done }
    if answer.lostLease || answer.saysNoBlob { return .refused }
    guard answer.saysChanged else { throw answer.failure }
    // An answer may have been lost and the request sent again: then it is one's own change.
    return try await read()?.document == document ? .done : .changed
  }

  /// Makes the blob, unless it is there.
  func create() async throws(BackendFailure) {
    let answer = try await put(LockDocument(), ["If-None-Match": "*"])
    guard answer.isSuccess || answer.saysChanged || answer.lostLease else { throw answer.failure }
  }

  private func put(
    _ document: LockDocument, _ conditions: HTTPHeaders
  ) async throws(BackendFailure) -> BlobAnswer {
    var headers = conditions
    headers.add("x-ms-blob-type", "BlockBlob")
    headers.add("Content-Type", "application/json")
    return try await client.send(.put, "", headers, body: document.bytes, within: time)
  }

  // MARK: Lease

  /// What became of something that was done to the lease.
  enum Leased: Sendable {
    case done
    case noBlob
    /// Somebody else has one.
    case held
    /// The lease is over.
    case over
    /// The blob is not the one that was read.
    case changed
  }

  func acquire(_ id: String, for duration: Duration) async throws(BackendFailure) -> Leased {
    try await act(
      "acquire",
      [
        "x-ms-lease-duration": String(duration.components.seconds),
        "x-ms-proposed-lease-id": try guid(id),
      ])
  }

  func renew(_ id: String) async throws(BackendFailure) -> Leased {
    try await act("renew", ["x-ms-lease-id": try guid(id)])
  }

  func release(_ id: String) async throws(BackendFailure) -> Leased {
    try await act("release", ["x-ms-lease-id": try guid(id)])
  }

  /// Ends the lease on a blob that says what it said when it was read.
  ///
  /// It still keeps others out for as long as its holder may rely on it: a minute at most.
  func end(on page: Page) async throws(BackendFailure) -> Leased {
    try await act("break", ["If-Match": page.tag])
  }

  private func act(
    _ action: String, _ headers: HTTPHeaders
  ) async throws(BackendFailure) -> Leased {
    var headers = headers
    headers.add("x-ms-lease-action", action)
    let answer = try await client.send(.put, "comp=lease", headers, within: time)
    if answer.isSuccess { return .done }
    if answer.saysNoBlob { return .noBlob }
    if answer.saysHeld { return .held }
    if answer.lostLease { return .over }
    if answer.saysChanged { return .changed }
    throw answer.failure
  }

  private func guid(_ id: String) throws(BackendFailure) -> String {
    guard let guid = GUIDText.ofLease(id) else {
      throw BackendFailure(
        .invalid, code: "LeaseID", message: "'\(id)' is no name that a lease can have")
    }
    return guid
  }
}
