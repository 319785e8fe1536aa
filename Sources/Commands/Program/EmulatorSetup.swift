internal import Certificates
internal import ComputeKinds
internal import Diagnostics
internal import EmbeddedBackend
internal import Emulator
internal import Storage
internal import TargetModel

/// Makes an emulator of what the options of `berth emulate` name.
struct EmulatorSetup {
  private let options: EmulateCommand
  private let context: CommandContext
  private let folder: String
  private(set) var findings = DiagnosticList()
  private(set) var sources = SourceTexts()

  init(_ options: EmulateCommand, _ context: CommandContext) {
    self.options = options
    self.context = context
    folder = options.common.folder(in: context)
  }

  /// The emulator; nil, with findings, if anything is wrong.
  ///
  /// Everything is looked at first; files are made last, and most of them once the port is bound.
  mutating func prepare() -> RunningEmulator? {
    let address = address()
    checkNumbers()
    var files = EmulatorFiles()
    let tls = encryption(&files)
    let answer = options.replay.map { replayed($0) } ?? emulated()
    guard !findings.hasErrors, let address, let answer else { return nil }
    let recording = options.record.map {
      EmulatorRecording(at: context.path($0, from: folder), shown: $0, context)
    }
    files.recording = recording
    var server = EmulatorServer { request in
      let answered = await answer(request)
      recording?.record(request, answered)
      return answered
    }
    server.address = address
    server.takesAnyHost = options.mayListenAnywhere
    server.tls = tls
    return RunningEmulator(
      server: server, files: files, access: options.auth, isReplaying: options.replay != nil)
  }

  // MARK: The server

  private mutating func address() -> ListenAddress? {
    guard let address = ListenAddress(options.listen) else {
      findings.append(.listenAddress(options.listen))
      return nil
    }
    guard address.isLoopback || options.mayListenAnywhere else {
      findings.append(.notLoopback(address))
      return nil
    }
    return address
  }

  private mutating func checkNumbers() {
    if !(0...3_600_000).contains(options.operationMilliseconds) {
      findings.append(.emulatorOption("--operation-milliseconds", "from 0 to 3600000"))
    }
    if !(1...10_000).contains(options.pageSize) {
      findings.append(.emulatorOption("--page-size", "from 1 to 10000"))
    }
    let others: [Any?] = [options.store, options.workspaces, options.faults, options.seed]
    if options.replay != nil, others.contains(where: { $0 != nil }) {
      findings.append(.replayAlone())
    }
  }

  private mutating func encryption(
    _ files: inout EmulatorFiles
  ) -> (certificate: String, key: String)? {
    guard let choice = options.tls else { return nil }
    guard choice == "self-signed" else {
      let paths = choice.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard paths.count == 2 else {
        findings.append(.tlsOption(choice))
        return nil
      }
      guard let certificate = text(paths[0]), let key = text(paths[1]) else { return nil }
      return (certificate, key)
    }
    do {
      let host = ListenAddress(options.listen)?.host
      let made = try SelfSignedCertificate(
        now: context.now(), days: 30, alsoFor: host.map { [$0] } ?? [])
      files.certificate = (made.certificate, folder + "/" + StackFolder.ownFolderName)
      return (made.certificate, made.key)
    } catch {
      findings.append(.emulatorFailed("can't serve HTTPS: \(error.reason)"))
      return nil
    }
  }

  // MARK: What it answers

  private typealias Answer = @Sendable (EmulatedRequest) async -> EmulatedAnswer

  private mutating func replayed(_ path: String) -> Answer? {
    let live = EmulatedService(
      EmulatorConfiguration(catalog: .azureML), now: context.now, randomBytes: context.randomBytes)
    guard let bytes = bytes(path, limit: 256 << 20),
      let replay = Replay.read(
        bytes, file: path, signingInAt: live, reporting: &findings)
    else { return nil }
    return { await replay.answer($0) }
  }

