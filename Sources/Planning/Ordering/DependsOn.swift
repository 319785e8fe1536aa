package import Diagnostics
internal import TargetModel

/// `depends-on`: a target is made or changed after those it depends on, and removed before them.
func orderDependsOn(
  _ drafts: [ChangeDraft], _ world: PlanningWorld, _ graph: inout StepGraph,
  _ findings: inout DiagnosticList
) {
  let documents = world.pairs.compactMap(\.desired)
  guard documents.contains(where: { !$0.settings.dependsOn.isEmpty }) else { return }
  let byName = Dictionary(
    documents.map { ($0.address.nameKey, $0) }, uniquingKeysWith: { first, _ in first })
  let draftByAddress = Dictionary(
    drafts.enumerated().map { ($1.address, $0) }, uniquingKeysWith: { first, _ in first })

  for document in documents {
    for dependency in document.settings.dependsOn {
      guard let other = byName[dependency.nameKey], other.address.kind == dependency.kind else {
        findings.append(.unknownDependency(document, dependency, known: documents))
        continue
      }
      guard let later = draftByAddress[document.address], let sooner = draftByAddress[other.address]
      else { continue }
      if let making = graph.acquisition(of: later) ?? updateNode(of: later, drafts, graph),
        drafts[sooner].change.action.acquisition != nil || drafts[sooner].change.action.release == nil,
        let done = graph.last(of: sooner)
      {
        graph.add(making, waitsFor: done)
      } else if let gone = graph.release(of: sooner), let leaving = graph.release(of: later),
        drafts[sooner].change.action.acquisition == nil
      {
        graph.add(gone, waitsFor: leaving)
      }
    }
  }
  if let cycle = dependencyCycle(documents, byName) { findings.append(.dependencyCycle(cycle)) }
}

private func updateNode(of draft: Int, _ drafts: [ChangeDraft], _ graph: StepGraph) -> Int? {
  drafts[draft].change.action.release == nil ? graph.last(of: draft).map { $0 - drafts[draft].acts.count + 1 } : nil
}

/// A cycle among the documents' dependencies, if there is one: each depends on the next, the last
/// on the first.
private func dependencyCycle(
  _ documents: [ComputeTarget], _ byName: [String: ComputeTarget]
) -> [ComputeTarget]? {
  var finished: Set<String> = []
  for start in documents where !finished.contains(start.address.nameKey) {
    var path: [(target: ComputeTarget, next: Int)] = [(start, 0)]
    var onPath: Set<String> = [start.address.nameKey]
    while let (target, next) = path.last {
      let dependencies = target.settings.dependsOn
      guard next < dependencies.count else {
        onPath.remove(target.address.nameKey)
        finished.insert(target.address.nameKey)
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      let key = dependencies[next].nameKey
      guard let other = byName[key], !finished.contains(key) else { continue }
      if onPath.contains(key) {
        let from = path.firstIndex { $0.target.address.nameKey == key } ?? 0
        return path[from...].map(\.target)
      }
      onPath.insert(key)
      path.append((other, 0))
    }
  }
  return nil
}

extension Rule {
  /// A dependency names a document of this stack.
  package static let unknownDependency = Rule("unknown-dependency")
  /// Dependencies have no cycle.
  package static let dependencyCycle = Rule("dependency-cycle")
}

extension Diagnostic {
  fileprivate static func unknownDependency(
    _ document: ComputeTarget, _ dependency: TargetAddress, known: [ComputeTarget]
  ) -> Diagnostic {
    let suggestion = nearest(
      to: dependency.description, among: known.lazy.map(\.address.description))
    let hint = suggestion.map { " Did you mean \"\($0)\"?" } ?? ""
    return Diagnostic(
      .error, .unknownDependency, "Dependency is not in configuration",
      detail: """
        \(document.address) depends on \(dependency), and no document of this stack has that \
        address.\(hint)
        """,
      address: document.address.description, at: document.location)
  }

  fileprivate static func dependencyCycle(_ cycle: [ComputeTarget]) -> Diagnostic {
    let names = (cycle + cycle.prefix(1)).map(\.address.description).joined(separator: " -> ")
    return Diagnostic(
      .error, .dependencyCycle, "Dependencies form a cycle",
      detail: "\(names). None of them could come first. Remove one of these 'depends_on' entries.",
      address: cycle.first?.address.description, at: cycle.first?.location)
  }
}
