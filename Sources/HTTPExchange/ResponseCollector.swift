internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Puts an answer together as it comes in, as long as it is not too large, and knows whether the
/// request left.
final class ResponseCollector: HTTPClientResponseDelegate {
  /// The answer is larger than allowed.
  struct TooLarge: Error {}

  private struct State {
    var mayHaveArrived = false
    var response = HTTPResponse(0)
  }

  private let limit: Int
  private let loop: any EventLoop
  private let state = Mutex(State())

  init(limit: Int, on loop: any EventLoop) {
    self.limit = limit
    self.loop = loop
  }

  /// True once the request's head is on its way.
  var mayHaveArrived: Bool { state.withLock(\.mayHaveArrived) }

  func didSendRequestHead(task: HTTPClient.Task<HTTPResponse>, _ head: HTTPRequestHead) {
    state.withLock { $0.mayHaveArrived = true }
  }

  func didReceiveHead(
    task: HTTPClient.Task<HTTPResponse>, _ head: HTTPResponseHead
  ) -> EventLoopFuture<Void> {
    state.withLock { state in
      state.mayHaveArrived = true
      var headers = HTTPHeaders()
      for (name, value) in head.headers { headers.add(name, value) }
      state.response = HTTPResponse(Int(head.status.code), headers: headers)
    }
    let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
    return length > limit ? tooLarge : loop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(
    task: HTTPClient.Task<HTTPResponse>, _ buffer: ByteBuffer
  ) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      guard buffer.readableBytes <= limit - state.response.body.count else { return false }
      state.response.body += buffer.readableBytesView
      return true
    }
    return fits ? loop.makeSucceededVoidFuture() : tooLarge
  }

  func didFinishRequest(task: HTTPClient.Task<HTTPResponse>) throws -> HTTPResponse {
    state.withLock(\.response)
  }

  private var tooLarge: EventLoopFuture<Void> { loop.makeFailedFuture(TooLarge()) }
}
