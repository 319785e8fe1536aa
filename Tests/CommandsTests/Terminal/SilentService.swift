import Foundation

/// A service whose calls are accepted by the system and answered by nobody.
final class SilentService {
  private let descriptor: Int32
  let url: String

  struct Unavailable: Error {}

  init() throws {
    #if canImport(Darwin)
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    self.descriptor = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isListening else { throw Unavailable() }
    url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
  }

  deinit { close(descriptor) }

  /// Writes into a stack's `berth.yaml` that its workspace is here.
  func serve(_ folder: TemporaryFolder) throws {
    let lines = try folder.read("berth.yaml").split(separator: "\n").map {
      $0.hasPrefix("backend:")
        ? "backend: {type: azure, endpoint: \"\(url)\", auth: {type: none}}" : String($0)
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "berth.yaml")
  }
}
