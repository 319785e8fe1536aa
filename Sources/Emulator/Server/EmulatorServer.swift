internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import ServiceLifecycle

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Carries requests from a socket to whoever answers them.
public struct EmulatorServer: Sendable {
  /// Where it listens.
  public var address = ListenAddress.standard
  /// The certificate with its chain and the key, as PEM text; nil for plain HTTP.
  public var tls: (certificate: String, key: String)?
  /// True if it may be reached from other machines, under any name.
  public var takesAnyHost = false

  private let answer: @Sendable (EmulatedRequest) async -> EmulatedAnswer

  /// The largest request that is read; Azure Resource Manager takes no more either.
  public static let largestBody = 4 << 20
  /// How many connections are served at a time; further ones wait.
  public static let mostConnections = 256

  /// Why it can't serve.
  public struct Failure: Error, Hashable, Sendable {
    /// The end of the sentence "The emulator ...".
    public let reason: String
  }

  /// A server.
  ///
  /// - Parameter answer: answers a request.
  public init(_ answer: @escaping @Sendable (EmulatedRequest) async -> EmulatedAnswer) {
    self.answer = answer
  }

  /// How long requests that are being answered may take when the server is to end.
  static let patience: Duration = .milliseconds(500)
  /// How long the door is shut before the server ends.
  private static let pause: Duration = .milliseconds(30)

  /// Serves until it is told to stop.
  ///
  /// - Parameters:
  ///   - stop: ends when the server is to end. Cancelling the task would break connections that
  ///     were accepted a moment ago.
  ///   - started: is told the address that clients use, such as `http://127.0.0.1:8440`.
  public func run(
    until stop: AsyncStream<Void>, started: @escaping @Sendable (String) -> Void
  ) async throws(Failure) {
    let door = Doorkeeper.Door()
    let application = application(server: try builder(), door, started)
    var configuration = ServiceGroupConfiguration(services: [application], logger: Self.silence)
    configuration.maximumGracefulShutdownDuration = Self.patience
    let services = ServiceGroup(configuration: configuration)
    let failure = await withTaskGroup(of: Failure?.self) { tasks in
      tasks.addTask {
        do {
          try await services.run()
          return nil
        } catch is CancellationError {
          return nil
        } catch {
          return Failure(reason: "can't listen on \(address): \(Self.words(for: error))")
        }
      }
      tasks.addTask {
        for await _ in stop {}
        door.shut()
        try? await ContinuousClock().sleep(for: Self.pause)
        await services.triggerGracefulShutdown()
        return nil
      }
      var failure: Failure?
      for await found in tasks {
        failure = failure ?? found
        // A server that could not begin waits for nobody.
        if failure != nil { tasks.cancelAll() }
      }
      return failure
    }
    if let failure { throw failure }
  }

  private func application(
    server: HTTPServerBuilder, _ door: Doorkeeper.Door,
    _ started: @escaping @Sendable (String) -> Void
  ) -> some Service {
    let scheme = tls == nil ? "http" : "https"
    let check = HostCheck(takesAnyHost: takesAnyHost)
    let bound = address
    return Application(
      responder: CallbackResponder { (request: Request, context: ConnectionContext) in
        try await respond(to: request, on: context.channel, scheme, check)
      },
      server: server,
      configuration: ApplicationConfiguration(
        address: .hostname(bound.host, port: bound.port), serverName: nil,
        availableConnectionsDelegate: Doorkeeper(
          door: door, limit: .maximum(Self.mostConnections, logger: Self.silence))),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? bound.port
        started("\(scheme)://\(HostCheck.joined(bound.hostFromHere, port))")
      },
      logger: Self.silence)
  }

  private static let silence = Logger(label: "emulator") { _ in SwiftLogNoOpLogHandler() }

  private static func words(for error: any Error) -> String {
    let text = "\(error)"
    if text.contains("errno: 98") || text.contains("errno: 48") {
      return "another program uses that port. Choose another one, or 0 for any that is free"
    }
    if text.contains("errno: 13") { return "that port is not for everybody. Choose one above 1023" }
    return text
  }

  private func builder() throws(Failure) -> HTTPServerBuilder {
    let plain = HTTPServerBuilder.http1(
      configuration: .init(
        idleTimeout: .seconds(120),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 32 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 100)))
    guard let tls else { return plain }
    do {
      let chain = try NIOSSLCertificate.fromPEMBytes(Array(tls.certificate.utf8))
      let key = try NIOSSLPrivateKey(bytes: Array(tls.key.utf8), format: .pem)
      let configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      // Whether the two belong together is seen only here.
      _ = try NIOSSLContext(configuration: configuration)
      return try .tls(plain, tlsConfiguration: configuration)
    } catch {
      throw Failure(
        reason: "can't use the certificate and its key. Give both as PEM text, the key without a "
          + "passphrase, and the one that belongs to the certificate")
    }
  }

  // MARK: One request

  private func respond(
    to request: Request, on channel: any Channel, _ scheme: String, _ check: HostCheck
  ) async throws -> Response {
    let origin = check.origin(
      host: request.head.authority, origin: request.headers[.origin], scheme: scheme)
    guard let origin else { return Self.foreignHost }
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: Self.largestBody)
    } catch is NIOTooManyBytesError {
      return Self.tooLarge
    }
    let emulated = EmulatedRequest(
      request.method.rawValue, request.uri.string, headers: Self.headers(of: request),
      body: Array(buffer: body), origin: origin)
    let answer = await answer(emulated)
    if answer.delay > 0 { try await Task.sleep(for: .milliseconds(answer.delay)) }
    guard !answer.isLost else {
      try await Self.reset(channel)
      throw CancellationError()
    }
    let response = Self.response(answer.response)
    return request.method == .head ? response.createHeadResponse() : response
  }

  private static func headers(of request: Request) -> MessageHeaders {
    var headers = MessageHeaders()
    for field in request.headers { headers.add(field.name.rawName, field.value) }
    return headers
  }

  private static func response(_ answer: EmulatedResponse) -> Response {
    var fields = HTTPFields()
    for line in answer.headers.lines {
      if let name = HTTPField.Name(line.name) {
        fields.append(HTTPField(name: name, value: line.value))
      }
    }
    return Response(
      status: .init(code: answer.status), headers: fields,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
  }

  /// Breaks the connection, as a network does: the client gets no answer, not even a half one.
  private static func reset(_ channel: any Channel) async throws {
    // Without waiting for what is under way, the system says "reset" and not "end".
    let options = channel as? any SocketOptionProvider
    try await options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    try await channel.close()
  }

  private static var foreignHost: Response {
    var response = Self.response(
      ServiceError(
        403, "ForeignHost",
        "The emulator answers only to 'localhost' and addresses of this machine, and to no page of "
          + "another site. (--dangerous-listen-anywhere lifts that.)"
      ).response)
    response.headers[.connection] = "close"
    return response
  }

  private static var tooLarge: Response {
    var response = Self.response(
      ServiceError(
        413, "RequestEntityTooLarge",
        "The request content size exceeds the maximum size of '\(largestBody)' bytes."
      ).response)
    response.headers[.connection] = "close"
    return response
  }
}

/// What a request needs to know of its connection.
private struct ConnectionContext: InitializableFromSource {
  let channel: any Channel

  init(source: ApplicationRequestContextSource) { channel = source.channel }
}
