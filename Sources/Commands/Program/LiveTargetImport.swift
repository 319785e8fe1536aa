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
    let byName = live.byName(of: \.address)
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
  ///
  /// A document that lacks what the service never shows, and must say it, stands there as comments:
  /// the stack stays as valid as it was.
  func text(reporting findings: inout DiagnosticList) -> String {
    let workspace = stack.configuration.workspace
    var documents: [String] = []
    for target in targets {
      guard let kind = KindCatalog.azureML[target.kind] else { continue }
      let document = manifest(
        of: target, kind: kind, in: workspace, adopting: target.marks.stack == nil)
      let faults = faults(in: document)
      if !faults.isEmpty { findings.append(.importIncomplete(target.address, faults)) }
      documents.append(faults.isEmpty ? document : document.commentedOut)
    }
    return "# Written by 'berth import' from the workspace '\(workspace.name.visible)'.\n"
      + documents.joined(separator: "---\n")
  }

  /// What keeps a document from being planned.
  private func faults(in document: String) -> [String] {
    var found = DiagnosticList()
    _ = bindManifests(
      [ManifestFile(path: "", bytes: Array(document.utf8))], of: stack.configuration,
      rules: .azureML, secrets: UnresolvedSecrets(), reporting: &found)
    return found.sorted.filter { $0.severity == .error }.map(\.detail)
  }

  /// Binds the text and plans it together with the stack: nothing but the adoption may be left.
  ///
  /// - Parameter file: the name that findings give the text.
  func prove(_ text: String, as file: String, reporting findings: inout DiagnosticList) {
    var found = DiagnosticList()
    let bound = bindManifests(
      [ManifestFile(path: file, bytes: Array(text.utf8))], of: stack.configuration,
      rules: .azureML, secrets: UnresolvedSecrets(), reporting: &found)
    findings.append(contentsOf: found.findings.filter { $0.rule.id != "empty-manifest" })
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

extension String {
  /// Every line as a comment, below one that says how to make a document of it again.
  fileprivate var commentedOut: String {
    let lines = split(separator: "\n").map { "# \($0)\n" }
    return "# To be completed; then take the '# ' in front of each line away:\n" + lines.joined()
  }
}

extension Rule {
  static let importIncomplete = Rule("import-incomplete")
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

  fileprivate static func importIncomplete(
    _ address: TargetAddress, _ faults: [String]
  ) -> Diagnostic {
    Diagnostic(
      .warning, .importIncomplete, "Document has to be completed",
      detail: """
        The document of \(address) stands as comments, because the service does not show all that \
        it must say. \(faults.joined(separator: " "))
        """,
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
