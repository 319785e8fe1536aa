internal import Subprocesses
internal import TargetModel

/// Whoever signed in with `az login`, asked by running `az`.
///
/// The program gets what it needs to find its own files, and no secret of the environment
/// (reliability.md T28); it is looked for in absolute folders only (T29).
struct AzureCLI: TokenSource {
  let kind = SignInKind.azureCLI
  private let program: ProgramPath
  private let tenant: String?
  private let surroundings: Surroundings

  /// What `az` reads of the environment, and nothing that may be secret.
  private static let variables = [
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
    "AZURE_CONFIG_DIR", "AZURE_EXTENSION_DIR", "PYTHONHOME", "PYTHONPATH", "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE", "NO_PROXY", "no_proxy",
  ]
  /// How `az` finds the network; passed on although it may hold the proxy's password, which `az`
  /// has to know.
  private static let proxies = [
    "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy",
  ]

  init(
    _ configuration: SignInConfiguration, in surroundings: Surroundings
  ) throws(SignInFailure) {
    guard let program = ProgramPath(finding: "az", in: surroundings.environment) else {
      throw .notSetUp(
        .azureCLI, "There is no program 'az' in the absolute folders of PATH: install it.")
    }
    self.program = program
    tenant = configuration.tenant
    self.surroundings = surroundings
    guard tenant?.hasPrefix("-") != true else {
      throw .failed(.azureCLI, "'tenant_id' is neither a GUID nor a domain.")
    }
  }

  func token(for request: TokenRequest) async throws(SignInFailure) -> AccessToken {
    if let claims = request.claims {
      throw .failed(
        kind,
        """
        The service demands more proof of who you are. Run 'az login --claims-challenge \
        \(base64URL(Array(claims.utf8)))' and begin again.
        """)
    }
    var arguments = [
      "account", "get-access-token", "--output", "json", "--resource", request.audience,
    ]
    if let tenant { arguments += ["--tenant", tenant] }
    var environment = surroundings.environment.filter {
      Self.variables.contains($0.key) || Self.proxies.contains($0.key)
    }
    environment["AZURE_CORE_ONLY_SHOW_ERRORS"] = "true"
    var run = ProgramRun(program, arguments, environment: environment, in: "/bin")
    run.timeLimit = request.isEarly ? .seconds(10) : .seconds(30)
    let result: ProgramResult
    do {
      result = try await surroundings.programs.run(run)
    } catch {
      throw failure(error)
    }
    guard result.ending == .exited(0) else { throw refusal(result) }
    return try token(in: result.output)
  }

  private func token(in output: [UInt8]) throws(SignInFailure) -> AccessToken {
    let json = try? AttributeValue(json: output)
    guard let json, let text = json[key: "accessToken"]?.text, isHeaderText(text), !text.isEmpty
    else { throw .failed(kind, "'az' printed no token. Try 'az account get-access-token'.") }
    let end = json[key: "expires_on"]
    // Only if it is an older one does it have to be read as this machine's local time.
    let seconds =
      end?.integer.map(Int64.init) ?? end?.text.flatMap { Int64($0) }
      ?? json[key: "expiresOn"]?.text.flatMap { LocalTime.seconds($0) }
    guard let seconds else { throw .failed(kind, "'az' does not say when its token expires.") }
    let left = seconds - surroundings.time.wall() / 1_000
    guard left > 300 else {
      throw .failed(
        kind, "The token of 'az' expires at once. Check this machine's clock, or run 'az login'.")
    }
    return AccessToken(text, lifetime: .seconds(left), from: .command("az"))
  }

  /// Only where nobody ever signed in may another way be taken: whose sign-in is over must not become
  /// somebody else without knowing.
  private func refusal(_ result: ProgramResult) -> SignInFailure {
    let complaint = String(decoding: result.complaint, as: UTF8.self)
    if complaint.contains(/Please run ['"]az login['"] to (setup account|access your accounts)/),
      !complaint.contains("AADSTS")
    {
      return .notSetUp(kind, "Nobody is signed in: run 'az login'.")
    }
    let lines = complaint.split(whereSeparator: \.isNewline)
    let words = lines.last { $0.hasPrefix("ERROR") } ?? lines.last ?? "nothing"
    let advice = complaint.contains("az login") ? " Run 'az login' and begin again." : ""
    return .failed(kind, "'az' said: \(words.prefix(300))\(advice)")
  }

  private func failure(_ fault: ProgramFault) -> SignInFailure {
    switch fault {
    case .notStarted: .failed(kind, "'\(program)' can't be started.")
    case .tooSlow: .failed(kind, "'az' did not answer in time.", kind: .passing)
    case .tooLong: .failed(kind, "'az' printed far too much.")
    case .cancelled: .cancelled
    }
  }
}
