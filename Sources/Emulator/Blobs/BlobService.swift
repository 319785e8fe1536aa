internal import TargetModel

/// The Blob service, as far as locks need it: block blobs that are put whole, and the leases on
/// them.
struct BlobService: Sendable {
  private var shelf = BlobShelf()

  /// What a request asks for.
  static func operation(_ request: EmulatedRequest, _ address: BlobAddress) -> EmulatedOperation {
    guard !address.blob.isEmpty else {
      return request.parameter("comp") == "list" ? .listBlobs : .container
    }
    return switch request.method {
    case "PUT": request.parameter("comp") == "lease" ? .leaseBlob : .putBlob
    case "DELETE": .deleteBlob
    default: .getBlob
    }
  }

  /// Answers a request.
  ///
  /// - Parameter id: a GUID, for a lease that its client does not name.
  mutating func answer(
    _ request: EmulatedRequest, _ address: BlobAddress, at now: Int64, id: String
  ) -> EmulatedResponse {
    var response: EmulatedResponse
    do throws(BlobError) {
      try address.check()
      response = try serve(request, address, at: now, id: id)
    } catch {
      response = error.response
    }
    response.headers["x-ms-version"] = request.headers["x-ms-version"] ?? "2021-12-02"
    response.headers["Date"] = CivilDate.httpText(now)
    return response
  }

  private mutating func serve(
    _ request: EmulatedRequest, _ address: BlobAddress, at now: Int64, id: String
  ) throws(BlobError) -> EmulatedResponse {
    guard !address.container.isEmpty else { throw .notServed("operation on accounts") }
    let comp = request.parameter("comp")
    guard !address.blob.isEmpty else { return try container(request, address, comp) }
    switch (request.method, comp) {
    case ("GET", nil), ("HEAD", nil): return try get(request, address, at: now)
    case ("PUT", nil): return try put(request, address, at: now)
    case ("DELETE", nil): return try delete(request, address, at: now)
    case ("PUT", "lease"): return try lease(request, address, at: now, id: id)
    default: throw .notServed("'\(request.method)' of this kind")
    }
  }

  // MARK: Containers

  private mutating func container(
    _ request: EmulatedRequest, _ address: BlobAddress, _ comp: String?
  ) throws(BlobError) -> EmulatedResponse {
    guard request.parameter("restype") == "container" else {
      throw .notServed("operation on containers without 'restype=container'")
    }
    let isThere = shelf.containers.contains(address.containerKey)
    switch (request.method, comp) {
    case ("PUT", nil):
      guard !isThere else { throw .containerExists }
      try shelf.make(address)
      return EmulatedResponse(201, headers: ["ETag": "\"0x1\""])
    case ("GET", nil), ("HEAD", nil):
      guard isThere else { throw .noContainer }
      return EmulatedResponse(
        200,
        headers: [
          "ETag": "\"0x1\"", "x-ms-lease-status": "unlocked", "x-ms-lease-state": "available",
        ])
    case ("DELETE", nil):
      guard isThere else { throw .noContainer }
      shelf.removeContainer(address)
      return EmulatedResponse(202)
    case ("GET", "list"):
      guard isThere else { throw .noContainer }
      return list(request, address)
    default: throw .notServed("'\(request.method)' of this kind for containers")
    }
  }

  private func list(_ request: EmulatedRequest, _ address: BlobAddress) -> EmulatedResponse {
    let prefix = request.parameter("prefix") ?? ""
    let most = request.parameter("maxresults").flatMap(Int.init) ?? 5_000
    let first = request.parameter("marker").flatMap(Int.init) ?? 0
    let all = shelf.list(address, prefix: prefix)
    let page = all.dropFirst(max(0, first)).prefix(max(1, min(most, 5_000)))
    let next = max(0, first) + page.count
    let blobs = page.map { name, blob in
      "<Blob><Name>\(name.xmlText)</Name><Properties><Etag>\(blob.tag.xmlText)</Etag>"
        + "<Last-Modified>\(CivilDate.httpText(blob.changed))</Last-Modified>"
        + "<Content-Length>\(blob.content.count)</Content-Length>"
        + "<Content-Type>\(blob.contentType.xmlText)</Content-Type>"
        + "<BlobType>BlockBlob</BlobType></Properties></Blob>"
    }.joined()
    var response = EmulatedResponse(200, headers: ["Content-Type": "application/xml"])
    response.body = Array(
      ("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults "
        + "ContainerName=\"\(address.container)\"><Prefix>\(prefix.xmlText)</Prefix><Blobs>\(blobs)"
        + "</Blobs><NextMarker>\(next < all.count ? String(next) : "")</NextMarker>"
        + "</EnumerationResults>").utf8)
    return response
  }

  // MARK: Blobs

  private func get(
    _ request: EmulatedRequest, _ address: BlobAddress, at now: Int64
  ) throws(BlobError) -> EmulatedResponse {
    guard let blob = shelf.blob(address) else { throw .noBlob }
    try request.check(blob.tag, isRead: true)
    try blob.lease.admit(read: request.leaseID, at: now)
    var response = EmulatedResponse(200, headers: blob.headers(at: now), body: blob.content)
    guard request.method == "GET", let range = try request.range(of: blob.content.count) else {
      return response
    }
    response.status = 206
    response.headers["Content-Range"] =
      "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(blob.content.count)"
    response.body = Array(blob.content[range])
    return response
  }

