/// A refusal with the body that the blob service gives it.
struct BlobError: Error {
  let status: Int
  let code: String
  let message: String
  var headers = MessageHeaders()

  init(_ status: Int, _ code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  /// The answer, with what it is about as XML; a client that asked for the head alone gets that.
  var response: EmulatedResponse {
    var response = EmulatedResponse(status)
    for line in headers.lines { response.headers.add(line.name, line.value) }
    response.headers["x-ms-error-code"] = code
    guard status != 304 else { return response }
    response.headers["Content-Type"] = "application/xml"
    response.body = Array(
      ("<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>\(code)</Code><Message>"
        + "\(message.xmlText)</Message></Error>").utf8)
    return response
  }
}

extension BlobError {
  static let noBlob = BlobError(404, "BlobNotFound", "The specified blob does not exist.")
  static let noContainer = BlobError(
    404, "ContainerNotFound", "The specified container does not exist.")
  static let blobExists = BlobError(409, "BlobAlreadyExists", "The specified blob already exists.")
  static let containerExists = BlobError(
    409, "ContainerAlreadyExists", "The specified container already exists.")
  static let badRange = BlobError(
    416, "InvalidRange", "The range specified is invalid for the current size of the resource.")
  static let full = BlobError(
    409, "AccountFull",
    "The emulator keeps no more blobs than this in memory. Delete some, or start it again.")

  static func notMet(isRead: Bool) -> BlobError {
    BlobError(
      isRead ? 304 : 412, "ConditionNotMet",
      "The condition specified using HTTP conditional header(s) is not met.")
  }

  static func badHeader(_ name: String) -> BlobError {
    BlobError(
      400, "InvalidHeaderValue",
      "The value for one of the HTTP headers is not in the correct format: \(name).")
  }

  static func missingHeader(_ name: String) -> BlobError {
    BlobError(
      400, "MissingRequiredHeader", "A required header was not specified: \(name).")
  }

  static func badResource(_ what: String) -> BlobError {
    BlobError(
      400, "InvalidResourceName", "The specified resource name is not one of a \(what).")
  }

  static func notServed(_ what: String) -> BlobError {
    BlobError(
      501, "NotImplemented",
      "The emulator has no \(what): its blobs are there for locks. Azurite has everything.")
  }

  // MARK: Leases

  static let leaseHeld = BlobError(
    409, "LeaseAlreadyPresent", "There is already a lease present.")
  static let leaseMismatch = BlobError(
    409, "LeaseIdMismatchWithLeaseOperation",
    "The lease ID specified did not match the lease ID for the blob.")
  static let noLease = BlobError(
    409, "LeaseNotPresentWithLeaseOperation", "There is currently no lease on the blob.")
  static let leaseBroken = BlobError(
    409, "LeaseIsBrokenAndCannotBeRenewed",
    "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.")
  static let breakingNotAcquired = BlobError(
    409, "LeaseIsBreakingAndCannotBeAcquired",
    "The lease ID matched, but the lease is currently in breaking state and cannot be acquired until "
      + "it is broken.")
  static let breakingNotChanged = BlobError(
    409, "LeaseIsBreakingAndCannotBeChanged",
    "The lease ID matched, but the lease is currently in breaking state and cannot be changed.")
  static let leaseMissing = BlobError(
    412, "LeaseIdMissing",
    "There is currently a lease on the blob and no lease ID was specified in the request.")
  static let leaseMismatchOfWrite = BlobError(
    412, "LeaseIdMismatchWithBlobOperation",
    "The lease ID specified did not match the lease ID for the blob.")
  static let leaseLost = BlobError(
    412, "LeaseLost", "A lease ID was specified, but the lease for the blob has expired.")
  static let noLeaseOfWrite = BlobError(
    412, "LeaseNotPresentWithBlobOperation", "There is currently no lease on the blob.")
}

extension String {
  /// The text as it stands in XML.
  var xmlText: String {
    replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
