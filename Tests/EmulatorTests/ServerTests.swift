import Certificates
@preconcurrency import Dispatch
import Emulator
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The emulator behind a real socket, asked by a client that can say anything.
@Suite(.serialized, .timeLimit(.minutes(60)))
struct ServerTests {
  /// Runs a server for as long as a test needs it.
  private func serving(
    _ change: (inout EmulatorServer) -> Void = { _ in },
    _ body: @Sendable (RawClient) async throws -> Void
  ) async throws {
    let emulation = Emulation()
    var server = EmulatorServer { await emulation.answer($0) }
    server.address = try #require(ListenAddress("127.0.0.1:0"))
    change(&server)
    try await Self.run(server, body)
  }

  private static func run(
    _ server: EmulatorServer, _ body: @Sendable (RawClient) async throws -> Void
  ) async throws {
    let (started, continuation) = AsyncStream.makeStream(of: String.self)
    let (stop, stopping) = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      // Not behind the other tests, which all wait for the same few threads.
      group.addTask(priority: .high) {
        try await server.run(until: stop) { continuation.yield($0) }
      }
      defer { stopping.finish() }
      var addresses = started.makeAsyncIterator()
      let url = try #require(await addresses.next())
      let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
      try await body(RawClient(port: port))
    }
  }

  private static let list = "GET \(Emulation.base)/computes?api-version=2025-12-01 HTTP/1.1"

  @Test func `a request over a socket is answered like one without`() async throws {
    try await serving { client in
      let answer = try await client.ask(
        "\(Self.list)\r\nHost: 127.0.0.1\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.hasSuffix("\r\n\r\n{\"value\":[]}"))
      #expect(answer.contains("x-ms-request-id: "))
    }
  }

  @Test(
    arguments: [
      ("127.0.0.1:80", nil, 401), ("localhost", nil, 401), ("LOCALHOST:1", nil, 401),
      ("[::1]:80", nil, 401), ("evil.example", nil, 403), ("127.0.0.1.evil.example", nil, 403),
      ("localhost.evil.example:80", nil, 403), ("10.0.0.1", nil, 403), ("a b", nil, 403),
      ("localhost@evil.example", nil, 403), ("localhost", "http://localhost", 401),
      ("localhost", "http://evil.example", 403), ("localhost", "null", 403),
    ] as [(String, String?, Int)])
  func `T30 only this machine's own names are answered`(host: String, origin: String?, status: Int)
    async throws
  {
    try await serving { client in
      let answer = try await client.ask(
        "\(Self.list)\r\nHost: \(host)\r\n" + (origin.map { "Origin: \($0)\r\n" } ?? "")
          + "Connection: close\r\n\r\n")
      // What is no host at all may be refused before it gets so far.
      let isRefused = answer.hasPrefix("HTTP/1.1 403") || answer.hasPrefix("HTTP/1.1 400")
      #expect(status == 403 ? isRefused : answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer)")
    }
  }

  @Test func `URLs are of the host that was asked`() async throws {
    try await serving { client in
      let answer = try await client.ask(
        "GET /metadata/endpoints?api-version=2019-05-01 HTTP/1.1\r\nHost: localhost:99\r\n"
          + "Connection: close\r\n\r\n")
      #expect(answer.contains("\"resourceManager\":\"http://localhost:99/\""))
    }
  }

  @Test func `a body beyond the limit is refused`() async throws {
    try await serving { client in
      let size = EmulatorServer.largestBody + 1
      let answer = try await client.ask(
        "PUT \(Emulation.base)/computes/cpu?api-version=2025-12-01 HTTP/1.1\r\nHost: localhost\r\n"
          + "Authorization: Bearer x\r\nContent-Length: \(size)\r\nConnection: close\r\n\r\n"
          + String(repeating: " ", count: size))
      #expect(answer.hasPrefix("HTTP/1.1 413"))
    }
  }

  @Test func `a lost answer is a reset, not an orderly end`() async throws {
    var server = EmulatorServer { _ in
      var answer = EmulatedAnswer(EmulatedResponse(200))
      answer.isLost = true
      return answer
    }
    server.address = try #require(ListenAddress("127.0.0.1:0"))
    try await Self.run(server) { client in
      let request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
      let answer = try await client.ask(request)
      #expect(answer.isEmpty)
      let end = try await client.end(of: request)
      #expect(end == ECONNRESET)
    }
  }

  @Test func `who may be reached from anywhere answers pages of anywhere`() async throws {
    let head = "GET /metadata/endpoints HTTP/1.1\r\nHost: elsewhere:1\r\n"
    for isOpen in [false, true] {
      try await serving {
        $0.takesAnyHost = isOpen
      } _: { client in
        let answer = try await client.ask(
          head + "Origin: https://evil.example\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(isOpen ? 200 : 403)"))
      }
    }
  }

  @Test func `a certificate with another's key is told`() async throws {
    let one = try SelfSignedCertificate(now: 1_800_000_000_000, days: 30)
    let other = try SelfSignedCertificate(now: 1_800_000_000_000, days: 30)
    var server = EmulatorServer { _ in EmulatedAnswer(EmulatedResponse(200)) }
    server.address = try #require(ListenAddress("127.0.0.1:0"))
    server.tls = (certificate: one.certificate, key: other.key)
    do throws(EmulatorServer.Failure) {
      try await server.run(until: AsyncStream { _ in }) { _ in }
      Issue.record("it ran")
    } catch {
      #expect(error.reason.contains("belongs to the certificate"))
    }
  }

  @Test func `a connection serves one request after another`() async throws {
    try await serving { client in
      let one = "GET /metadata/endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"
      let last = one.replacing("\r\n\r\n", with: "\r\nConnection: close\r\n\r\n")
      let answers = try await client.ask(one + one + last)
      #expect(answers.split(separator: "HTTP/1.1 200 OK").count == 3)
    }
  }

  @Test func `it ends although clients hold connections, answered and not`() async throws {
    let emulation = Emulation()
    var server = EmulatorServer { request in
      var answer = await emulation.answer(request)
      if request.path == "/slow" { answer.delay = 3_600_000 }
      return answer
    }
    server.address = try #require(ListenAddress("127.0.0.1:0"))
    // That it gets to the end is the test; the suite's time limit is the failure.
    try await Self.run(server) { client in
      for path in ["/", "/slow", "/"] {
        let descriptor = try client.connect()
        try client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n", descriptor)
      }
    }
  }

  @Test func `a port that is used is told`() async throws {
    try await serving { client in
      var second = EmulatorServer { _ in EmulatedAnswer(EmulatedResponse(200)) }
      second.address = try #require(ListenAddress("127.0.0.1:\(client.port)"))
      do throws(EmulatorServer.Failure) {
        try await second.run(until: AsyncStream { _ in }) { _ in }
        Issue.record("it ran")
      } catch {
        #expect(error.reason.contains("another program uses that port"))
      }
    }
  }

  @Test func `a certificate that is none is told`() async throws {
    var server = EmulatorServer { _ in EmulatedAnswer(EmulatedResponse(200)) }
    server.tls = (certificate: "nothing", key: "nothing")
    do throws(EmulatorServer.Failure) {
      try await server.run(until: AsyncStream { _ in }) { _ in }
      Issue.record("it ran")
    } catch {
      #expect(error.reason.contains("can't use the certificate"))
    }
  }

  @Test func `with a certificate it speaks no plain HTTP`() async throws {
    let made = try SelfSignedCertificate(now: 1_800_000_000_000, days: 30)
    try await serving {
      $0.tls = (certificate: made.certificate, key: made.key)
    } _: { client in
      let answer = try await client.ask("\(Self.list)\r\nHost: localhost\r\n\r\n")
      #expect(!answer.contains("HTTP/1.1 200"))
    }
  }
}

