package import Diagnostics
internal import TargetModel

/// What a selection makes of all drafts.
struct SelectedDrafts {
  /// The changes that are asked for.
  var drafts: [ChangeDraft]
  /// Those and what they wait for: what the guards judge.
  ///
  /// More than `drafts` only in a plan that is refused for it.
  var judged: [ChangeDraft]
  /// The targets whose changes are left out, in the order of their addresses.
  var leftOut: [TargetAddress]
  /// The names that are selected; nil for all.
  var names: Set<String>?

  /// True for a target that the plan is about.
  func includes(nameKey: String) -> Bool { names?.contains(nameKey) ?? true }

  /// The findings of guards that are about what is judged, or about no target alone.
  func concerned(_ findings: [Diagnostic]) -> [Diagnostic] {
    guard let names else { return findings }
    let judgedNames = names.union(judged.map(\.address.nameKey))
    return findings.filter { finding in
      guard let address = finding.address.flatMap({ TargetAddress($0) }) else { return true }
      return judgedNames.contains(address.nameKey)
    }
  }
}

/// Keeps the changes that are selected.
///
/// A selection is honest about what it leaves out: a change that waits for one that is left out is
/// refused (`half-selected`), so that a swap, a rename or a rotation is never done by half, and
/// what is left out is told.
func select(
  _ drafts: [ChangeDraft], in world: PlanningWorld, reporting findings: inout DiagnosticList
) -> SelectedDrafts {
  let selection = world.request.selection
  guard selection != .everything else {
    return SelectedDrafts(drafts: drafts, judged: drafts, leftOut: [])
  }
  let (names, unmatched) = selection.names(in: world)
  let isTold = !world.request.forgivesSelection
  for pattern in unmatched where isTold {
    findings.append(.unknownAddress(pattern.text, in: world))
  }

  let chosen = drafts.indices.filter { names.contains(drafts[$0].address.nameKey) }
  let waits = waitsBetweenDrafts(drafts, in: world)
  var judged = Set(chosen)
  var open = chosen
  while let index = open.popLast() {
    for other in waits[index] where judged.insert(other).inserted { open.append(other) }
  }
  for index in chosen {
    let missing = waits[index].filter { !names.contains(drafts[$0].address.nameKey) }
    if !missing.isEmpty {
      findings.append(.halfSelected(drafts[index], missing.map { drafts[$0] }, selection))
    }
  }
  let leftOut = drafts.indices.filter { !names.contains(drafts[$0].address.nameKey) }
  let chosenSet = Set(chosen)
  let followers = leftOut.filter { !chosenSet.isDisjoint(with: waits[$0]) }
  // A selection that is refused leaves nothing out.
  if isTold, !findings.hasErrors {
    findings.append(.partOfStack(leftOut.map { drafts[$0] }, followers.map { drafts[$0] }))
  }
  return SelectedDrafts(
    drafts: chosen.map { drafts[$0] }, judged: judged.sorted().map { drafts[$0] },
    leftOut: leftOut.map { drafts[$0].address }, names: names)
}

/// For each draft, the others that its acts wait for, in their order.
private func waitsBetweenDrafts(_ drafts: [ChangeDraft], in world: PlanningWorld) -> [[Int]] {
  let graph = waits(between: drafts, in: world)
  var found: [Set<Int>] = Array(repeating: [], count: drafts.count)
  for (node, others) in graph.waits.enumerated() {
    let draft = graph.nodes[node].draft
    for other in others where graph.nodes[other.node].draft != draft {
      found[draft].insert(graph.nodes[other.node].draft)
    }
  }
  return found.map { $0.sorted() }
}

/// Refuses to replace what no document names: `--replace` needs to know what to make of it.
func checkReplacing(_ world: PlanningWorld, _ findings: inout DiagnosticList) {
  for address in world.request.replacing.sorted() {
    guard let document = world.document(named: address.nameKey),
      document.address.description.lowercased() == address.description.lowercased()
    else {
      findings.append(.nothingToReplace(address, in: world))
      continue
    }
  }
}

extension Rule {
  /// An address on the command line that names nothing.
  package static let unknownAddress = Rule("unknown-address")
  /// A selected change that waits for one that is left out.
  package static let halfSelected = Rule("half-selected")
  /// A plan for a part of the stack.
  package static let partOfStack = Rule("part-of-stack")
}

extension Diagnostic {
  fileprivate static func unknownAddress(_ text: String, in world: PlanningWorld) -> Diagnostic {
    Diagnostic(
      .error, .unknownAddress, "Address is not known",
      detail: """
        '\(text)' fits no document and no live target of the stack \
        '\(world.request.stack)'.\(suggestion(for: text, in: world)) 'berth list' shows what is \
        there.
        """)
  }

  fileprivate static func nothingToReplace(
    _ address: TargetAddress, in world: PlanningWorld
  ) -> Diagnostic {
    Diagnostic(
      .error, .unknownAddress, "Address is not known",
      detail: """
        '--replace \(address)' names no document, and what replaces a target stands in one.\
        \(suggestion(for: address.description, in: world))
        """)
  }

  private static func suggestion(for text: String, in world: PlanningWorld) -> String {
    let known = world.pairs.flatMap { $0.selectableAddresses(in: world).map(\.description) }
    // Often only the name was typed.
    let named = known.first { $0.lowercased().hasSuffix("." + text.lowercased()) }
    let meant = named ?? nearest(to: text, among: known)
    return meant.map { " Did you mean \"\($0)\"?" } ?? ""
  }

  fileprivate static func halfSelected(
    _ draft: ChangeDraft, _ missing: [ChangeDraft], _ selection: TargetSelection
  ) -> Diagnostic {
    let shown = missing.prefix(5)
    let waits = shown.map { "\($0.address) (\($0.change.action.verb))" }.joined(separator: ", ")
    let rest = missing.count > shown.count ? " and \(missing.count - shown.count) more" : ""
    let flags =
      switch selection {
      case .everything, .only:
        "Add " + shown.map { "'--target \($0.address)'" }.joined(separator: " ")
      case .except: "Exclude \(draft.address) too, or none of them"
      }
    return Diagnostic(
      .error, .halfSelected, "Selection would be half-done",
      detail: """
        To \(draft.change.action.verb) \(draft.address), Berth must first deal with \(waits)\(rest), \
        which the selection leaves out. Half of it would leave a target without its resource or \
        attach a resource twice. \(flags), or plan the whole stack.
        """,
      address: draft.address.description, at: draft.document?.location, findingClass: .refusal)
  }

  /// - Parameter followers: those of the changes left out that wait for a selected one.
  fileprivate static func partOfStack(
    _ leftOut: [ChangeDraft], _ followers: [ChangeDraft]
  ) -> Diagnostic {
    let count = leftOut.count
    let names = leftOut.prefix(5).map(\.address.description).joined(separator: ", ")
    let rest = count > 5 ? " and \(count - 5) more" : ""
    let what =
      count == 0
      ? "Nothing else is to be changed"
      : "\(count) other change\(count == 1 ? " is" : "s are") left out: \(names)\(rest)"
    let lost = followers.prefix(5).map(\.address.description).joined(separator: ", ")
    let followUp =
      followers.isEmpty
      ? ""
      : " What is released here was to be taken by \(lost), and nobody holds it until then."
    return Diagnostic(
      count == 0 ? .note : .warning, .partOfStack, "Plan is for a part of the stack",
      detail: """
        '--target' or '--exclude' selects. \(what).\(followUp) For exceptional cases: plan the \
        whole stack afterwards.
        """)
  }
}
