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
    let place: Place
    /// Its content, where it is known already.
    var bytes: [UInt8]?

    /// Where it is.
    enum Place {
      case standardInput
      /// Links on the way are the user's own.
      case named(String)
      /// Links are somebody else's, and not followed.
      case found(String, below: String)

      /// Its whole path; nil for the standard input.
      var path: String? {
        switch self {
        case .standardInput: nil
        case .named(let path): path
        case .found(let path, let folder): folder + "/" + path
        }
      }
    }

    /// True for a stack's `berth.yaml`, which describes no targets.
    var isConfiguration: Bool {
      name.split(separator: "/").last.map(String.init) == StackFolder.configurationName
    }

    func read(in context: CommandContext, reporting findings: inout DiagnosticList) -> [UInt8]? {
      if let bytes { return bytes }
      do throws(FileFailure) {
        let limit = StackFolder.fileLimit
        return switch place {
        case .standardInput: try context.readInput(limit).get()
        case .named(let path): try SafeFile.read(path, limit: limit).bytes
        case .found(let path, let folder):
          try SafeFile.read(path, below: folder, limit: limit).bytes
        }
      } catch {
        findings.append(.unreadable(name, error.reason))
        return nil
      }
    }

    /// Puts another text in its place; nothing happens to the standard input.
    func rewrite(_ text: [UInt8]) throws(FileFailure) {
      switch place {
      case .standardInput: break
      case .named(let path): try AtomicFile.rewrite(text, at: path)
      case .found(let path, let folder): try AtomicFile.rewrite(text, at: path, below: folder)
      }
    }
  }

  /// The files that paths name, each once; without paths those of the stack.
  func files(_ paths: [String], reporting findings: inout DiagnosticList) -> [File] {
    if paths.isEmpty { return stackFiles(reporting: &findings) }
    var seen: Set<String> = []
    return paths.flatMap { named($0, reporting: &findings) }.filter {
      seen.insert($0.place.path ?? "-").inserted
    }
  }

  private func named(_ name: String, reporting findings: inout DiagnosticList) -> [File] {
    if name == "-" { return [File(name: "<stdin>", place: .standardInput)] }
    let path = context.path(name, from: folder)
    guard StackFolder.isFolder(path) else { return [File(name: name, place: .named(path))] }
    let prefix = name == "." ? "" : name.hasSuffix("/") ? name : name + "/"
    return StackFolder(path: path).documentPaths(reporting: &findings).map {
      File(name: prefix + $0, place: .found($0, below: path))
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
    let own = File(name: name, place: .found(name, below: stack.path), bytes: bytes)
    var found = DiagnosticList()
    guard let configuration = readConfiguration(bytes, file: name, reporting: &found) else {
      // What is no YAML is told when it is to be formatted.
      findings.append(contentsOf: found.findings.filter { $0.rule == .invalidConfiguration })
      return [own]
    }
    return [own]
      + stack.manifests(matching: configuration.computes, reporting: &findings).map {
        File(name: $0.path, place: .found($0.path, below: stack.path), bytes: $0.bytes)
      }
  }
}

extension Diagnostic {
  fileprivate static func unreadable(_ file: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .fileUnreadable, "File can't be read", detail: "\(file) \(reason).")
  }
}
