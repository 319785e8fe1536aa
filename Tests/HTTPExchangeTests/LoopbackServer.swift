import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A request as the server got it.
struct ReceivedRequest: Sendable {
  /// The first line, then the headers.
  var lines: [String]
  var body: String

  /// The value of a header.
  func header(_ name: String) -> String? {
    lines.dropFirst().first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
      .map { $0.drop { $0 != ":" }.dropFirst().trimmingPrefix(" ") }.map(String.init)
  }
}

/// What the server does once a request is complete.
enum ServerAct: Sendable {
  case write([UInt8])
  case close
  /// Answers a CONNECT and goes on as the server at the other end.
  case beginTLS(NIOSSLContext)

  static func write(_ text: String) -> ServerAct { .write(Array(text.utf8)) }

  /// A whole answer.
  static func answer(
    _ status: String = "200 OK", headers: [String] = [], body: [UInt8] = Array("fine".utf8)
  ) -> ServerAct {
    let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + headers
    return .write(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
  }
}

/// A server on loopback that speaks in bytes, so that it can say anything wrong.
final class LoopbackServer: Sendable {
  typealias Script = @Sendable (ReceivedRequest) -> [ServerAct]

  private let received = Mutex<[ReceivedRequest]>([])
  private let taken = Mutex(0)
  private let script: Script

  private init(_ script: @escaping Script) {
    self.script = script
  }

  /// All requests until now.
  var requests: [ReceivedRequest] { received.withLock { $0 } }

  /// How many connections were made until now.
  var connections: Int { taken.withLock { $0 } }

  func acts(for request: ReceivedRequest) -> [ServerAct] {
    received.withLock { $0.append(request) }
    return script(request)
  }

  /// Runs a server while `body` runs, which gets its port.
  static func with(
    tls: NIOSSLContext? = nil, _ script: @escaping Script,
    body: (LoopbackServer, Int) async throws -> Void
  ) async throws {
    let server = LoopbackServer(script)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        server.taken.withLock { $0 += 1 }
        return channel.eventLoop.makeCompletedFuture {
          if let tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
          }
          try channel.pipeline.syncOperations.addHandler(ServerHandler(server))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    do {
      try await body(server, channel.localAddress?.port ?? 0)
    } catch {
      try? await channel.close()
      throw error
    }
    try await channel.close()
  }
}

private final class ServerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let server: LoopbackServer
  private var bytes: [UInt8] = []

  init(_ server: LoopbackServer) {
    self.server = server
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes += unwrapInboundIn(data).readableBytesView
    while let request = nextRequest() {
      for act in server.acts(for: request) { perform(act, context) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func perform(_ act: ServerAct, _ context: ChannelHandlerContext) {
    switch act {
    case .write(let bytes):
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    case .close:
      context.close(promise: nil)
    case .beginTLS(let tls):
      let established = Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: established)), promise: nil)
      try? context.pipeline.syncOperations.addHandler(
        NIOSSLServerHandler(context: tls), position: .first)
    }
  }

  private func nextRequest() -> ReceivedRequest? {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(
      separator: "\r\n"
    ).map(String.init)
    var request = ReceivedRequest(lines: lines, body: "")
    let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
    guard bytes.count - end.upperBound >= length else { return nil }
    request.body = String(decoding: bytes[end.upperBound...].prefix(length), as: UTF8.self)
    bytes.removeFirst(end.upperBound + length)
    return request
  }
}
