internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPCompression
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Opens a transport over the network, and closes it whatever happens.
public func withNetworkTransport<Result>(
  _ settings: NetworkSettings = NetworkSettings(),
  _ body: (NetworkTransport) async throws -> Result
) async throws -> Result {
  let transport = try NetworkTransport(settings)
  do {
    let result = try await body(transport)
    await transport.close()
    return result
  } catch {
    await transport.close()
    throw error
  }
}

/// The transport of real runs: HTTP/1.1 over TLS, with connections kept for the next request.
///
/// Whoever opens one closes it; `withNetworkTransport` does both.
public final class NetworkTransport: HTTPTransport {
  /// What is settled per client of the library: one for each combination there is.
  private struct Way: Hashable {
    let connect: Duration
    let idle: Duration
    let body: Int
    let proxy: Proxy?
  }

  private enum State {
    case open([Way: HTTPClient])
    case closed
  }

  /// One loop for everything, so that what an exchange did and how it ended keep their order on
  /// whatever connection is free.
  ///
  /// A client that is told a loop for each exchange closes the connection after it.
  private let loops: MultiThreadedEventLoopGroup
  private let proxies: ProxyRules
  private let security: TLSConfiguration
  private let state = Mutex(State.open([:]))

  /// Opens a transport; nothing is sent yet.
  public init(_ settings: NetworkSettings = NetworkSettings()) throws(NetworkSettingsFailure) {
    proxies = settings.proxies
    var security = TLSConfiguration.makeClientConfiguration()
    security.minimumTLSVersion = .tlsv12
    if let path = settings.authorities {
      guard let authorities = try? NIOSSLCertificate.fromPEMFile(path), !authorities.isEmpty else {
        throw .unreadableAuthorities(path)
      }
      security.additionalTrustRoots = [.certificates(authorities)]
    }
    self.security = security
    loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  }

  /// Closes all connections; requests under way fail, and later ones are refused.
  public func close() async {
    let clients = state.withLock { state -> [HTTPClient] in
      defer { state = .closed }
      if case .open(let clients) = state { return Array(clients.values) }
      return []
    }
    for client in clients { try? await client.shutdown() }
    try? await loops.shutdownGracefully()
  }

  /// Sends a request and waits for the whole answer.
  public func send(
    _ request: HTTPRequest, limits: HTTPLimits
  ) async throws(HTTPFailure) -> HTTPResponse {
    if let refusal = request.refusal { throw refusal }
    let proxy = proxies.proxy(for: request)
    let client = try client(for: limits, by: proxy)
    let outgoing: HTTPClient.Request
    do {
      outgoing = try HTTPClient.Request(request)
    } catch {
      throw .unsendable(request.url)
    }
    let collector = ResponseCollector(limit: limits.body, on: loops.next())
    let exchange = client.execute(
      request: outgoing, delegate: collector, deadline: .now() + TimeAmount(limits.total))
    do {
      return try await withTaskCancellationHandler {
        try await exchange.get()
      } onCancel: {
        exchange.cancel()
      }
    } catch {
      throw HTTPFailure(
        error, at: request.url, by: proxy, mayHaveArrived: collector.mayHaveArrived)
    }
  }

  private func client(
    for limits: HTTPLimits, by proxy: Proxy?
  ) throws(HTTPFailure) -> HTTPClient {
    let way = Way(connect: limits.connect, idle: limits.idle, body: limits.body, proxy: proxy)
    let client = state.withLock { state -> HTTPClient? in
      guard case .open(var clients) = state else { return nil }
      if let client = clients[way] { return client }
      let client = HTTPClient(
        eventLoopGroupProvider: .shared(loops), configuration: configuration(of: way))
      clients[way] = client
      state = .open(clients)
      return client
    }
    guard let client else {
      throw HTTPFailure(
        .notConnected, mayHaveArrived: false, message: "the connection to the network is closed")
    }
    return client
  }

  private func configuration(of way: Way) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: security,
      redirectConfiguration: .disallow,
      timeout: .init(
        connect: TimeAmount(way.connect), read: TimeAmount(way.idle), write: TimeAmount(way.idle)),
      proxy: way.proxy.map(HTTPClient.Configuration.Proxy.init),
      decompression: .enabled(limit: .size(way.body)))
    // A connection that is cut then takes one call along, not all of them.
    configuration.httpVersion = .http1Only
    // Whoever asks decides on another try.
    configuration.connectionPool.retryConnectionEstablishment = false
    // More than all workers of a run, for a request that waits for a connection loses time.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    return configuration
  }
}

extension HTTPClient.Configuration.Proxy {
  fileprivate init(_ proxy: Proxy) {
    switch proxy.kind {
    case .socks:
      self = .socksServer(host: proxy.host, port: proxy.port)
    case .tunnel:
      let words = proxy.credentials?.split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      self = .server(
        host: proxy.host, port: proxy.port,
        authorization: words.map { words in
          .basic(username: String(words[0]), password: words.count > 1 ? String(words[1]) : "")
        })
    }
  }
}

extension HTTPClient.Request {
  fileprivate init(_ request: HTTPRequest) throws {
    var headers = NIOHTTP1.HTTPHeaders()
    for (name, value) in request.headers.lines { headers.add(name: name, value: value) }
    if !headers.contains(name: "Accept-Encoding") {
      headers.add(name: "Accept-Encoding", value: "gzip")
    }
    try self.init(
      url: request.url.description, method: HTTPMethod(rawValue: request.method.rawValue),
      headers: headers, body: request.body.isEmpty ? nil : .bytes(request.body))
  }
}

extension TimeAmount {
  fileprivate init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    self = overflow ? .nanoseconds(.max) : .nanoseconds(whole &+ attoseconds / 1_000_000_000)
  }
}
