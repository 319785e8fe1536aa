/// A blob.
struct StoredBlob: Sendable {
  var content: [UInt8]
  var contentType: String
  /// Which version it is; no two of an emulator have the same.
  var tag: String
  var created: Int64
  var changed: Int64
  /// The client's own headers, `x-ms-meta-...`.
  var metadata: [(name: String, value: String)]
  var lease = BlobLease()

  var size: Int {
    metadata.reduce(content.count + 256) { $0 + $1.name.utf8.count + $1.value.utf8.count }
  }
}

/// The blobs there are, in memory, no more than fit.
struct BlobShelf: Sendable {
  private(set) var blobs: [String: StoredBlob] = [:]
  private(set) var containers: Set<String> = []
  private var size = 0
  private var versions: Int64 = 0

  static let mostBytes = 64 << 20
  static let mostBlobs = 10_000
  static let mostContainers = 1_000

  func blob(_ address: BlobAddress) -> StoredBlob? { blobs[address.key] }

  /// The next version's name.
  mutating func nextTag(at now: Int64) -> String {
    versions += 1
    let number = String(now * 1_000 + versions, radix: 16, uppercase: true)
    return "\"0x\(String(repeating: "0", count: max(0, 16 - number.count)))\(number)\""
  }

  /// Puts a blob into its place; its container comes into being with it.
  mutating func put(_ blob: StoredBlob, at address: BlobAddress) throws(BlobError) {
    let former = blobs[address.key]
    let next = size - (former?.size ?? 0) + blob.size
    guard next <= Self.mostBytes, former != nil || blobs.count < Self.mostBlobs else {
      throw .full
    }
    if former == nil { try make(address) }
    size = next
    blobs[address.key] = blob
  }

  mutating func remove(_ address: BlobAddress) {
    guard let former = blobs.removeValue(forKey: address.key) else { return }
    size -= former.size
  }

  /// Makes a container, if it is not there.
  mutating func make(_ address: BlobAddress) throws(BlobError) {
    guard !containers.contains(address.containerKey) else { return }
    guard containers.count < Self.mostContainers else { throw .full }
    containers.insert(address.containerKey)
  }

  /// Removes a container with all that is in it.
  mutating func removeContainer(_ address: BlobAddress) {
    containers.remove(address.containerKey)
    for (key, blob) in blobs where key.hasPrefix(address.containerKey + "/") {
      blobs[key] = nil
      size -= blob.size
    }
  }

  /// The blobs of a container, by their names, in order.
  func list(_ address: BlobAddress, prefix: String) -> [(name: String, blob: StoredBlob)] {
    let start = address.containerKey + "/"
    return blobs.filter { $0.key.hasPrefix(start + prefix) }
      .map { (String($0.key.dropFirst(start.count)), $0.value) }
      .sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
  }
}
