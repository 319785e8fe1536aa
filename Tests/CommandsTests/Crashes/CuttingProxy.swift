import Foundation
import Synchronization

/// Stands between a client and a service, and cuts connections where a test says so.
///
/// It works on threads of its own, so that no test waits behind another one's traffic.
final class CuttingProxy: Sendable {
  /// A moment of a request at which its connection can be cut.
  enum Moment: CaseIterable, Sendable {
    /// It has arrived, and the service knows nothing of it.
    case arrived
    /// The service knows of it, and has not answered.
    case passedOn
    /// The service has answered, and the client knows nothing of that.
    case answered
    /// The client has half of the answer.
    case halfTold
  }

  /// Asked at each moment of each request; true to cut the connection there.
  typealias Judge = @Sendable (Moment, _ method: Substring) -> Bool

  private let socket: ListeningSocket
  private let service: UInt16
  private let judge: Judge
  private let isOver = Mutex(false)

  /// - Parameter service: the port of the service.
  init(to service: UInt16, _ judge: @escaping Judge) throws {
    socket = try ListeningSocket()
    self.service = service
    self.judge = judge
    Thread.detachNewThread { [self] in
      while let client = accepted() {
        Thread.detachNewThread { [self] in serve(client) }
      }
    }
  }

  var url: String { socket.url }

  /// Takes no more connections.
  func end() {
    isOver.withLock { $0 = true }
    // Wakes whoever waits for the next one.
    if let last = ListeningSocket.connection(to: socket.port) { close(last) }
  }

  private func accepted() -> Int32? {
    let client = accept(socket.descriptor, nil, nil)
    guard client >= 0 else { return nil }
    _ = fcntl(client, F_SETFD, FD_CLOEXEC)
    guard isOver.withLock({ $0 }) else { return client }
    close(client)
    return nil
  }

  /// Serves the requests of a connection until one is cut, or nobody sends more.
  private func serve(_ client: Int32) {
    defer { close(client) }
    while let request = HTTPBytes(from: client), pass(request, of: client) {}
  }

  /// False if the connection is to be closed.
  private func pass(_ request: HTTPBytes, of client: Int32) -> Bool {
    let method = request.firstWord
    if judge(.arrived, method) { return false }
    guard let service = ListeningSocket.connection(to: service) else { return false }
    defer { close(service) }
    guard request.bytes.isSent(to: service) else { return false }
    if judge(.passedOn, method) { return false }
    guard let answer = HTTPBytes(from: service) else { return false }
    if judge(.answered, method) { return false }
    let half = answer.bytes.count / 2
    guard Array(answer.bytes[..<half]).isSent(to: client) else { return false }
    if judge(.halfTold, method) { return false }
    return Array(answer.bytes[half...]).isSent(to: client)
  }
}

/// A request or an answer, as its bytes went over the wire.
private struct HTTPBytes {
  private(set) var bytes: [UInt8] = []

  /// Reads one whole; nil if it ends before.
  init?(from descriptor: Int32) {
    let blank = Array("\r\n\r\n".utf8)
    var end: Int?
    while end == nil {
      guard read(from: descriptor) else { return nil }
      end = bytes.firstRange(of: blank)?.upperBound
    }
    let head = String(decoding: bytes[..<(end ?? 0)], as: UTF8.self)
    let length = head.firstMatch(of: /(?i)\r\ncontent-length: *([0-9]+)/).flatMap { Int($0.1) }
    while bytes.count < (end ?? 0) + (length ?? 0) {
      guard read(from: descriptor) else { return nil }
    }
  }

  /// The method of a request.
  var firstWord: Substring {
    String(decoding: bytes.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)[...]
  }

  private mutating func read(from descriptor: Int32) -> Bool {
    var part = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &part, part.count, 0)
    guard count > 0 else { return false }
    bytes += part[..<count]
    return true
  }
}

extension [UInt8] {
  /// False if the other end is gone.
  fileprivate func isSent(to descriptor: Int32) -> Bool {
    #if canImport(Darwin)
      let flags: Int32 = 0
    #else
      let flags = Int32(MSG_NOSIGNAL)
    #endif
    var sent = 0
    while sent < count {
      let more = self[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
      guard more > 0 else { return false }
      sent += more
    }
    return true
  }
}
