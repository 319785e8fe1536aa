/// What a request to the blob service is about, by its path: `/ACCOUNT/CONTAINER/BLOB`.
///
/// The account stands in the path since everything is at one address here; Azurite does the same.
struct BlobAddress: Hashable, Sendable {
  let account: String
  /// Empty for the account as a whole.
  let container: String
  /// Empty for the container as a whole.
  let blob: String

  var containerKey: String { "\(account)/\(container)" }
  var key: String { "\(account)/\(container)/\(blob)" }

  /// Nil for a request to another service.
  ///
  /// Clients of storage tell the version of its interface in a header, or in a signature; those of
  /// other services do neither.
  init?(_ request: EmulatedRequest) {
    guard request.headers["x-ms-version"] != nil || request.parameter("sv") != nil else {
      return nil
    }
    let parts = request.path.split(
      separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0].isEmpty,
      parts[1].wholeMatch(of: /[a-z0-9]{3,24}/) != nil, parts[1] != "subscriptions",
      let container = PercentEncoding.decoded(parts.count > 2 ? parts[2] : ""),
      let blob = PercentEncoding.decoded(parts.count > 3 ? parts[3] : "")
    else { return nil }
    account = String(parts[1])
    self.container = container
    self.blob = blob
  }

  /// Refuses names that the service has not.
  func check() throws(BlobError) {
    let known = container.wholeMatch(of: /[a-z0-9](-?[a-z0-9])+|\$root|\$web|\$logs/) != nil
    guard container.isEmpty || (known && (3...63).contains(container.utf8.count)) else {
      throw .badResource("container")
    }
    guard blob.utf8.count <= 1_024,
      blob.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { throw .badResource("blob") }
  }
}
