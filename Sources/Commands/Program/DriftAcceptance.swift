internal import Diagnostics
internal import Manifests
internal import Planning
internal import Storage
internal import TargetModel

/// Writes drift into the manifests, so that they say what is live.
struct DriftAcceptance {
  private let stack: LoadedStack
  private let documents: [TargetAddress: ComputeTarget]

  init(_ stack: LoadedStack) {
    self.stack = stack
    documents = Dictionary(
      stack.targets.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Writes what can be written, says which files that changed, and returns what is left.
  func accept(
    _ drift: [DriftedTarget], _ presenter: Presenter, reporting findings: inout DiagnosticList
  ) -> [DriftedTarget] {
    var byFile: [String: [DriftedTarget]] = [:]
    var left: [DriftedTarget] = []
    for target in drift {
      if let obstacle = target.obstacle ?? overlay(over: target) {
        findings.append(.notWritable(target, obstacle))
        left.append(target)
      } else if let file = target.source?.file {
        byFile[file, default: []].append(target)
      }
    }
    for (file, targets) in byFile.sorted(by: { $0.key < $1.key }) {
      left += write(targets, into: file, presenter, &findings)
    }
    return left.sorted { $0.address < $1.address }
  }

  /// Why the target's own document can't say what is live: another file has the last word; nil if
  /// none has.
  ///
  /// A default of `berth.yaml` is no obstacle, since the document goes before it.
  private func overlay(over target: DriftedTarget) -> String? {
    guard let desired = documents[target.address] else { return nil }
    for change in target.attributes {
      guard let slot = desired.kind.slot(change.path),
        let place = desired.fieldLocations[slot],
        place.file != desired.location.file, place.file != StackFolder.configurationName
      else { continue }
      return "'\(change.path)' stands in the overlay \(place.file). Write it there yourself"
    }
    return nil
  }

  /// Returns the targets that could not be written.
  private func write(
    _ targets: [DriftedTarget], into file: String, _ presenter: Presenter,
    _ findings: inout DiagnosticList
  ) -> [DriftedTarget] {
    let folder = stack.folder.path
    let accepted = targets.map { target in
      AcceptedTarget(
        target.address,
        Dictionary(
          target.attributes.map { ($0.path, $0.after) }, uniquingKeysWith: { first, _ in first }))
    }
    do throws(FileFailure) {
      let bytes = try SafeFile.read(file, below: folder, limit: StackFolder.fileLimit).bytes
      var found = DiagnosticList()
      let text = acceptLiveValues(
        accepted, in: bytes, file: file, rules: .azureML, reporting: &found)
      findings.append(contentsOf: found.findings)
      guard text != bytes else { return targets }
      try AtomicFile.rewrite(text, at: file, below: folder)
      presenter.say("\nWrote what is live into \(file.visible)\n")
      let refused = Set(found.findings.compactMap(\.address))
      return targets.filter { refused.contains($0.address.description) }
    } catch {
      findings.append(.unwritable(file, error.reason))
      return targets
    }
  }
}

extension DriftedTarget {
  /// Why no manifest can say what is live; nil if one can.
  fileprivate var obstacle: String? {
    if isMissing {
      return "it is gone. Remove its document, or run 'berth apply' to have it again"
    }
    if attributes.contains(where: { $0.path == "berth.stack" }) {
      return "this stack's mark is gone from it. 'berth: {adopt: true}' takes it over again"
    }
    if attributes.contains(where: { $0.path == "provisioning_state" }) {
      return "the service says it is broken, which nobody wants of a target"
    }
    return nil
  }
}

extension Diagnostic {
  fileprivate static func notWritable(_ target: DriftedTarget, _ why: String) -> Diagnostic {
    Diagnostic(
      .warning, .notAccepted, "Drift can't be accepted",
      detail: "What became of \(target.address) can't be written into its document: \(why).",
      address: target.address.description, at: target.source)
  }
}
