internal import BackendInterface
internal import HTTPExchange

/// An answer of the blob service.
struct BlobAnswer: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let body: [UInt8]
  /// The service's own code of a failure.
  let code: String

  init(_ response: HTTPResponse) {
    status = response.status
    headers = response.headers
    body = response.body
    code =
      response.headers["x-ms-error-code"] ?? Self.element("Code", in: response.body)
      ?? "HTTP \(response.status)"
  }

  var isSuccess: Bool { (200..<300).contains(status) }

  /// The version of the blob's content, by which a write is refused if it is another one by then.
  var tag: String? { headers["etag"] }

  /// True while somebody has a lease, or had one that was broken and still keeps others out.
  var isLeased: Bool {
    switch headers["x-ms-lease-state"]?.lowercased() {
    case "leased", "breaking": true
    default: false
    }
  }

  /// The text of an element of the service's XML.
  private static func element(_ name: String, in body: [UInt8]) -> String? {
    let text = String(decoding: body.prefix(4_096), as: UTF8.self)
    guard let start = text.firstRange(of: "<\(name)>"),
      let end = text[start.upperBound...].firstRange(of: "</\(name)>")
    else { return nil }
    return String(text[start.upperBound..<end.lowerBound])
  }

  // MARK: What it means

  /// What the service makes of a lease, as far as its holder is concerned.
  var lostLease: Bool {
    switch code {
    case "LeaseLost", "LeaseIdMismatchWithBlobOperation", "LeaseIdMismatchWithLeaseOperation",
      "LeaseNotPresentWithBlobOperation", "LeaseNotPresentWithLeaseOperation",
      "LeaseIsBrokenAndCannotBeRenewed", "LeaseIdMissing":
      true
    default: false
    }
  }

  var saysHeld: Bool {
    code == "LeaseAlreadyPresent" || code == "LeaseIsBreakingAndCannotBeAcquired"
  }

  var saysChanged: Bool {
    code == "ConditionNotMet" || code == "BlobAlreadyExists" || status == 304
  }

  var saysNoBlob: Bool { status == 404 && code == "BlobNotFound" }

  /// The failure, for people; the service's words only by its code, since they can quote a request.
  var failure: BackendFailure {
    BackendFailure(
      failureClass, code: code, message: message, requestID: headers["x-ms-request-id"],
      advice: advice)
  }

  /// True if the same call may succeed in a moment.
  var isPassing: Bool { status == 408 || status == 429 || (500...599).contains(status) }

  private var failureClass: BackendFailure.Class {
    switch status {
    case 401, 403: .denied
    case 404: .absent
    case 409, 412: .conflict
    case 429: .throttled(retryAfter: nil)
    case 408, 500...599: .retryable
    case 400..<500: .invalid
    default: .fatal
    }
  }

  private var message: String {
    switch status {
    case 300..<400: "The storage account answered with a redirect, which is not followed"
    case 401, 403: "The storage account refused access to the lock's blob"
    case 404 where code == "ContainerNotFound": "The container of the lock's blob is not there"
    case 404: "The lock's blob can't be found"
    case 408, 429, 500...599: "The storage account can't answer now"
    default: "The storage account refused a request on the lock's blob with status \(status)"
    }
  }

  private var advice: String? {
    switch (status, code) {
    case (404, "ContainerNotFound"):
      "Create it once: az storage container create --account-name ACCOUNT --name CONTAINER."
    case (_, "LeaseAlreadyPresent"), (_, "LeaseIdMissing"):
      "Somebody else has the lock: 'berth lock show' tells who."
    case (401, _), (403, _):
      "Whoever signs in needs the role 'Storage Blob Data Contributor' on the container; a shared "
        + "access signature needs the rights to read, create and write (sp=rcw) and must not have "
        + "expired."
    default: nil
    }
  }
}
