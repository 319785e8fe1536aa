package import Diagnostics

/// The overlays of a stack: `overlays/NAME.yml` beside its `berth.yaml`.
extension StackFolder {
  /// Reads an overlay; nil, with a finding, if there is none of that name.
  package func overlay(_ name: String, reporting findings: inout DiagnosticList) -> File? {
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else {
      findings.append(.unknownOverlay(name, among: overlayNames))
      return nil
    }
    for ending in [".yml", ".yaml"] {
      let file = Self.overlaysFolderName + "/" + name + ending
      do {
        let bytes = try SafeFile.read(file, below: path, limit: Self.fileLimit).bytes
        return File(path: file, bytes: bytes)
      } catch {
        if error.problem == .absent { continue }
        findings.append(.unreadableOverlay(file, error))
        return nil
      }
    }
    findings.append(.unknownOverlay(name, among: overlayNames))
    return nil
  }

  /// The names of the overlays there are, sorted.
  package var overlayNames: [String] {
    let entries = try? FolderEntry.all(in: [Self.overlaysFolderName], below: path)
    var names: Set<String> = []
    for name in (entries ?? []).map(\.name) {
      guard let dot = name.lastIndex(of: "."), [".yml", ".yaml"].contains(name[dot...]),
        dot != name.startIndex
      else { continue }
      names.insert(String(name[..<dot]))
    }
    return names.sorted()
  }
}

extension Rule {
  /// An overlay that is not there.
  package static let unknownOverlay = Rule("unknown-overlay")
}

extension Diagnostic {
  fileprivate static func unknownOverlay(_ name: String, among names: [String]) -> Diagnostic {
    let way =
      nearest(to: name, among: names).map { "Did you mean \"\($0)\"?" }
      ?? (names.isEmpty
        ? "An overlay is a file overlays/NAME.yml beside berth.yaml; there is none yet."
        : "There are \(names.map { "'\($0)'" }.joined(separator: ", ")).")
    return Diagnostic(
      .error, .unknownOverlay, "Overlay is not there",
      detail: "There is no overlay '\(name)'. \(way)")
  }

  fileprivate static func unreadableOverlay(_ file: String, _ failure: FileFailure) -> Diagnostic {
    Diagnostic(
      .error, .fileUnreadable, "Overlay can't be read",
      detail: "\(file) \(failure.reason). An overlay is a regular file below the stack's folder.",
      at: SourceLocation(startOf: file))
  }
}
