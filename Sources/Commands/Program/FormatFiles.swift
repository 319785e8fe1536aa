internal import Diagnostics
internal import Manifests
internal import Storage

/// The files that `berth fmt` is to look at.
struct FormatFiles {
  private let context: CommandContext
  private let folder: String

  /// - Parameter folder: where to look for a stack, and from where paths count.
  init(_ context: CommandContext, folder: String) {
    self.context = context
    self.folder = folder
  }

  /// A file to format.
  struct File {
    /// Its path as messages show it.
    let name: String
    /// Where it is; nil for the standard input.
    let path: String?
    /// Its content, where it is known already.
    var bytes: [UInt8]?

    /// True for a stack's `berth.yaml`, which describes no targets.
    var isConfiguration: Bool {
      name.split(separator: "/").last.map(String.init) == StackFolder.configurationName
    }

    func read(in context: CommandContext, reporting findings: inout DiagnosticList) -> [UInt8]? {
      if let bytes { return bytes }
      do throws(FileFailure) {
        guard let path else { return try context.readInput(StackFolder.fileLimit).get() }
        return try SafeFile.read(path, limit: StackFolder.fileLimit).bytes
      } catch {
        findings.append(.unreadable(name, error.reason))
        return nil
      }
    }
  }

  /// The files that paths name, each once; without paths those of the stack.
  func files(_ paths: [String], reporting findings: inout DiagnosticList) -> [File] {
    if paths.isEmpty { return stackFiles(reporting: &findings) }
    var seen: Set<String> = []
    return paths.flatMap { named($0, reporting: &findings) }.filter {
      seen.insert($0.path ?? "-").inserted
    }
  }

  private func named(_ name: String, reporting findings: inout DiagnosticList) -> [File] {
    if name == "-" { return [File(name: "<stdin>", path: nil)] }
    let path = context.path(name, from: folder)
    guard StackFolder.isFolder(path) else { return [File(name: name, path: path)] }
    let prefix = name == "." ? "" : name.hasSuffix("/") ? name : name + "/"
    return StackFolder(path: path).documentPaths(reporting: &findings).map {
      File(name: prefix + $0, path: path + "/" + $0)
    }
  }

  /// `berth.yaml`, and the manifests that it names.
  private func stackFiles(reporting findings: inout DiagnosticList) -> [File] {
    guard let stack = StackFolder.containing(folder) else {
      findings.append(.noStack(folder))
      return []
    }
    let name = StackFolder.configurationName
    let bytes: [UInt8]
    do {
      bytes = try stack.configuration()
    } catch {
      findings.append(.unreadableConfiguration(name, error.reason))
      return []
    }
    let own = File(name: name, path: stack.path + "/" + name, bytes: bytes)
    var found = DiagnosticList()
    guard let configuration = readConfiguration(bytes, file: name, reporting: &found) else {
      // What is no YAML is told when it is to be formatted.
      findings.append(contentsOf: found.findings.filter { $0.rule == .invalidConfiguration })
      return [own]
    }
    return [own]
      + stack.manifests(matching: configuration.computes, reporting: &findings).map {
        File(name: $0.path, path: stack.path + "/" + $0.path, bytes: $0.bytes)
      }
  }
}

extension Diagnostic {
  fileprivate static func unreadable(_ file: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .fileUnreadable, "File can't be read", detail: "\(file) \(reason).")
  }
}
