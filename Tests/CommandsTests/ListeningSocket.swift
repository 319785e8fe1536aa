import Foundation

/// A socket of this machine that takes connections at a port of its own.
final class ListeningSocket: Sendable {
  let descriptor: Int32
  let port: UInt16

  struct Unavailable: Error {}

  /// - Parameter backlog: how many connections more than one wait until they are taken; further ones
  ///   are not made.
  init(backlog: Int32 = 64) throws {
    let descriptor = Self.make()
    self.descriptor = descriptor
    var address = Self.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, backlog) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isListening else { throw Unavailable() }
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(descriptor) }

  var url: String { "http://127.0.0.1:\(port)" }

  /// A connection to a port of this machine; nil if nobody listens there.
  static func connection(to port: UInt16) -> Int32? {
    let descriptor = make()
    var address = address(port: port)
    let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    if isConnected { return descriptor }
    close(descriptor)
    return nil
  }

  /// No program that a test starts keeps it open.
  private static func make() -> Int32 {
    #if canImport(Darwin)
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return descriptor
  }

  private static func address(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}
