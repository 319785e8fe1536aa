internal import ComputeKinds
internal import Diagnostics
internal import EmbeddedBackend
internal import Emulator
internal import SimulatorBackend
internal import Storage
internal import TargetModel

/// The file that `--store` names.
struct EmulatorStore {
  private let path: String
  private let shown: String
  /// The stack that it belongs to, if it lies in one.
  private let stack: StackFolder?

  init(at path: String, shown: String) {
    self.path = path
    self.shown = shown
    var folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    // A stack that was never applied has no folder for its own files yet.
    if !StackFolder.isFolder(String(folder)), folder.hasSuffix("/" + StackFolder.ownFolderName) {
      folder = folder.dropLast(StackFolder.ownFolderName.utf8.count + 1)
    }
    stack = StackFolder.containing(String(folder))
  }

  /// Why it can't be served: a misspelt path must not become a workspace of its own.
  var obstacle: Diagnostic? {
    guard stack == nil else { return nil }
    do throws(FileFailure) {
      _ = try SafeFile.read(path, limit: 0)
      return nil
    } catch {
      return error.problem == .absent ? .noStore(shown) : nil
    }
  }

  /// The workspace that the stack's `berth.yaml` describes; nil where it does not say enough.
  var stackWorkspace: EmulatedWorkspace? {
    guard let bytes = try? stack?.configuration() else { return nil }
    var unheeded = DiagnosticList()
    return readWorkspaces(bytes, file: StackFolder.configurationName, reporting: &unheeded)?.first
  }

  /// - Parameter remains: how long what was deleted lies under its name, in milliseconds.
  func open(
    _ configuration: EmulatorConfiguration, remains: Int64, _ context: CommandContext
  ) throws(WorkspaceStoreFailure) -> EmbeddedWorkspace {
    // Each request names its own workspace; this one only opens the file.
    let nobody = WorkspaceIdentity(
      subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "emulator",
      name: "emulator", location: configuration.location)
    var simulator = SimulatorConfiguration(
      workspace: nobody, catalog: .azureML,
      operationMilliseconds: configuration.operationMilliseconds)
    simulator.remainsMilliseconds = remains
    return try EmbeddedWorkspace(at: path, configuration: simulator, now: context.now)
  }
}

extension Diagnostic {
  fileprivate static func noStore(_ path: String) -> Diagnostic {
    Diagnostic(
      .error, .emulatorFailed, "No embedded workspace there",
      detail: """
        '\(path)' does not exist and lies in no stack. Check the path, or make an empty file there \
        for a workspace of its own.
        """)
  }
}
