internal import Certificates
internal import ComputeKinds
internal import Diagnostics
internal import Digests
internal import Logs
internal import Manifests
internal import Storage
internal import TargetModel

/// A stack as it stands on disk, read and bound.
struct LoadedStack: Sendable {
  let folder: StackFolder
  let configuration: StackConfiguration
  let targets: [ComputeTarget]
  /// Every file that was read.
  fileprivate(set) var files: [ReadFile]
  /// The variables that some document refers to, with their values; sorted by name.
  let usedVariables: [(name: String, value: VariableValue)]

  /// The SHA-256 of everything that was read, 64 hexadecimal digits.
  ///
  /// Computed each time, from the files' digests: what is only looked at needs none.
  var manifestsSHA256: String {
    let lines =
      files.map { "\($0.path)=\($0.digest)" }
      + usedVariables.map { name, value in
        "var \(name)=\(value.isPlain ? "plain" : "text") \(sha256(Array(value.text.utf8)))"
      }
    return sha256(lines.joined(separator: "\n"))
  }

  /// Where the embedded workspace is kept; for a workspace elsewhere, the locks on it.
  var storePath: String {
    let own = configuration.backend.azure == nil ? "/workspace.db" : "/locks.db"
    let store = configuration.backend.store ?? StackFolder.ownFolderName + own
    return store.hasPrefix("/") ? store : folder.path + "/" + store
  }

  /// Where references to secrets are looked up.
  func secrets(in context: CommandContext) -> any SecretSource {
    StackSecrets(environment: context.environment, folder: folder.path)
  }
}

/// A file that a stack was read from.
struct ReadFile: Sendable {
  private enum Content {
    case held([UInt8])
    case digested(String)
  }

  /// The path below the stack's folder.
  let path: String
  private var content: Content

  init(_ path: String, _ bytes: [UInt8]) {
    self.path = path
    content = .held(bytes)
  }

  /// The SHA-256 of its content, 64 hexadecimal digits.
  var digest: String {
    switch content {
    case .held(let bytes): sha256(bytes)
    case .digested(let digest): digest
    }
  }

  /// Keeps the digest only.
  mutating func letGo() { content = .digested(digest) }
}

/// Reads stacks: the only place where disk, binder and kinds meet.
struct StackLoader {
  let context: CommandContext
  /// What was found, with the texts it was found in.
  var findings = DiagnosticList()
  var sources = SourceTexts()
  /// The stack, once it was read, its mistakes included.
  private(set) var stack: LoadedStack?

  init(_ context: CommandContext) {
    self.context = context
  }

  /// What a command needs of secrets.
  enum SecretUse {
    /// Their values, to compare and to send.
    case resolve
    /// Only that references are well formed.
    case checkForm
  }

  /// Reads the stack that a folder belongs to; nil if its `berth.yaml` does not say enough.
  ///
  /// Everything found is in `findings`.
  mutating func load(
    from start: String, as choice: EnvironmentChoice = EnvironmentChoice(), secrets: SecretUse
  ) -> LoadedStack? {
    let trace = context.trace
    guard let folder = StackFolder.containing(start) else {
      findings.append(.noStack(start))
      return nil
    }
    let name = StackFolder.configurationName
    let configurationBytes: [UInt8]
    do {
      configurationBytes = try folder.configuration()
    } catch {
      findings.append(.unreadableConfiguration(name, error.reason))
      return nil
    }
    sources.add(name, configurationBytes)
    guard
      let configuration = readConfiguration(configurationBytes, file: name, reporting: &findings)
    else {
      if let patterns = manifestPatterns(in: configurationBytes, file: name) {
        checkManifests(of: folder, matching: patterns)
      }
      return nil
    }

    let files = trace.within(.readManifests) {
      folder.manifests(matching: configuration.computes, reporting: &findings)
    }
    for file in files { sources.add(file.path, file.bytes) }
    let manifests = files.map { ManifestFile(path: $0.path, bytes: $0.bytes) }
    var overlays: [ManifestFile] = []
    for name in choice.overlays {
      guard let file = folder.overlay(name, reporting: &findings) else { continue }
      sources.add(file.path, file.bytes)
      overlays.append(ManifestFile(path: file.path, bytes: file.bytes))
    }
    let source: any SecretSource =
      switch secrets {
      case .resolve: StackSecrets(environment: context.environment, folder: folder.path)
      case .checkForm: UnresolvedSecrets()
      }
    let variables = givenVariables(choice)
    context.giveProgramBack()
    let bound = trace.within(.bind) {
      bindStack(
        manifests, of: configuration, overlays: overlays, variables: variables,
        rules: .azureML, secrets: source, reporting: &findings)
    }
    trace.log.tell(
      .debug, "manifests_read",
      [.number("files", files.count), .number("targets", bound.targets.count)])
    let faulty = Set(findings.findings.filter { $0.severity == .error }.compactMap(\.address))
    trace.within(.validate) {
      for target in bound.targets where !faulty.contains(target.address.description) {
        checkCertificate(of: target, now: context.now(), reporting: &findings)
        checkIgnoredChanges(of: target, now: context.now(), reporting: &findings)
        if let apiVersion = configuration.azureAPIVersion {
          checkPreviewFields(of: target, apiVersion: apiVersion, reporting: &findings)
        }
      }
    }
    let stack = LoadedStack(
      folder: folder, configuration: configuration, targets: bound.targets,
      files: [ReadFile(name, configurationBytes)]
        + (manifests + overlays).map { ReadFile($0.path, $0.bytes) },
      usedVariables: bound.usedVariables)
    self.stack = stack
    return stack
  }

