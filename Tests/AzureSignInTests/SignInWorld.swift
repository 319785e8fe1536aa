import AzureSignIn
import HTTPExchange
import HTTPScripting
import Subprocesses
import Synchronization
import TestSupport
import Testing

/// A world to sign in from: an environment, files, programs, a clock, and who answers.
struct SignInWorld {
  /// 2027-01-15, 08:00 UTC.
  static let start: Int64 = 1_800_000_000_000

  let clock = TestClock()
  var environment: [String: String] = [:]
  var files: [String: String] = [:]
  var programs: any ProgramRunner = NoPrograms()
  var cloud = CloudEnvironment.azure

  func credentials(
    _ configuration: SignInConfiguration = SignInConfiguration(), by transport: any HTTPTransport
  ) throws(SignInFailure) -> Credentials {
    try Credentials(
      configuration, for: cloud,
      in: Surroundings(
        environment: environment, transport: transport, programs: programs,
        time: SignInTime(clock) { [clock] in
          Self.start + Int64(clock.now.offset / .milliseconds(1))
        },
        contents: { [files] path, _ in files[path].map { Array($0.utf8) } },
        identifier: { "an-id" }))
  }

  /// Lets time pass.
  func pass(_ duration: Duration) async throws {
    try await clock.sleep(until: clock.now.advanced(by: duration), tolerance: nil)
  }

  /// The failure of signing in.
  func failure(
    _ configuration: SignInConfiguration = SignInConfiguration(), by transport: any HTTPTransport
  ) async -> SignInFailure? {
    do throws(SignInFailure) {
      _ = try await credentials(configuration, by: transport).token()
      return nil
    } catch {
      return error
    }
  }
}

/// A machine on which no program can be started.
struct NoPrograms: ProgramRunner {
  func run(_ run: ProgramRun) async throws(ProgramFault) -> ProgramResult { throw .notStarted }
}

/// Programs that all give one result, and are remembered.
final class OneResult: ProgramRunner {
  let result: ProgramResult
  private let started = Mutex<[ProgramRun]>([])
  var runs: [ProgramRun] { started.withLock { $0 } }

  init(_ result: ProgramResult) { self.result = result }

  func run(_ run: ProgramRun) async throws(ProgramFault) -> ProgramResult {
    started.withLock { $0.append(run) }
    return result
  }
}

extension ScriptedTransport {
  /// Hands out `token-0`, then `token-1` and so on; each lives an hour.
  static func authority(seconds: Int = 3600) -> ScriptedTransport {
    ScriptedTransport { (_, number) throws(HTTPFailure) in .token("token-\(number)", seconds) }
  }

  /// No network at all.
  static var silence: ScriptedTransport {
    ScriptedTransport { (_, _) throws(HTTPFailure) in
      throw HTTPFailure(.notConnected, mayHaveArrived: false, message: "no route")
    }
  }
}

extension HTTPResponse {
  static func token(_ token: String, _ seconds: Int = 3600) -> HTTPResponse {
    HTTPResponse(
      200, json: #"{"token_type":"Bearer","expires_in":\#(seconds),"access_token":"\#(token)"}"#)
  }
}

extension HTTPRequest {
  /// The fields of a form.
  var form: [String: String] {
    var fields: [String: String] = [:]
    for field in String(decoding: body, as: UTF8.self).split(separator: "&") {
      let words = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      fields[String(words[0])] = words.count > 1 ? String(words[1]) : ""
    }
    return fields
  }
}

/// Three variables with which an application signs in by a secret.
let secretVariables = [
  "AZURE_TENANT_ID": "tenant-1", "AZURE_CLIENT_ID": "client-1", "AZURE_CLIENT_SECRET": "s+ca na/ry",
]
