import AzureSignIn
import Diagnostics
import Foundation
import HTTPExchange
import HTTPScripting
import Subprocesses
import TargetModel
import Testing

@Suite("Sign-in by the Azure CLI")
struct AzureCLITests {
  private let configuration = SignInConfiguration(kind: .azureCLI)

  /// Runs `body` with a folder that holds a program `az`.
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "/cli-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = FileManager.default.createFile(
      atPath: folder + "/az", contents: Data("#!/bin/sh\n".utf8),
      attributes: [.posixPermissions: 0o755])
    try await body(folder)
  }

  private func world(
    _ folder: String, _ result: ProgramResult
  ) -> (world: SignInWorld, programs: OneResult) {
    let programs = OneResult(result)
    var world = SignInWorld(environment: ["PATH": folder])
    world.programs = programs
    return (world, programs)
  }

  private func printing(_ text: String) -> ProgramResult {
    ProgramResult(.exited(0), output: Array(text.utf8))
  }

  @Test func `T28 az is run with arguments and variables that hold no secret`() async throws {
    try await withFolder { folder in
      var (world, programs) = world(
        folder, printing(#"{"accessToken":"t","expires_on":1800003600,"tokenType":"Bearer"}"#))
      world.environment.merge(secretVariables) { $1 }
      world.environment["HOME"] = "/home/me"
      world.environment["GITHUB_TOKEN"] = "canary"
      world.environment["AZURE_CONFIG_DIR"] = "/home/me/.azure"
      let credentials = try world.credentials(
        SignInConfiguration(kind: .azureCLI, tenant: "t-1"), by: ScriptedTransport.silence)
      #expect(try await credentials.token()?.secret.reveal() == "t")
      let run = try #require(programs.runs.first)
      #expect(run.program.text == folder + "/az")
      #expect(
        run.arguments == [
          "account", "get-access-token", "--output", "json", "--resource",
          "https://management.azure.com", "--tenant", "t-1",
        ])
      #expect(
        run.environment == [
          "PATH": folder, "HOME": "/home/me", "AZURE_CONFIG_DIR": "/home/me/.azure",
          "AZURE_CORE_ONLY_SHOW_ERRORS": "true",
        ])
      #expect(run.folder == "/bin")
    }
  }

  @Test func `T29 az is not taken from a relative folder`() async throws {
    try await withFolder { folder in
      var (world, programs) = world(folder, printing("{}"))
      world.environment["PATH"] = ".:bin:"
      let failure = await world.failure(configuration, by: ScriptedTransport.silence)
      #expect(failure?.kind == .notSetUp)
      #expect(programs.runs.isEmpty)
    }
  }

  @Test func `the end of a token is read in local time where az is older`() async throws {
    try await withFolder { folder in
      let formatter = DateFormatter()
      formatter.locale = Locale(identifier: "en_US_POSIX")
      formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
      let end = formatter.string(from: Date(timeIntervalSince1970: 1_800_003_600))
      let (world, programs) = world(
        folder, printing(#"{"accessToken":"t","expiresOn":"\#(end).000000"}"#))
      let credentials = try world.credentials(configuration, by: ScriptedTransport.silence)
      _ = try await credentials.token()
      // Half of the hour is its time; then another one is fetched.
      try await world.pass(.seconds(1_799))
      _ = try await credentials.token()
      #expect(programs.runs.count == 1)
      try await world.pass(.seconds(2))
      _ = try await credentials.token()
      #expect(programs.runs.count == 2)
    }
  }

  @Test(arguments: [
    ("ERROR: Please run 'az login' to setup account.", "run 'az login'"),
    ("ERROR: something else\nmore", "'az' said: ERROR: something else"),
  ])
  func `a failure of az tells what to do`(complaint: String, words: String) async throws {
    try await withFolder { folder in
      let (world, _) = world(
        folder, ProgramResult(.exited(1), complaint: Array(complaint.utf8)))
      let failure = await world.failure(configuration, by: ScriptedTransport.silence)
      #expect(failure?.diagnostic.detail.contains(words) == true, "\(failure as Any)")
    }
  }

  @Test(arguments: [
    ("ERROR: Please run 'az login' to setup account.", SignInFailure.Kind.notSetUp),
    (
      "ERROR: AADSTS70043: The refresh token has expired. Please run 'az login' to setup account.",
      .lasting
    ),
    ("ERROR: AADSTS50078: Expired.\nTo re-authenticate, please run:\naz login", .lasting),
    ("ERROR: User 'me' does not exist in MSAL token cache. Run `az login`.", .lasting),
    ("ERROR: Subscription 'x' not found. Please run 'az account set'.", .lasting),
  ])
  func `an expired sign-in never becomes another identity`(
    complaint: String, kind: SignInFailure.Kind
  ) async throws {
    try await withFolder { folder in
      let (world, _) = world(
        folder, ProgramResult(.exited(1), complaint: Array(complaint.utf8)))
      #expect(await world.failure(configuration, by: ScriptedTransport.silence)?.kind == kind)
      // The machine has an identity, too; it serves only where nobody signed in.
      let machine = ScriptedTransport.authority()
      let token = try? await world.credentials(by: machine).token()
      #expect((token == nil) == (kind == .lasting))
    }
  }

  @Test(arguments: [
    "", "[]", #"{"accessToken":"t"}"#, #"{"accessToken":"t","expires_on":1800000100}"#,
    #"{"accessToken":"t","expiresOn":"tomorrow"}"#,
  ])
  func `what az prints must be a token that lives`(output: String) async throws {
    try await withFolder { folder in
      let (world, _) = world(folder, printing(output))
      #expect(
        await world.failure(configuration, by: ScriptedTransport.silence)?.kind == .lasting)
    }
  }

  @Test func `what the service demands beyond a token is for the user to give`() async throws {
    try await withFolder { folder in
      let (world, _) = world(folder, printing(#"{"accessToken":"t","expires_on":1800003600}"#))
      let credentials = try world.credentials(configuration, by: ScriptedTransport.silence)
      let token = try #require(try await credentials.token())
      do throws(SignInFailure) {
        _ = try await credentials.token(
          insteadOf: token, challenge: #"Bearer claims="eyJhIjoxfQ==", error="x""#)
        Issue.record("there was another token")
      } catch {
        #expect(
          error.diagnostic.detail.contains("az login --claims-challenge eyJhIjoxfQ'"),
          "\(error)")
      }
    }
  }
}