  /// Lets go of what the files said, once a command goes on with what was made of it: a file is
  /// read again where a line of it is shown, if it is what it was.
  ///
  /// Those that were found fault with are kept: their lines will be shown.
  @discardableResult
  mutating func letGoOfTexts() -> LoadedStack? {
    guard var stack else { return nil }
    let shown = Set(findings.findings.compactMap(\.location?.file))
    for index in stack.files.indices where !shown.contains(stack.files[index].path) {
      stack.files[index].letGo()
      let (file, folder) = (stack.files[index], stack.folder.path)
      sources.letGo(of: file.path) {
        let read = try? SafeFile.read(file.path, below: folder, limit: StackFolder.fileLimit)
        return read.flatMap { sha256($0.bytes) == file.digest ? $0.bytes : nil }
      }
    }
    self.stack = stack
    return stack
  }

  /// Finds what is wrong with the manifests of a stack whose `berth.yaml` is wrong itself: every
  /// problem of every file is told in one pass.
  private mutating func checkManifests(of folder: StackFolder, matching patterns: [String]) {
    let files = folder.manifests(matching: patterns, reporting: &findings)
    for file in files { sources.add(file.path, file.bytes) }
    // Where the workspace is, nobody knows: nothing is compared with it.
    let rules = KindRules(
      catalog: .azureML, checkName: checkName(_:of:at:reporting:), advice: kindAdvice(for:),
      keyAdvice: keyAdvice(for:of:))
    let unknown = WorkspaceIdentity(
      subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "unknown",
      name: "unknown", location: "unknown")
    _ = bindManifests(
      files.map { ManifestFile(path: $0.path, bytes: $0.bytes) },
      of: StackConfiguration(
        stack: "unknown", workspace: unknown, backend: BackendConfiguration(), computes: patterns),
      rules: rules, secrets: UnresolvedSecrets(), reporting: &findings)
  }
}

extension KindRules {
  /// The kinds of the service with everything that is checked of them.
  static let azureML = KindRules(
    catalog: .azureML, checkName: checkName(_:of:at:reporting:),
    checkWorkspace: checkAgainstWorkspace(_:_:reporting:), advice: kindAdvice(for:),
    keyAdvice: keyAdvice(for:of:), refusal: refusedKind(_:_:at:), silenceable: silenceableRules)
}

/// Looks secrets up in the environment, in files below the stack, and by its commands.
private struct StackSecrets: SecretSource {
  let environment: [String: String]
  let folder: String

  func environment(_ name: String) -> String? { environment[name] }

  func file(
    _ path: String, namedIn manifest: String
  ) -> Result<SecretFile, SecretFileFailure> {
    let base = manifest.split(separator: "/").dropLast().joined(separator: "/")
    let whole = path.hasPrefix("/") || base.isEmpty ? path : base + "/" + path
    do {
      let contents = try SafeFile.read(whole, below: folder, limit: 256 << 10)
      guard let text = String(validating: contents.bytes, as: UTF8.self) else {
        return .failure(SecretFileFailure("is not text in UTF-8"))
      }
      return .success(
        SecretFile(contents: text, isReadableByOthers: contents.isReadableByOthers))
    } catch {
      return .failure(SecretFileFailure(error.reason))
    }
  }

  func output(of command: [String]) -> Result<String, SecretCommandFailure> {
    do {
      var bytes = try programOutput(
        of: command, environment: environment.filter { !RunnerCredentials.contain($0.key) },
        in: folder, limit: 256 << 10,
        timeLimit: .seconds(30))
      if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
      if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
      guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
        return .failure(SecretCommandFailure("printed what is no text in UTF-8"))
      }
      return .success(text)
    } catch {
      return .failure(SecretCommandFailure(error.reason))
    }
  }
}

/// Loads a stack and opens something of it; nil if that is not possible, which is told.
func openStack<Opened>(
  _ context: CommandContext, _ common: CommonOptions,
  _ open: (LoadedStack, inout DiagnosticList) async -> Opened?
) async -> (Opened, LoadedStack, Presenter)? {
  var loader = StackLoader(context)
  let stack = loader.load(from: common.folder(in: context), secrets: .checkForm)
  var presenter = Presenter(context, common)
  presenter.sources = loader.sources
  guard let stack else {
    presenter.show(loader.findings)
    return nil
  }
  // What is wrong with single manifests is no matter of what is opened.
  var findings = DiagnosticList()
  guard let opened = await open(stack, &findings) else {
    presenter.show(findings)
    return nil
  }
  return (opened, stack, presenter)
}

extension Rule {
  static let stackNotFound = Rule("stack-not-found")
}

extension Diagnostic {
  static func noStack(_ start: String) -> Diagnostic {
    let what =
      StackFolder.isFolder(start)
      ? "There is no berth.yaml in \(start) or in a folder above it."
      : "There is no folder \(start)."
    return Diagnostic(
      .error, .stackNotFound, "No stack here",
      detail: """
        \(what) Begin with 'berth init', or name the stack's folder with '--chdir'.
        """)
  }

  static func unreadableConfiguration(_ file: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .fileUnreadable, "Stack can't be read",
      detail: "\(file) \(reason). It must be a regular file of text.",
      at: SourceLocation(startOf: file))
  }
}
