public import Diagnostics
public import Planning
internal import TargetModel

/// A plan as people read it (conventions: human plan).
public struct PlanText: Sendable {
  private let plan: Plan
  private let style: TerminalStyle

  /// A plan, to be shown in a style.
  public init(_ plan: Plan, style: TerminalStyle = .plain) {
    self.plan = plan
    self.style = style
  }

  /// The whole text: drift, changes, the footer, and the order where something waits.
  public var text: String {
    var parts: [String] = []
    if !plan.drift.isEmpty { parts.append(driftSection) }
    if plan.mode == .refreshOnly {
      if plan.drift.isEmpty {
        parts.append("No changes. Your infrastructure matches the configuration.\n")
      }
    } else if plan.isEmpty {
      parts.append("No changes. Your infrastructure matches the configuration.\n")
    } else {
      parts.append(legend)
      parts.append("Berth will perform the following actions:\n")
      parts += plan.changes.map(block)
      parts.append("\(style.paint("Plan:", .bold)) \(PlanCounts(plan).sentence)\n")
      if let order { parts.append(order) }
    }
    return parts.joined(separator: "\n")
  }

  // MARK: Legend

  private var legend: String {
    let symbols = Set(plan.changes.map(\.action.symbol))
    let lines = ActionSymbol.allCases.filter(symbols.contains).map {
      "\(style.paint($0.column, $0.paint)) \($0.meaning)"
    }
    return "Resource actions are indicated with the following symbols:\n"
      + lines.joined(separator: "\n") + "\n"
  }

  // MARK: Blocks

  private func block(_ change: Change) -> String {
    let symbol = change.action.symbol
    var lines = ["  # \(style.paint(change.address.description.visible, .bold)) \(change.phrase)"]
    if let source = change.source {
      lines.append("  # (\(source.file.visible):\(source.start.line))")
    }
    if change.source == nil || change.showsReason {
      lines.append("  # (because \(change.reason.text.visible))")
    }
    let heading = "\(change.address.kind.text.visible) \(ValueText.quoted(change.address.name)) {"
    lines.append("\(style.paint(symbol.column, symbol.paint)) \(heading)")
    let width = change.attributes.map { $0.path.description.visible.count }.max() ?? 0
    lines += change.attributes.map { attribute($0, of: change, padTo: width) }
    if change.unchangedAttributeCount > 0 {
      let count = change.unchangedAttributeCount
      let noun = count == 1 ? "attribute" : "attributes"
      lines.append("        " + style.paint("# (\(count) unchanged \(noun) hidden)", .grey))
    }
    lines.append("    }")
    return lines.joined(separator: "\n") + "\n"
  }

  private func attribute(_ change: AttributeChange, of target: Change, padTo width: Int) -> String {
    let name = change.path.description.visible
    let isNew = target.before == .null
    let symbol = isNew ? style.paint("+", .green) : style.paint("~", .yellow)
    let padding = String(repeating: " ", count: isNew ? width - name.count : 0)
    return "      \(symbol) \(name)\(padding) = \(values(change, isNew: isNew))\(forcing(change))"
  }

  private func values(_ change: AttributeChange, isNew: Bool) -> String {
    if change.isSensitive { return ValueText.sensitive }
    let after = ValueText.text(change.after, indent: 6)
    return isNew ? after : "\(ValueText.text(change.before, indent: 6)) -> \(after)"
  }

  private func forcing(_ change: AttributeChange) -> String {
    switch change.effect {
    case .inPlace: ""
    case .forcesReplacement: " " + style.paint("# forces replacement", .red)
    case .forcesReattachment: " " + style.paint("# forces re-attachment", .red)
    }
  }

  // MARK: Drift

  private var driftSection: String {
    var lines = ["Note: Targets have changed outside of Berth since they were last applied:", ""]
    for target in plan.drift {
      let phrase = target.isMissing ? "has been deleted" : "has changed"
      lines.append("  # \(style.paint(target.address.description.visible, .bold)) \(phrase)")
      if let source = target.source {
        lines.append("  # (\(source.file.visible):\(source.start.line))")
      }
      let symbol = target.isMissing ? style.paint("-", .red) : style.paint("~", .yellow)
      let name = ValueText.quoted(target.address.name)
      lines.append("  \(symbol) \(target.address.kind.text.visible) \(name) {")
      for change in target.attributes {
        let before = ValueText.text(change.before, indent: 6)
        let after = ValueText.text(change.after, indent: 6)
        lines.append(
          "      \(style.paint("~", .yellow)) \(change.path.description.visible) = \(before) -> \(after)")
      }
      lines += ["    }", ""]
    }
    return lines.joined(separator: "\n")
  }

  // MARK: Order

  /// The steps, where one waits for another: what cannot be seen from the blocks.
  private var order: String? {
    guard plan.steps.contains(where: { !$0.waitsFor.isEmpty }) else { return nil }
    let width = plan.steps.last.map { $0.id.description.count } ?? 2
    let lines = plan.steps.map { step in
      let id = step.id.description
      let waits = step.waitsFor.map(\.description).joined(separator: ", ")
      let padding = String(repeating: " ", count: width - id.count)
      return "  \(id)\(padding) \(step.act.rawValue) \(step.address.description.visible)"
        + (waits.isEmpty ? "" : style.paint(" (after \(waits))", .grey))
    }
    return "Order of steps:\n" + lines.joined(separator: "\n") + "\n"
  }
}

/// The symbols of a plan, in the order of the legend.
private enum ActionSymbol: CaseIterable {
  case add
  case update
  case remove
  case replace
  case adopt

  /// The symbol in its three columns.
  var column: String {
    switch self {
    case .add: "  +"
    case .update: "  ~"
    case .remove: "  -"
    case .replace: "-/+"
    case .adopt: "  ="
    }
  }

  var meaning: String {
    switch self {
    case .add: "create or attach"
    case .update: "update in-place (current -> planned)"
    case .remove: "destroy or detach"
    case .replace: "destroy and then create replacement"
    case .adopt: "adopt"
    }
  }

  var paint: TerminalStyle.Paint {
    switch self {
    case .add: .green
    case .update: .yellow
    case .remove, .replace: .red
    case .adopt: .cyan
    }
  }
}

extension Action {
  fileprivate var symbol: ActionSymbol {
    switch self {
    case .create, .attach: .add
    case .update, .start, .stop, .forget: .update
    case .detach, .delete: .remove
    case .detachThenAttach, .deleteThenCreate, .detachThenCreate, .deleteThenAttach: .replace
    case .adopt: .adopt
    }
  }
}

extension Change {
  /// What will happen, in the fixed words of the conventions.
  fileprivate var phrase: String {
    switch action {
    case .create: return "will be created"
    case .attach: return "will be attached"
    case .update: return "will be updated in-place"
    case .detachThenAttach:
      let isCluster = address.kind == "aks" || address.kind == "kubernetes"
      return "will be re-attached (the \(isCluster ? "cluster" : "resource") itself is kept)"
    case .deleteThenCreate, .detachThenCreate, .deleteThenAttach: return "must be replaced"
    case .detach: return "will be detached"
    case .delete: return "will be destroyed"
    case .adopt: return "will be adopted"
    case .forget: return "will be forgotten (the target itself stays)"
    case .start: return "will be started"
    case .stop: return "will be stopped"
    }
  }

  /// True where the differences do not tell why.
  fileprivate var showsReason: Bool {
    action.isReplacement && !attributes.contains { $0.effect != .inPlace } || action == .adopt
  }
}
