public import Diagnostics
public import Planning
internal import TargetModel

/// A plan as people read it (conventions: human plan).
///
/// Whatever comes from a manifest or the service stands behind words of ours and is made `visible`,
/// so that no text of a stranger's begins a line or moves a cursor.
public struct PlanText: Sendable {
  private let plan: Plan
  private let style: TerminalStyle
  private let isRefused: Bool

  /// A plan, to be shown in a style.
  ///
  /// - Parameter isRefused: true if a guard said no, so that an empty plan is no good news.
  public init(_ plan: Plan, style: TerminalStyle = .plain, isRefused: Bool = false) {
    self.plan = plan
    self.style = style
    self.isRefused = isRefused
  }

  /// The whole text: drift, changes, the footer, and the order where something waits.
  public var text: String {
    var text = ""
    // One text from the beginning: a large plan has many parts.
    func add(_ part: String) {
      if !text.isEmpty { text += "\n" }
      text += part
    }
    if !plan.drift.isEmpty {
      add("Note: Targets have changed outside of Berth since they were last applied:\n")
      for target in plan.drift { add(block(target)) }
    }
    if plan.mode == .refreshOnly || plan.isEmpty {
      if !isRefused, plan.drift.isEmpty || plan.mode != .refreshOnly {
        add("No changes. Your infrastructure matches the configuration.\n")
      }
    } else {
      add(legend)
      add("Berth will perform the following actions:\n")
      for change in plan.changes { add(block(change)) }
      add("\(style.paint("Plan:", .bold)) \(PlanCounts(plan).sentence)\n")
      if let order { add(order) }
    }
    if !plan.unmanaged.isEmpty { add(unmanaged) }
    return text
  }

  /// Targets that are not this stack's: listed, and no drift.
  private var unmanaged: String {
    let width = plan.unmanaged.map { $0.address.description.visible.columnCount }.max() ?? 0
    let lines = plan.unmanaged.map { target in
      let owner = target.owner.map { "of the stack '\($0.visible)'" } ?? "nobody's"
      let kind = target.isKnownKind ? "" : ", of a type that Berth does not know"
      return "  \(target.address.description.visible.padded(to: width))  \(owner)\(kind)"
    }
    return "Not managed by this stack:\n\n" + lines.joined(separator: "\n") + "\n"
  }

  /// All the symbols, whether they occur or not: readers know where to look.
  private var legend: String {
    let lines = ActionSymbol.allCases.map {
      "\(style.paint($0.column, $0.paint)) \($0.meaning)\n"
    }
    return "Resource actions are indicated with the following symbols:\n" + lines.joined()
  }

  // MARK: Blocks
  /// A change as it stands in the plan.
  func block(_ change: Change) -> String {
    let because = change.showsReason ? change.reason.text : nil
    var lines = heading(
      change.address, change.phrase, change.action.symbol, change.source, because: because)
    lines += attributes(change.attributes, ofMade: change.before == .null)
    if change.unchangedAttributeCount > 0 {
      let count = change.unchangedAttributeCount
      let noun = count == 1 ? "attribute" : "attributes"
      lines.append("        " + style.paint("# (\(count) unchanged \(noun) hidden)", .grey))
    }
    return lines.joined(separator: "\n") + "\n    }\n"
  }

  /// A drifted target as it stands in the plan.
  func block(_ target: DriftedTarget) -> String {
    var lines = heading(
      target.address, target.isMissing ? "has been deleted" : "has changed",
      target.isMissing ? .remove : .update, target.source, because: nil)
    if target.isMissing {
      // What is not there carries no mark that could tell.
      lines.insert("  # (or its document is new and was not applied yet)", at: lines.count - 1)
    } else if target.isUnclear {
      // A mark that is gone can't tell either.
      let what =
        target.attributes.first?.path == "berth.stack"
        ? "or it was never applied: nobody owns the live target"
        : "or its document moved: the mark can't tell"
      lines.insert("  # (\(what))", at: lines.count - 1)
    }
    lines += attributes(target.attributes, ofMade: false)
    return lines.joined(separator: "\n") + "\n    }\n"
  }