  private mutating func put(
    _ request: EmulatedRequest, _ address: BlobAddress, at now: Int64
  ) throws(BlobError) -> EmulatedResponse {
    guard let type = request.headers["x-ms-blob-type"] else {
      throw .missingHeader("x-ms-blob-type")
    }
    guard type == "BlockBlob" else { throw .notServed("'\(type)'") }
    let former = shelf.blob(address)
    guard former == nil || request.headers["If-None-Match"] != "*" else { throw .blobExists }
    try request.check(former?.tag, isRead: false)
    var lease = former?.lease ?? BlobLease()
    try lease.admit(write: request.leaseID, at: now)
    let blob = StoredBlob(
      content: request.body,
      contentType: request.headers["x-ms-blob-content-type"] ?? request.headers["Content-Type"]
        ?? "application/octet-stream",
      tag: shelf.nextTag(at: now), created: former?.created ?? now, changed: now,
      metadata: request.headers.lines.filter { $0.name.lowercased().hasPrefix("x-ms-meta-") },
      lease: lease)
    try shelf.put(blob, at: address)
    return EmulatedResponse(
      201,
      headers: [
        "ETag": blob.tag, "Last-Modified": CivilDate.httpText(now),
        "x-ms-request-server-encrypted": "true",
      ])
  }

  private mutating func delete(
    _ request: EmulatedRequest, _ address: BlobAddress, at now: Int64
  ) throws(BlobError) -> EmulatedResponse {
    guard var blob = shelf.blob(address) else { throw .noBlob }
    try request.check(blob.tag, isRead: false)
    try blob.lease.admit(write: request.leaseID, at: now)
    shelf.remove(address)
    return EmulatedResponse(202, headers: ["x-ms-delete-type-permanent": "true"])
  }

  // MARK: Leases

  private mutating func lease(
    _ request: EmulatedRequest, _ address: BlobAddress, at now: Int64, id: String
  ) throws(BlobError) -> EmulatedResponse {
    guard var blob = shelf.blob(address) else { throw .noBlob }
    try request.check(blob.tag, isRead: false)
    var response = EmulatedResponse(200)
    switch request.headers["x-ms-lease-action"]?.lowercased() {
    case "acquire":
      let seconds = try request.number("x-ms-lease-duration")
      guard let seconds, seconds == -1 || (15...60).contains(seconds) else {
        throw .badHeader("x-ms-lease-duration")
      }
      let proposed = try request.guid("x-ms-proposed-lease-id") ?? id
      try blob.lease.acquire(proposed, for: seconds, at: now)
      response = EmulatedResponse(201, headers: ["x-ms-lease-id": proposed])
    case "renew":
      let known = try request.neededGUID("x-ms-lease-id")
      try blob.lease.renew(known, at: now)
      response.headers["x-ms-lease-id"] = known
    case "change":
      let proposed = try request.neededGUID("x-ms-proposed-lease-id")
      try blob.lease.change(try request.neededGUID("x-ms-lease-id"), to: proposed, at: now)
      response.headers["x-ms-lease-id"] = proposed
    case "release":
      try blob.lease.release(try request.neededGUID("x-ms-lease-id"), at: now)
    case "break":
      let period = try request.number("x-ms-lease-break-period")
      guard (0...60).contains(period ?? 0) else {
        throw .badHeader("x-ms-lease-break-period")
      }
      response = EmulatedResponse(202)
      response.headers["x-ms-lease-time"] = String(try blob.lease.end(after: period, at: now))
    case .some: throw .badHeader("x-ms-lease-action")
    case nil: throw .missingHeader("x-ms-lease-action")
    }
    try shelf.put(blob, at: address)
    response.headers["ETag"] = blob.tag
    response.headers["Last-Modified"] = CivilDate.httpText(blob.changed)
    return response
  }
}

extension StoredBlob {
  fileprivate func headers(at now: Int64) -> MessageHeaders {
    var headers: MessageHeaders = [
      "Content-Type": contentType, "ETag": tag, "Last-Modified": CivilDate.httpText(changed),
      "x-ms-creation-time": CivilDate.httpText(created), "x-ms-blob-type": "BlockBlob",
      "Accept-Ranges": "bytes", "x-ms-server-encrypted": "true",
    ]
    for (name, value) in metadata + lease.headers(at: now) { headers.add(name, value) }
    return headers
  }
}

extension EmulatedRequest {
  fileprivate var leaseID: String? { headers["x-ms-lease-id"]?.lowercased() }

  /// Refuses what is asked of another version than there is; nil where there is none.
  fileprivate func check(_ tag: String?, isRead: Bool) throws(BlobError) {
    if let wanted = headers["If-Match"], tag == nil || (wanted != "*" && wanted != tag) {
      throw .notMet(isRead: false)
    }
    if let unwanted = headers["If-None-Match"], let tag, unwanted == "*" || unwanted == tag {
      throw .notMet(isRead: isRead)
    }
  }

  /// The bytes that are asked for; nil for all of them.
  fileprivate func range(of size: Int) throws(BlobError) -> Range<Int>? {
    guard let text = headers["x-ms-range"] ?? headers["Range"],
      let match = text.wholeMatch(of: /bytes=([0-9]{1,15})-([0-9]{0,15})/),
      let first = Int(match.1)
    else { return nil }
    guard first < size else { throw .badRange }
    return first..<min(size, (Int(match.2) ?? size - 1) + 1)
  }

  fileprivate func number(_ name: String) throws(BlobError) -> Int64? {
    guard let text = headers[name] else { return nil }
    guard let number = Int64(text) else { throw .badHeader(name) }
    return number
  }

  fileprivate func guid(_ name: String) throws(BlobError) -> String? {
    guard let text = headers[name]?.lowercased() else { return nil }
    guard text.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil else {
      throw .badHeader(name)
    }
    return text
  }

  fileprivate func neededGUID(_ name: String) throws(BlobError) -> String {
    guard let id = try guid(name) else { throw .missingHeader(name) }
    return id
  }
}
