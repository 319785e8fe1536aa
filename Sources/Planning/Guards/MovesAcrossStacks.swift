internal import Diagnostics
package import TargetModel

/// What the plans of several stacks mean for each other: who waits for whom, and who would attach what
/// a workspace elsewhere keeps.
///
/// A resource that moves from one workspace to another is detached there before it is attached here,
/// which two plans can't say by themselves: `detach-first` is a rule of one.
package struct MovesAcrossStacks: Sendable {
  /// For each stack, the stacks whose apply must have ended well before its own begins.
  package private(set) var waitsFor: [Set<Int>]
  /// For each stack, what other workspaces hold and keep of what it would attach.
  package private(set) var elsewhere: [[Snapshot]]

  /// - Parameters:
  ///   - stacks: with what was observed.
  ///   - plans: theirs, in the same order; nil for a stack that has none.
  package init(_ stacks: [StackOfRun], _ plans: [Plan?]) {
    waitsFor = stacks.map { _ in [] }
    elsewhere = stacks.map { _ in [] }
    let holders = Self.holders(stacks, plans)
    for (index, (stack, plan)) in zip(stacks, plans).enumerated() {
      guard let plan, plan.mode == .apply else { continue }
      let desired = Dictionary(
        stack.desired.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
      var kept: [WorkspaceIdentity: [ObservedTarget]] = [:]
      for change in plan.changes where change.action.acquisition == .attach {
        guard let resource = desired[change.address]?.heldResource else { continue }
        for holder in holders.all(clashingWith: resource)
        where holder.workspace.resourceID.lowercased() != stack.workspace.resourceID.lowercased() {
          if let releasing = holder.releasedBy {
            waitsFor[index].insert(releasing)
          } else {
            kept[holder.workspace, default: []].append(holder.target)
          }
        }
      }
      elsewhere[index] = kept.map { Snapshot(workspace: $0.key, targets: $0.value) }
        .sorted { $0.workspace.resourceID < $1.workspace.resourceID }
    }
  }

  /// The stacks in an order in which each comes after those it waits for; those that wait in a circle
  /// are left out.
  package var order: [Int] {
    var order: [Int] = []
    var done: Set<Int> = []
    var left = Array(waitsFor.indices)
    while let next = left.firstIndex(where: { waitsFor[$0].isSubset(of: done) }) {
      done.insert(left[next])
      order.append(left.remove(at: next))
    }
    return order
  }

  /// What is wrong with stacks that wait for each other in a circle.
  package func circles(_ stacks: [StackOfRun]) -> [FindingOfStack] {
    let ordered = Set(order)
    let left = stacks.indices.filter { !ordered.contains($0) }
    let names = left.map { stacks[$0].folder }.joined(separator: ", ")
    return left.map { FindingOfStack(stack: $0, finding: .stackCircle(stacks[$0], names)) }
  }

  private struct Holder: Sendable {
    let workspace: WorkspaceIdentity
    let target: ObservedTarget
    let releasedBy: Int?
  }

  private static func holders(
    _ stacks: [StackOfRun], _ plans: [Plan?]
  ) -> ResourceIndex<Holder> {
    var releasedBy: [String: Int] = [:]
    for (index, (stack, plan)) in zip(stacks, plans).enumerated() {
      for change in plan?.changes ?? [] where change.action.release != nil {
        releasedBy[key(stack, change.address)] = index
      }
    }
    var holders = ResourceIndex<Holder>()
    var seen: Set<String> = []
    for stack in stacks {
      for target in stack.observed?.targets ?? [] {
        let key = key(stack, target.address)
        // Stacks of one workspace saw the same targets.
        guard let resource = target.resource, seen.insert(key).inserted else { continue }
        holders.add(
          Holder(workspace: stack.workspace, target: target, releasedBy: releasedBy[key]),
          holding: resource)
      }
    }
    return holders
  }

  private static func key(_ stack: StackOfRun, _ address: TargetAddress) -> String {
    [stack.workspace.resourceID.lowercased(), stack.place, address.nameKey]
      .joined(separator: "\n")
  }
}

extension Diagnostic {
  fileprivate static func stackCircle(_ stack: StackOfRun, _ names: String) -> Diagnostic {
    Diagnostic(
      .error, .crossWorkspace, "Stacks wait for each other",
      detail: """
        What \(stack.folder) would attach is held in another workspace and would be detached there \
        first, and that waits in turn: \(names). No order of applies is right. Take one of the \
        documents away, apply, and bring it back.
        """,
      at: SourceLocation(startOf: "berth.yaml"), findingClass: .refusal)
  }
}