/// A client that sends what it is told and reads until the other side has enough.
struct RawClient: Sendable {
  let port: UInt16

  struct Failed: Error {
    let what: String
  }

  /// What is answered to a text.
  ///
  /// Waits on a thread of its own: those of tasks are the server's too.
  func ask(_ text: String) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try exchange(text) })
      }
    }
  }

  /// The error with which the connection ends after a text; 0 for an orderly end.
  func end(of text: String) async throws -> Int32 {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          with: Result {
            let descriptor = try connect()
            defer { close(descriptor) }
            try send(text, descriptor)
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while true {
              let count = recv(descriptor, &buffer, buffer.count, 0)
              if count <= 0 { return count == 0 ? 0 : errno }
            }
          })
      }
    }
  }

  private func exchange(_ text: String) throws -> String {
    let descriptor = try connect()
    defer { close(descriptor) }
    try send(text, descriptor)
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      received += buffer[..<count]
    }
    return String(decoding: received, as: UTF8.self)
  }

  func connect() throws -> Int32 {
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let descriptor = socket(AF_INET, kind, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    // A server that says nothing is a failure, not a wait for ever.
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        #if canImport(Glibc)
          Glibc.connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
        #elseif canImport(Musl)
          Musl.connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
        #else
          Darwin.connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
        #endif
      }
    }
    guard status == 0 else { throw Failed(what: "connect: \(errno)") }
    return descriptor
  }

  func send(_ text: String, _ descriptor: Int32) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { bytes in
        #if canImport(Darwin)
          Darwin.send(descriptor, bytes.baseAddress, bytes.count, 0)
        #elseif canImport(Glibc)
          Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #else
          Musl.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #endif
      }
      // A server that has refused already may not want the rest.
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
