internal import ComputeKinds
internal import Diagnostics
internal import Manifests
internal import Planning
internal import TargetModel

/// Manifests for live targets that no document of a stack describes, and the proof that they say
/// what is there.
struct LiveTargetImport: Sendable {
  let stack: LoadedStack
  let observed: Snapshot
  /// The targets, in the order of their addresses.
  private(set) var targets: [ObservedTarget] = []

  /// Chooses the targets: those named, or all that may be imported.
  ///
  /// - Parameter addresses: none for all.
  init(
    _ addresses: [TargetAddress], stack: LoadedStack, observed: Snapshot,
    reporting findings: inout DiagnosticList
  ) {
    self.stack = stack
    self.observed = observed
    let documents = Set(stack.targets.map(\.address.nameKey))
    let live = observed.targets.sorted { $0.address < $1.address }
    guard !addresses.isEmpty else {
      targets = live.filter { target in
        !documents.contains(target.address.nameKey) && obstacle(to: target) == nil
      }
      return
    }
    let byName = Dictionary(
      live.map { ($0.address.nameKey, $0) }, uniquingKeysWith: { first, _ in first })
    for address in Set(addresses).sorted() {
      guard let target = byName[address.nameKey], target.kind == address.kind else {
        findings.append(.notLive(address, among: live))
        continue
      }
      if documents.contains(address.nameKey) {
        findings.append(.notImportable(address, "it has a document already"))
      } else if let obstacle = obstacle(to: target) {
        findings.append(.notImportable(address, obstacle))
      } else {
        targets.append(target)
      }
    }
  }

  /// Why a target can't be this stack's; nil if it can.
  private func obstacle(to target: ObservedTarget) -> String? {
    if KindCatalog.azureML[target.kind] == nil || !target.isKnownKind {
      return "Berth does not know its kind"
    }
    guard let owner = target.marks.stack, owner != stack.configuration.stack else { return nil }
    return "the stack '\(owner)' owns it"
  }

  /// The documents as the text of one file.
  var text: String {
    let workspace = stack.configuration.workspace
    let documents = targets.compactMap { target in
      KindCatalog.azureML[target.kind].map {
        manifest(of: target, kind: $0, in: workspace, adopting: target.marks.stack == nil)
      }
    }
    return "# Written by 'berth import' from the workspace '\(workspace.name.visible)'.\n"
      + documents.joined(separator: "---\n")
  }

  /// Binds the text and plans it together with the stack: nothing but the adoption may be left.
  ///
  /// - Parameter file: the name that findings give the text.
  func prove(as file: String, reporting findings: inout DiagnosticList) {
    var found = DiagnosticList()
    let bound = bindManifests(
      [ManifestFile(path: file, bytes: Array(text.utf8))], of: stack.configuration,
      rules: .azureML, secrets: UnresolvedSecrets(), reporting: &found)
    // What the service never shows has to be filled in by hand before anything can be planned.
    findings.append(contentsOf: found.findings)
    let result = makePlan(
      PlanningRequest(
        stack: stack.configuration.stack, desired: stack.targets + bound, observed: observed,
        catalog: .azureML))
    let imported = Set(targets.map(\.address))
    for change in result.plan.changes where imported.contains(change.address) {
      let isBound = bound.contains { $0.address == change.address }
      if isBound, change.action != .adopt { findings.append(.importDiffers(change)) }
    }
  }
}

extension Rule {
  static let importImpossible = Rule("import-impossible")
  static let importDiffers = Rule("import-differs")
}

extension Diagnostic {
  fileprivate static func notLive(
    _ address: TargetAddress, among live: [ObservedTarget]
  ) -> Diagnostic {
    let hint =
      nearest(to: address.description, among: live.map(\.address.description))
      .map { " Did you mean \"\($0)\"?" } ?? ""
    return Diagnostic(
      .error, .importImpossible, "Target can't be imported",
      detail: """
        There is no target '\(address)' in the workspace.\(hint) 'berth list' shows what there is.
        """,
      address: address.description)
  }

  fileprivate static func notImportable(_ address: TargetAddress, _ why: String) -> Diagnostic {
    Diagnostic(
      .error, .importImpossible, "Target can't be imported",
      detail: "\(address) can't be imported: \(why). 'berth list' shows what there is.",
      address: address.description)
  }

  fileprivate static func importDiffers(_ change: Change) -> Diagnostic {
    let paths = change.attributes.prefix(5).map { "'\($0.path)'" }.joined(separator: ", ")
    return Diagnostic(
      .warning, .importDiffers, "Manifest does not say what is there",
      detail: """
        A plan would \(change.action.verb) \(change.address)\(paths.isEmpty ? "" : " (\(paths))"), \
        because \(change.reason.text). Look at its document before you apply it.
        """,
      address: change.address.description)
  }
}
