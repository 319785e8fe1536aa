import AzureBackend
import BackendInterface
import Certificates
import Diagnostics
import Emulator
import Foundation
import HTTPExchange
import TargetModel
import TestSupport
import Testing

/// How an emulator is reached.
enum Scheme: String, CaseIterable, CustomStringConvertible {
  case http
  /// With a certificate that only the file of `BERTH_CA_FILE` vouches for.
  case https

  var description: String { rawValue }
}

/// Serves an emulator on a socket of this machine for as long as a body runs, and hands it a
/// workspace there.
///
/// Both sides go by one clock, so that nothing is waited for.
func withEmulatedAzure(
  over scheme: Scheme, faults: String = "faults: []",
  _ body: @escaping @Sendable (any Backend, TestClock) async throws -> Void
) async throws {
  let clock = TestClock()
  let service = EmulatedService(
    EmulatorConfiguration(for: .invented), faults: try faultPlan(faults),
    now: { 1_800_000_000_000 + Int64(clock.now.offset / .milliseconds(1)) },
    randomBytes: SeededBytes().bytes)
  let recorder = TrafficRecording.write.map {
    Recorder(catalog: .invented, now: { 0 }, write: $0)
  }
  var server = EmulatorServer { request in
    let answer = await service.answer(request)
    recorder?.record(request, answer)
    return answer
  }
  server.address = try #require(ListenAddress("127.0.0.1:0"))
  let trust = try TrustedCertificate(scheme)
  server.tls = trust.tls
  defer { trust.remove() }
  try await serving(server) { url in
    try await withNetworkTransport(NetworkSettings(environment: trust.environment)) { transport in
      let configuration = AzureConfiguration(
        workspace: .test, catalog: .invented, endpoint: try #require(HTTPURL(parsing: url)))
      let workspace = try AzureWorkspace(
        configuration,
        in: AzureSurroundings(
          transport: PatientTransport(transport: transport),
          authorization: NoAuthorization(), clock: clock,
          randomBytes: SeededBytes().bytes))
      try await body(workspace, clock)
    }
  }
}

/// Waits long for answers: how slow this machine is, is no matter of the service.
private struct PatientTransport<Transport: HTTPTransport>: HTTPTransport {
  let transport: Transport

  func send(
    _ request: HTTPRequest, limits: HTTPLimits
  ) async throws(HTTPFailure) -> HTTPResponse {
    var limits = limits
    (limits.connect, limits.idle, limits.total) = (.seconds(600), .seconds(600), .seconds(600))
    return try await transport.send(request, limits: limits)
  }
}

/// Runs a server and tells the body its address.
private func serving(
  _ server: EmulatorServer, _ body: @escaping @Sendable (String) async throws -> Void
) async throws {
  let (started, continuation) = AsyncStream.makeStream(of: String.self)
  let (stop, stopping) = AsyncStream.makeStream(of: Void.self)
  try await withThrowingTaskGroup(of: Void.self) { group in
    // Neither side waits behind the other tests, which share a few threads: it would be too slow
    // for the other side.
    group.addTask(priority: .high) {
      defer { continuation.finish() }
      try await server.run(until: stop) { continuation.yield($0) }
    }
    group.addTask(priority: .high) {
      defer { stopping.finish() }
      var addresses = started.makeAsyncIterator()
      try await body(try #require(await addresses.next()))
    }
    try await group.waitForAll()
  }
}

private func faultPlan(_ text: String) throws -> FaultPlan {
  var findings = DiagnosticList()
  let plan = readFaults(Array(text.utf8), file: "faults.yml", reporting: &findings)
  #expect(findings.isEmpty, "\(findings.findings)")
  return try #require(plan)
}

extension EmulatorConfiguration {
  fileprivate init(for catalog: KindCatalog) {
    self.init(catalog: catalog)
    pageSize = 2
    access = .none
  }
}

/// The server's certificate, and the file by which clients trust it.
private struct TrustedCertificate {
  let tls: (certificate: String, key: String)?
  let environment: [String: String]

  init(_ scheme: Scheme) throws {
    guard scheme == .https else {
      tls = nil
      environment = [:]
      return
    }
    let made = try SelfSignedCertificate(now: Int64(Date().timeIntervalSince1970 * 1_000), days: 1)
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("berth-\(UUID().uuidString).pem").path
    try made.certificate.write(toFile: file, atomically: true, encoding: .utf8)
    tls = (made.certificate, made.key)
    environment = ["BERTH_CA_FILE": file]
  }

  func remove() {
    for file in environment.values { try? FileManager.default.removeItem(atPath: file) }
  }
}
