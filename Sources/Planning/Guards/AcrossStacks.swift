package import Diagnostics
package import TargetModel

/// A stack of a run that is about several of them, as the rules between stacks look at it.
package struct StackOfRun: Sendable {
  /// Where it lies, as people say it: `ml/prod`.
  package var folder: String
  /// Its name.
  package var stack: String
  /// Its workspace.
  package var workspace: WorkspaceIdentity
  /// Tells simulated workspaces of one name apart; the same for all in Azure.
  package var place: String
  /// What its documents want.
  package var desired: [ComputeTarget]
  /// What its workspace has; nil where nobody looked.
  package var observed: Snapshot?

  package init(
    folder: String, stack: String, workspace: WorkspaceIdentity, place: String,
    desired: [ComputeTarget], observed: Snapshot? = nil
  ) {
    self.folder = folder
    self.stack = stack
    self.workspace = workspace
    self.place = place
    self.desired = desired
    self.observed = observed
  }

  fileprivate var workspaceKey: String { workspace.resourceID.lowercased() }
}

/// A finding about one of the stacks, by its place in the list.
package struct FindingOfStack: Sendable {
  package let stack: Int
  package let finding: Diagnostic
}

/// The rules that no stack can keep by itself: no two stacks of a run want one resource, one name of
/// a workspace, or each other's targets.
///
/// Pure, like a plan. Resources are compared over all workspaces (`cross-workspace`), since attaching
/// once is what keeps the first attachment alive; whoever holds the resource already is in the right,
/// else the stack that comes first. Where both hold it already nothing is about to break, and people
/// are only told.
package func checkAcrossStacks(_ stacks: [StackOfRun]) -> [FindingOfStack] {
  sharedNames(stacks) + sharedTargets(stacks) + sharedResources(stacks)
}

/// Two folders that say they are one stack: each would remove what the other made.
private func sharedNames(_ stacks: [StackOfRun]) -> [FindingOfStack] {
  var first: [String: Int] = [:]
  return stacks.indices.compactMap { index in
    let stack = stacks[index]
    let key = [stack.workspaceKey, stack.place, stack.stack].joined(separator: "\n")
    guard let other = first[key] else {
      first[key] = index
      return nil
    }
    return FindingOfStack(stack: index, finding: .sameStack(stack, stacks[other]))
  }
}

/// One name in one workspace, wanted by two stacks.
private func sharedTargets(_ stacks: [StackOfRun]) -> [FindingOfStack] {
  var first: [String: (stack: Int, target: ComputeTarget)] = [:]
  var found: [FindingOfStack] = []
  for (index, stack) in stacks.enumerated() {
    for target in stack.desired {
      let key = [stack.workspaceKey, stack.place, target.address.nameKey].joined(separator: "\n")
      if let other = first[key], other.stack != index {
        found.append(
          FindingOfStack(
            stack: index,
            finding: .sameName(target, other.target, in: stacks[other.stack])))
      } else if first[key] == nil {
        first[key] = (index, target)
      }
    }
  }
  return found
}

private func sharedResources(_ stacks: [StackOfRun]) -> [FindingOfStack] {
  var claims: [ClaimOfStack] = []
  for (index, stack) in stacks.enumerated() {
    let live = (stack.observed?.targets ?? []).byName(of: \.address)
    for target in stack.desired {
      guard let resource = target.heldResource else { continue }
      let holds = live[target.address.nameKey]?.resource?.clashes(with: resource) == true
      claims.append(
        ClaimOfStack(stack: index, target: target, resource: resource, holds: holds))
    }
  }
  var index = ResourceIndex<ClaimOfStack>()
  var found: [FindingOfStack] = []
  for claim in claims.filter(\.holds) + claims.filter({ !$0.holds }) {
    // Two of one stack are that stack's own matter.
    if let other = index.first(clashingWith: claim.resource, where: { $0.stack != claim.stack }) {
      found.append(
        FindingOfStack(
          stack: claim.stack,
          finding: .sameResource(claim, stacks[claim.stack], other, stacks[other.stack])))
    }
    index.add(claim, holding: claim.resource)
  }
  return found
}

/// A document of one of the stacks that names a resource.
private struct ClaimOfStack: Sendable {
  let stack: Int
  let target: ComputeTarget
  let resource: ResourceIdentity
  let holds: Bool
}

extension Rule {
  /// Two folders are one stack.
  package static let sameStack = Rule("same-stack")
  /// Two stacks want one name.
  package static let sharedName = Rule("shared-name")
}

extension Diagnostic {
  fileprivate static func sameStack(_ stack: StackOfRun, _ other: StackOfRun) -> Diagnostic {
    Diagnostic(
      .error, .sameStack, "Two folders are one stack",
      detail: """
        \(stack.folder) and \(other.folder) both say that they are the stack '\(stack.stack)' in the \
        workspace '\(stack.workspace.name)'. Each would remove what the other one made. Give one of \
        them another name in 'stack', before anything of it is applied.
        """,
      at: SourceLocation(startOf: "berth.yaml"), findingClass: .refusal)
  }

  fileprivate static func sameName(
    _ target: ComputeTarget, _ other: ComputeTarget, in stack: StackOfRun
  ) -> Diagnostic {
    Diagnostic(
      .error, .sharedName, "Two stacks want one name",
      detail: """
        The stack in \(stack.folder) has \(other.address) in the same workspace. Names are unique \
        there, whatever the type, so only one of the two can be made. Choose another name, or leave \
        the target to one of them.
        """,
      address: target.address.description, at: target.location, findingClass: .refusal)
  }

  fileprivate static func sameResource(
    _ claim: ClaimOfStack, _ stack: StackOfRun, _ other: ClaimOfStack, _ otherStack: StackOfRun
  ) -> Diagnostic {
    let noun = claim.resource.noun
    let held = "\(other.target.address) of the stack in \(otherStack.folder)"
    if stack.workspaceKey == otherStack.workspaceKey {
      return Diagnostic(
        .error, .attachOnce, "\(claim.resource.capitalisedNoun) is already attached",
        detail: """
          The same \(noun) is attached as \(held), in the same workspace. A second attachment breaks \
          the first one. Remove one of the two.
          """,
        address: claim.target.address.description, at: claim.target.resourceLocation,
        findingClass: .refusal)
    }
    let bothHold = claim.holds && other.holds
    let isKnown = stack.observed != nil
    let ending =
      bothHold || !isKnown
      ? "If both are wanted, give each a \(noun) or a namespace of its own."
      : """
      Take it out of one of the two, or give each a \(noun) or a namespace of its own. If both are \
      wanted as they are, apply the stack in \(stack.folder) by itself: that is only warned of.
      """
    return Diagnostic(
      bothHold || !isKnown ? .warning : .error, .crossWorkspace,
      "\(claim.resource.capitalisedNoun) is wanted in two workspaces",
      detail: """
        The same \(noun) is named by \(held), in the workspace '\(otherStack.workspace.name)' \
        (resource group '\(otherStack.workspace.resourceGroup)'). Whether an attachment here leaves \
        that one working is not promised anywhere. \(ending)
        """,
      address: claim.target.address.description, at: claim.target.resourceLocation,
      findingClass: .refusal)
  }
}
