public import Diagnostics

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The folder of a stack on disk.
public struct StackFolder: Hashable, Sendable {
  /// The file that makes a folder a stack.
  public static let configurationName = "berth.yaml"
  /// The folder in it for Berth's own files.
  public static let ownFolderName = ".berth"
  /// The folder in it for overlays.
  public static let overlaysFolderName = "overlays"
  /// Bytes in one manifest.
  public static let fileLimit = 64 << 20
  /// Bytes in all manifests of a stack.
  public static let stackLimit = 256 << 20

  /// Its path.
  public let path: String

  /// A folder that is known to be a stack.
  public init(path: String) {
    self.path = path
  }

  /// The stack that a folder belongs to: the folder itself or the nearest one above it that has a
  /// `berth.yaml`; nil if there is none.
  ///
  /// A misspelt folder is no way to the stack above it.
  ///
  /// - Parameter start: an absolute path.
  public static func containing(_ start: String) -> StackFolder? {
    guard isFolder(start) else { return nil }
    var components = start.split(separator: "/").map(String.init)
    while true {
      let folder = "/" + components.joined(separator: "/")
      var information = stat()
      let candidate = (folder == "/" ? "" : folder) + "/" + configurationName
      if lstat(candidate, &information) == 0 { return StackFolder(path: folder) }
      guard components.popLast() != nil else { return nil }
    }
  }

