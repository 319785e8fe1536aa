import ApplyJournal
import BackendInterface
import ComputeKinds
import Diagnostics
import Digests
import Execution
import Manifests
import Planning
import SimulatorBackend
import TargetModel
import TestSupport
import Testing

/// A target's life: a document, and what it is changed into.
struct Life: Sendable, CustomTestStringConvertible {
  let name: String
  let document: String
  /// Each later document, with the one change it must bring about.
  var changes: [(document: String, change: String)]

  init(_ name: String, _ document: String, _ changes: (String, String)...) {
    self.name = name
    self.document = document
    self.changes = changes.map { ($0.0, $0.1) }
  }

  var testDescription: String { name }
}

/// A simulated workspace in which documents are bound, planned and applied, with the kinds of a
/// catalog.
struct LivedWorkspace {
  private let rules: KindRules
  private let clock = TestClock()
  private let backend: SimulatedBackend

  init(rules: KindRules = kindRules) {
    self.rules = rules
    let clock = clock
    backend = SimulatedBackend(
      configuration: SimulatorConfiguration(workspace: workspace, catalog: rules.catalog),
      now: { clock.now.offset.components.seconds * 1_000 })
  }

  /// Leads a target through its life, and expects an empty plan after each of its stations.
  func live(_ life: Life) async throws {
    var desired = targets(life.document)
    var plan = try await plan(desired)
    #expect(plan.changes.map(\.action) == [desired.first?.isAttached == true ? .attach : .create])
    await apply(plan, desired)
    #expect(try await self.plan(desired).isEmpty)
    try await expectImport(of: desired)

    for (document, change) in life.changes {
      desired = targets(document)
      plan = try await self.plan(desired)
      #expect(plan.changes.map(\.shown) == [change])
      await apply(plan, desired)
      let next = try await self.plan(desired)
      #expect(next.isEmpty, "after \(change): \(next.listing)")
      #expect(next.drift.isEmpty)
      try await expectImport(of: desired)
    }

    plan = try await self.plan([], .destroy)
    #expect(plan.changes.map(\.action) == [desired.first?.isAttached == true ? .detach : .delete])
    await apply(plan, [])
    #expect(try await backend.list().isEmpty)
    #expect(await backend.history.allSatisfy { $0.event != "attachment-broken" })
  }

  /// Writes the manifest of what is live, puts in what the service never shows, and expects the
  /// document that it came from.
  private func expectImport(of desired: [ComputeTarget]) async throws {
    let observed = try #require(try await backend.list().first)
    let target = try #require(desired.first)
    let text = manifest(of: observed, kind: target.kind, in: workspace)
    var findings = DiagnosticList()
    let imported = bindStack(
      [ManifestFile(path: "imported.yml", bytes: Array(text.utf8))],
      of: StackConfiguration(stack: "s", workspace: workspace),
      overlays: [ManifestFile(path: "hidden.json", bytes: Array(target.hiddenFields.utf8))],
      rules: rules, secrets: FixedSecrets(contents: SecretText.unresolved),
      reporting: &findings
    ).targets
    #expect(!findings.hasErrors, "\(text)\(findings.findings)")
    let back = try #require(imported.first)
    for (slot, field) in target.kind.fields.enumerated() where field.setBy == .user {
      guard let value = target.attributes[slot], field.path != "location" else { continue }
      #expect(
        (back.attributes[slot] ?? field.defaultValue).map {
          field.normalised($0.written(for: field))
        }
          == field.normalised(value.written(for: field)),
        "\(field.path) in \(text)")
    }
    let plan = try await plan(fingerprinted(imported))
    #expect(plan.isEmpty && plan.drift.isEmpty, "\(text)\(plan.listing)")
  }

  private func plan(_ desired: [ComputeTarget], _ mode: PlanMode = .apply) async throws -> Plan {
    let observed = Snapshot(workspace: workspace, targets: try await backend.list())
    let result = makePlan(
      PlanningRequest(
        stack: "s", desired: desired, observed: observed, mode: mode, catalog: rules.catalog))
    #expect(!result.isRefused, "\(result.findings)")
    return result.plan
  }

  private func apply(_ plan: Plan, _ desired: [ComputeTarget]) async {
    let executor = Executor(
      backend: backend, journal: NoJournal(), clock: clock, now: { 0 }, seed: 1)
    let report = await executor.run(
      ApplyRequest(
        plan: plan, desired: desired, catalog: rules.catalog, parallelism: 4, run: "run",
        planDigest: "sha256:00")
    ) { _ in }
    #expect(report.isComplete, "\(report.outcomes)")
  }

  private func targets(_ document: String) -> [ComputeTarget] {
    let result = bound(document, rules: rules)
    #expect(!result.findings.contains { $0.severity == .error }, "\(result.findings)")
    // What must not go, or stays on purpose, is tried where plans are.
    let mortal = result.targets.map { target in
      var target = target
      target.settings.protect = false
      target.settings.onRemove = nil
      return target
    }
    return fingerprinted(mortal)
  }

  private func fingerprinted(_ targets: [ComputeTarget]) -> [ComputeTarget] {
    withFingerprints(
      targets, by: SecretFingerprinter(key: Array("key".utf8), rounds: 2), in: workspace)
  }
}

extension ComputeTarget {
  /// An overlay with what the service never shows of the target, and with what it says to Berth.
  fileprivate var hiddenFields: String {
    var fields: AttributeMap = ["name": .text(name)]
    for (slot, field) in kind.fields.enumerated() {
      guard let value = attributes[slot], field.isWriteOnly || value.isSecret else { continue }
      fields =
        AttributeValue.map(fields).replacing(at: field.path, with: value.written(for: field)).map
        ?? [:]
    }
    return AttributeValue.map(fields).canonicalJSON
  }
}

extension AttributeValue {
  fileprivate var isSecret: Bool { if case .secret = self { true } else { false } }

  fileprivate func written(for field: Field) -> AttributeValue {
    guard case .secret(let secret) = self else { return self }
    switch (secret.origin, field.type) {
    case (.file(let name), .secretFile): return .text(name)
    case (.file(let name), _): return .text("${file:\(name)}")
    default: return .text(secret.reveal())
    }
  }

  fileprivate func replacing(
    at path: AttributePath, with value: AttributeValue
  ) -> AttributeValue {
    guard let first = path.segments.first else { return value }
    var entries = map ?? [:]
    let rest = AttributePath(Array(path.segments.dropFirst()))
    entries[first] = (entries[first] ?? .map([:])).replacing(at: rest, with: value)
    return .map(entries)
  }
}

private struct NoJournal: JournalWriting {
  func append(_ entry: JournalEntry) throws(JournalWriteFailure) {}
  func sync() throws(JournalWriteFailure) {}
}

extension Change {
  /// The action and what differs.
  fileprivate var shown: String {
    ([action.rawValue] + attributes.map(\.path.description)).joined(separator: " ")
  }
}