  private func heading(
    _ address: TargetAddress, _ phrase: String, _ symbol: ActionSymbol, _ source: SourceLocation?,
    because reason: String?
  ) -> [String] {
    var lines = ["  # \(style.paint(address.description.visible, .bold)) \(phrase)"]
    if let source { lines.append("  # (\(source.file.visible):\(source.start.line))") }
    if let reason { lines.append("  # (because \(reason.visible))") }
    let kind = address.kind.text.visible
    return lines + [
      "\(style.paint(symbol.column, symbol.paint)) \(kind) \(ValueText.quoted(address.name)) {"
    ]
  }

  // MARK: Attributes

  /// - Parameter ofMade: true where the target is not there yet, so that even a secret is added.
  private func attributes(_ changes: [AttributeChange], ofMade: Bool) -> [String] {
    let names = changes.map(\.path.description.visible)
    let widths = names.map(\.columnCount)
    let width = widths.max() ?? 0
    let plus = style.paint("+", .green)
    return changes.indices.map { index in
      let change = changes[index]
      // Piece by piece: most lines of a large plan are made here.
      var line = "      "
      line += ofMade ? plus : symbol(change)
      line += " "
      line += names[index]
      line += .blanks(width - widths[index])
      line += " = "
      line += values(change)
      line += cost(change)
      line += gravity(change)
      return line
    }
  }

  private func symbol(_ change: AttributeChange) -> String {
    switch (change.before, change.after) {
    case (nil, _?): style.paint("+", .green)
    case (_?, nil): style.paint("-", .red)
    case (_?, _?), (nil, nil): style.paint("~", .yellow)
    }
  }

  private func values(_ change: AttributeChange) -> String {
    if change.isSensitive { return ValueText.sensitive }
    let after = ValueText.text(change.after, indent: 8)
    guard let before = change.before else { return after }
    return "\(ValueText.text(before, indent: 8)) -> \(after)"
  }

  private func cost(_ change: AttributeChange) -> String {
    switch change.effect {
    case .inPlace: ""
    case .forcesReplacement: " " + style.paint("# forces replacement", .red)
    case .forcesReattachment: " " + style.paint("# forces re-attachment", .red)
    }
  }

  private func gravity(_ change: AttributeChange) -> String {
    guard let severity = change.severity else { return "" }
    let paint: TerminalStyle.Paint = severity == .high ? .red : .grey
    return " " + style.paint("# severity \(severity.rawValue)", paint)
  }

  // MARK: Order

  /// The steps that wait, and those they wait for: what the blocks can't tell.
  ///
  /// Nil if none waits.
  private var order: String? {
    var involved: Set<StepID> = []
    for step in plan.steps where !step.waitsFor.isEmpty {
      involved.insert(step.id)
      involved.formUnion(step.waitsFor)
    }
    guard !involved.isEmpty else { return nil }
    let steps = plan.steps.filter { involved.contains($0.id) }
    let width = steps.map { $0.id.description.count }.max() ?? 0
    var lines = steps.map { step in
      let waits = step.waits.map { wait in
        "\(wait.step)" + (wait.rule.map { " [\($0.id.visible)]" } ?? "")
      }.joined(separator: ", ")
      return "  \(step.id.description.padded(to: width)) \(step.act.rawValue) "
        + step.address.description.visible
        + (waits.isEmpty ? "" : style.paint(" (waits for \(waits))", .grey))
    }
    let others = plan.steps.count - steps.count
    if others > 0 {
      lines.append("  (\(others) other \(others == 1 ? "step waits" : "steps wait") for nothing)")
    }
    return "Order of steps:\n" + lines.joined(separator: "\n") + "\n"
  }
}