  /// True if a path leads to a folder, links followed.
  package static func isFolder(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  /// The folder for Berth's own files: the embedded workspace, journals, the fingerprint key.
  public var ownFolder: String { path + "/" + Self.ownFolderName }

  // MARK: Manifests

  /// A manifest's path below the stack, and its content.
  public struct File: Sendable {
    /// The path, with `/` between its components.
    public let path: String
    /// The content.
    public let bytes: [UInt8]
  }

  /// Reads `berth.yaml`.
  public func configuration() throws(FileFailure) -> [UInt8] {
    try SafeFile.read(Self.configurationName, below: path, limit: 1 << 20).bytes
  }

  /// Reads the manifests, sorted by path.
  ///
  /// What can't be read is reported, and the rest is read.
  ///
  /// Links are not followed; a link to a folder in which manifests would be looked for is reported.
  /// A folder below with a `berth.yaml` of its own is another stack, and left to it.
  ///
  /// - Parameter patterns: empty for every `.yml` and `.yaml` file below the folder. `berth.yaml`,
  ///   and files and folders whose names begin with a full stop, are never manifests. What lies in
  ///   `overlays/` is one only if a pattern names that folder.
  public func manifests(
    matching patterns: [String], reporting findings: inout DiagnosticList
  ) -> [File] {
    let compiled = patterns.map { PathPattern($0) }
    var matched = Array(repeating: false, count: patterns.count)
    var files: [File] = []
    var total = 0
    let namesOverlays = patterns.contains {
      $0.split(separator: "/").first { $0 != "." } == Self.overlaysFolderName[...]
    }
    let all = entries(
      where: { folder in
        compiled.isEmpty || compiled.contains { $0.canMatch(below: folder) }
      }, reporting: &findings)
    for entry in all {
      if !namesOverlays, entry.components.count > 1,
        entry.components.first == Self.overlaysFolderName
      {
        continue
      }
      if entry.isLinkToFolder {
        if compiled.isEmpty {
          findings.append(.linkNotFollowed(entry.path, .warning))
        } else if compiled.contains(where: { $0.canMatch(below: entry.components) }) {
          findings.append(.linkNotFollowed(entry.path, .error))
        }
        continue
      }
      if compiled.isEmpty {
        guard entry.name.hasSuffix(".yml") || entry.name.hasSuffix(".yaml") else { continue }
      } else {
        let hits = compiled.indices.filter { compiled[$0].matches(entry.components) }
        if hits.isEmpty { continue }
        for hit in hits { matched[hit] = true }
      }
      do {
        let contents = try SafeFile.read(entry.path, below: path, limit: Self.fileLimit)
        total += contents.bytes.count
        guard total <= Self.stackLimit else {
          findings.append(.stackTooLarge())
          return files
        }
        files.append(File(path: entry.path, bytes: contents.bytes))
      } catch {
        findings.append(.unreadable(entry.path, error))
      }
    }
    for (index, pattern) in patterns.enumerated() where !matched[index] {
      findings.append(.noMatch(pattern))
    }
    return files
  }

  /// The paths of every `.yml` and `.yaml` file below the folder, sorted: `berth.yaml` and those of
  /// stacks further down are among them.
  public func documentPaths(reporting findings: inout DiagnosticList) -> [String] {
    entries(entersStacks: true, reporting: &findings)
      .filter { !$0.isLinkToFolder && ($0.name.hasSuffix(".yml") || $0.name.hasSuffix(".yaml")) }
      .map(\.path)
  }

  private struct Entry {
    let components: [String]
    var isLinkToFolder = false
    var path: String { components.joined(separator: "/") }
    var name: String { components.last ?? "" }
  }

  /// Everything below the folder that is no folder, sorted by path.
  ///
  /// Folders that have nothing to do with the stack are not looked into: they may be huge, or
  /// nobody's business.
  ///
  /// - Parameter entersStacks: true to look into folders that are stacks too, and to list
  ///   `berth.yaml` files.
  private func entries(
    entersStacks: Bool = false, where mayHaveManifests: ([String]) -> Bool = { _ in true },
    reporting findings: inout DiagnosticList
  ) -> [Entry] {
    var entries: [Entry] = []
    var folders: [[String]] = [[]]
    while let components = folders.popLast() {
      let found: [FolderEntry]
      do throws(FileFailure) {
        found = try FolderEntry.all(in: components, below: path)
      } catch {
        if !components.isEmpty {
          findings.append(.unreadable(components.joined(separator: "/"), error))
        }
        continue
      }
      var inside: [Entry] = []
      var foldersInside: [[String]] = []
      var isStack = false
      for entry in found where !entry.name.hasPrefix(".") {
        let inner = components + [entry.name]
        if entry.name == Self.configurationName, !entersStacks {
          isStack = true
        } else if Self.isEntered(entry) {
          if mayHaveManifests(inner) { foldersInside.append(inner) }
        } else {
          inside.append(
            Entry(
              components: inner,
              isLinkToFolder: entry.kind == .link && Self.isFolder(entry.path)))
        }
      }
      if isStack, !components.isEmpty { continue }
      entries += inside
      if components.count < Self.depthLimit {
        folders += foldersInside
      } else {
        for folder in foldersInside {
          findings.append(.unreadable(folder.joined(separator: "/"), .tooDeep))
        }
      }
    }
    return entries.sorted { $0.components.lexicographicallyPrecedes($1.components) }
  }

  /// Deeper than anybody nests stacks; also the end of a loop of mounts.
  private static let depthLimit = 32

  /// True for a folder; a folder that is named like a manifest is one that was not meant to be.
  private static func isEntered(_ entry: FolderEntry) -> Bool {
    entry.kind == .folder && !entry.name.hasSuffix(".yml") && !entry.name.hasSuffix(".yaml")
  }
}

extension Rule {
  /// A manifest can't be read.
  package static let fileUnreadable = Rule("file-unreadable")
  /// A pattern that matches no file.
  package static let noManifestMatches = Rule("no-manifest-matches")
  /// A link to a folder in which manifests would be looked for.
  package static let linkNotFollowed = Rule("link-not-followed")
  /// The manifests together are too large.
  package static let stackTooLarge = Rule("stack-too-large")
}

extension Diagnostic {
  fileprivate static func unreadable(_ file: String, _ failure: FileFailure) -> Diagnostic {
    Diagnostic(
      .error, .fileUnreadable, "Manifest can't be read",
      detail: """
        \(file) \(failure.reason). Manifests are regular files below the stack's folder. Mend it, \
        or name the manifests with 'computes' in berth.yaml.
        """,
      at: SourceLocation(startOf: file))
  }

  fileprivate static func noMatch(_ pattern: String) -> Diagnostic {
    Diagnostic(
      .warning, .noManifestMatches, "Pattern matches no file",
      detail: """
        'computes' in berth.yaml has '\(pattern)', and no file below the stack matches it. Files \
        and folders whose names begin with '.' are left out.
        """,
      at: SourceLocation(startOf: StackFolder.configurationName))
  }

  fileprivate static func linkNotFollowed(_ path: String, _ severity: Severity) -> Diagnostic {
    Diagnostic(
      severity, .linkNotFollowed, "Link is not followed",
      detail: """
        \(path) is a link to a folder. Links are not followed, because they may lead out of the \
        stack, so no manifest behind it is read. Put the folder itself there, or name the \
        manifests with 'computes' in berth.yaml.
        """,
      at: SourceLocation(startOf: path))
  }

  fileprivate static func stackTooLarge() -> Diagnostic {
    Diagnostic(
      .error, .stackTooLarge, "Manifests are too large",
      detail: """
        The manifests have more than \(StackFolder.stackLimit >> 20) MiB together. Split the stack.
        """,
      at: SourceLocation(startOf: StackFolder.configurationName))
  }
}

extension FileFailure {
  fileprivate static let tooDeep = FileFailure(.failed, "lies more than 32 folders deep")
}