  private mutating func emulated() -> Answer? {
    var configuration = EmulatorConfiguration(catalog: .azureML)
    configuration.operationMilliseconds = Int64(options.operationMilliseconds)
    configuration.pageSize = options.pageSize
    configuration.access = options.auth.access
    if let path = options.workspaces, let bytes = bytes(path, limit: 1 << 20) {
      configuration.workspaces = readWorkspaces(bytes, file: path, reporting: &findings)
      configuration.location =
        configuration.workspaces?.first?.identity.location ?? configuration.location
    }
    let plan = faultPlan()
    let store = options.store.map { EmulatorStore(at: context.path($0, from: folder), shown: $0) }
    if let finding = store?.obstacle { findings.append(finding) }
    guard !findings.hasErrors else { return nil }
    let stacks = store?.stackWorkspace
    if options.workspaces == nil, let stacks {
      configuration.known = [stacks]
      configuration.location = stacks.identity.location
    }
    let file: EmbeddedWorkspace?
    do throws(WorkspaceStoreFailure) {
      file = try store?.open(
        configuration, remains: plan.remainsMilliseconds, context)
    } catch {
      findings.append(error.diagnostic(named: "with --store"))
      return nil
    }
    let service = EmulatedService(
      configuration, file: file, faults: plan, now: context.now,
      randomBytes: context.randomBytes)
    return { await service.answer($0) }
  }

  private mutating func faultPlan() -> FaultPlan {
    guard let path = options.faults else {
      return options.seed.map { FaultPlan.random(seed: $0) } ?? FaultPlan()
    }
    guard let bytes = bytes(path, limit: 1 << 20) else { return FaultPlan() }
    var plan = readFaults(bytes, file: path, reporting: &findings) ?? FaultPlan()
    if let seed = options.seed { plan.seed = seed }
    return plan
  }

  // MARK: Files

  private mutating func bytes(_ path: String, limit: Int) -> [UInt8]? {
    do {
      let bytes = try SafeFile.read(context.path(path, from: folder), limit: limit).bytes
      sources.add(path, bytes)
      return bytes
    } catch {
      findings.append(.emulatorInput(path, error.reason))
      return nil
    }
  }

  private mutating func text(_ path: String) -> String? {
    bytes(path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Rule {
  static let emulatorListens = Rule("emulator-listens")
  static let emulatorFailed = Rule("emulator-failed")
}

extension Diagnostic {
  fileprivate static func listenAddress(_ text: String) -> Diagnostic {
    Diagnostic(
      .error, .emulatorListens, "Not an address to listen on",
      detail: "'\(text)' is no host with a port, such as 127.0.0.1:8440 or 127.0.0.1:0.")
  }

  fileprivate static func notLoopback(_ address: ListenAddress) -> Diagnostic {
    Diagnostic(
      .error, .emulatorListens, "Emulator would be open to others",
      detail: """
        '\(address)' can be reached from other machines, and the emulator lets everybody in: it \
        takes any token. Listen on 127.0.0.1, or give --dangerous-listen-anywhere where nobody \
        else is, as in a container.
        """,
      findingClass: .refusal)
  }

  fileprivate static func emulatorOption(_ option: String, _ range: String) -> Diagnostic {
    Diagnostic(
      .error, .emulatorFailed, "Option out of range",
      detail: "\(option) must be a whole number \(range).")
  }

  fileprivate static func replayAlone() -> Diagnostic {
    Diagnostic(
      .error, .emulatorFailed, "A recording knows its answers",
      detail: """
        With --replay everything comes from the recording, so --store, --workspaces, --faults and \
        --seed have nothing to say. Leave them out.
        """)
  }

  fileprivate static func tlsOption(_ text: String) -> Diagnostic {
    Diagnostic(
      .error, .emulatorFailed, "Certificate is not named",
      detail: """
        '--tls \(text)' must be '--tls self-signed', or the files of a certificate and its key \
        with a comma between them.
        """)
  }

  fileprivate static func emulatorInput(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .fileUnreadable, "File can't be read", detail: "\(path) \(reason).")
  }

  static func emulatorFailed(_ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .emulatorFailed, "Emulator can't serve", detail: "The emulator \(reason).")
  }
}
