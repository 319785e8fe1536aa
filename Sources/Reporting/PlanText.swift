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
    forEachPiece { text += $0 }
    return text
  }

  /// The most bytes that are put together before they are handed out, but for one block.
  private static let pieceSize = 1 << 16

  /// Hands out the text in pieces of whole blocks: that of a large plan has megabytes.
  public func forEachPiece(_ take: (String) -> Void) {
    var text = TextBuffer()
    var isFirst = true
    func add(_ part: String) {
      begin()
      text.add(part)
    }
    /// An empty line between any two parts.
    func begin() {
      if text.count >= Self.pieceSize {
        take(text.string)
        text.cut(to: 0)
      }
      if !isFirst { text.add("\n") }
      isFirst = false
    }
    if !plan.drift.isEmpty {
      add("Note: Targets have changed outside of Berth since they were last applied:\n")
      for target in plan.drift {
        begin()
        self.add(target, to: &text)
      }
    }
    if plan.mode == .refreshOnly || plan.isEmpty {
      if !isRefused, plan.drift.isEmpty || plan.mode != .refreshOnly {
        add("No changes. Your infrastructure matches the configuration.\n")
      }
    } else {
      add(legend)
      add("Berth will perform the following actions:\n")
      for change in plan.changes {
        begin()
        self.add(change, to: &text)
      }
      add("\(style.paint("Plan:", .bold)) \(PlanCounts(plan).sentence)\n")
      if let order { add(order) }
    }
    if !plan.unmanaged.isEmpty { add(unmanaged) }
    if text.count > 0 { take(text.string) }
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
    var text = TextBuffer()
    add(change, to: &text)
    return text.string
  }

  /// A drifted target as it stands in the plan.
  func block(_ target: DriftedTarget) -> String {
    var text = TextBuffer()
    add(target, to: &text)
    return text.string
  }

  private func add(_ change: Change, to text: inout TextBuffer) {
    addHeading(
      change.address, change.phrase, change.action.symbol, change.source,
      note: change.showsReason ? "because \(change.reason.text.visible)" : nil, to: &text)
    add(change.attributes, ofMade: change.before == .null, to: &text)
    if change.unchangedAttributeCount > 0 {
      let count = change.unchangedAttributeCount
      let noun = count == 1 ? "attribute" : "attributes"
      text.add("        \(style.paint("# (\(count) unchanged \(noun) hidden)", .grey))\n")
    }
    text.add("    }\n")
  }

  private func add(_ target: DriftedTarget, to text: inout TextBuffer) {
    addHeading(
      target.address, target.isMissing ? "has been deleted" : "has changed",
      target.isMissing ? .remove : .update, target.source, note: note(on: target), to: &text)
    add(target.attributes, ofMade: false, to: &text)
    text.add("    }\n")
  }

  /// What else may be so where a mark can't tell.
  private func note(on target: DriftedTarget) -> String? {
    // What is not there carries no mark that could tell.
    if target.isMissing { return "or its document is new and was not applied yet" }
    guard target.isUnclear else { return nil }
    // A mark that is gone can't tell either.
    return target.attributes.first?.path == "berth.stack"
      ? "or it was never applied: nobody owns the live target"
      : "or its document moved: the mark can't tell"
  }

  private func addHeading(
    _ address: TargetAddress, _ phrase: String, _ symbol: ActionSymbol, _ source: SourceLocation?,
    note: String?, to text: inout TextBuffer
  ) {
    text.add("  # \(style.paint(address.description.visible, .bold)) \(phrase)\n")
    if let source { text.add("  # (\(source.file.visible):\(source.start.line))\n") }
    if let note { text.add("  # (\(note))\n") }
    text.add(style.paint(symbol.column, symbol.paint))
    text.add(" \(address.kind.text.visible) ")
    ValueText.addQuoted(address.name, to: &text)
    text.add(" {\n")
  }

  // MARK: Attributes

  /// - Parameter ofMade: true where the target is not there yet, so that even a secret is added.
  private func add(_ changes: [AttributeChange], ofMade: Bool, to text: inout TextBuffer) {
    let names = changes.map(\.path.description.visible)
    let widths = names.map(\.columnCount)
    let width = widths.max() ?? 0
    let made = "      \(style.paint("+", .green)) "
    for index in changes.indices {
      let change = changes[index]
      // Piece by piece: most lines of a large plan are made here.
      text.add(ofMade ? made : "      \(symbol(change)) ")
      text.add(names[index])
      text.addBlanks(width - widths[index])
      text.add(" = ")
      addValues(change, to: &text)
      text.add(cost(change))
      text.add(gravity(change))
      text.add("\n")
    }
  }

  private func symbol(_ change: AttributeChange) -> String {
    switch (change.before, change.after) {
    case (nil, _?): style.paint("+", .green)
    case (_?, nil): style.paint("-", .red)
    case (_?, _?), (nil, nil): style.paint("~", .yellow)
    }
  }

  private func addValues(_ change: AttributeChange, to text: inout TextBuffer) {
    if change.isSensitive { return text.add(ValueText.sensitive) }
    if let before = change.before {
      ValueText.add(before, indent: 8, to: &text)
      text.add(" -> ")
    }
    ValueText.add(change.after, indent: 8, to: &text)
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
