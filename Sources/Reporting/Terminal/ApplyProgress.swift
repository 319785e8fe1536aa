package import ApplyJournal
package import Diagnostics
package import Planning
internal import TargetModel

/// How far an apply is, and the rows that show it on a terminal.
///
/// Times are those of any clock that goes on.
package struct ApplyProgress: Sendable {
  private let total: Int
  private let began: Duration
  private var usual: UsualDurations
  private var remaining: RemainingTime
  /// In the order in which they began.
  private var running: [(step: Step, since: Duration)] = []
  private var ended: Set<StepID> = []
  private var doneCount = 0
  private var failedCount = 0
  private var isInterrupted = false

  /// - Parameters:
  ///   - usual: how long steps took before.
  ///   - now: when it begins.
  package init(
    _ plan: Plan, usual: UsualDurations = UsualDurations(), parallelism: Int = 10, at now: Duration
  ) {
    total = plan.steps.count
    began = now
    self.usual = usual
    remaining = RemainingTime(plan.steps, usual, parallelism: parallelism)
  }

  /// Takes what happened.
  package mutating func handle(_ event: ApplyEvent, at now: Duration) {
    switch event {
    case .stepStarted(let step):
      if !running.contains(where: { $0.step.id == step.id }) { running.append((step, now)) }
    case .stepCompleted(let step, let elapsed):
      end(step)
      doneCount += 1
      learn(step, took: elapsed)
    case .stepFailed(let step, _, _):
      end(step)
      failedCount += 1
    case .stepSkipped(let step, _): end(step)
    case .stepProgressed, .noted: break
    }
  }

  /// Nothing is begun any more.
  package mutating func interrupt() { isInterrupted = true }

  private mutating func end(_ step: Step) {
    running.removeAll { $0.step.id == step.id }
    ended.insert(step.id)
  }

  private mutating func learn(_ step: Step, took elapsed: Duration) {
    let isNews = usual[step.act, step.address.kind] == nil
    usual.add(step.act, step.address.kind, took: elapsed)
    if isNews { remaining.learn(usual) }
  }

  // MARK: Words

  /// What an interrupted apply waits for, in a sentence.
  package var waitsFor: String {
    guard let first = running.first else { return "Nothing is running." }
    let others = running.count > 3 ? running.prefix(2) : running[...]
    let names = others.map { "\($0.step.address) (\($0.step.act.verb.lowercased()))" }
    guard running.count > 1 else { return "Waiting for \(names.first ?? "\(first.step.address)")." }
    let rest =
      running.count > others.count
      ? names.joined(separator: ", ") + " and \(running.count - others.count) more"
      : names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    return "Waiting for \(rest)."
  }

  // MARK: Rows

  /// The steps that run, and how far the whole is: at most half of a terminal's rows, but for very
  /// small ones.
  package func rows(at now: Duration, _ size: TerminalSize) -> [LiveRow] {
    let limit = max(1, min(size.rows - 1, max(4, size.rows / 2))) - 1
    let isCut = running.count > limit
    let shown = running.prefix(isCut ? max(0, limit - 1) : limit)
    var rows = shown.map { row($0.step, now - $0.since, size) }
    if isCut, limit > 0 { rows.append(LiveRow("  and \(running.count - shown.count) more", .grey)) }
    return rows + [summary(at: now, size)]
  }

  /// A step that runs.
  ///
  /// A narrow terminal has the time without words, then the name without the kind.
  private func row(_ step: Step, _ elapsed: Duration, _ size: TerminalSize) -> LiveRow {
    let usual = usual[step.act, step.address.kind].flatMap { $0 >= .seconds(1) ? $0 : nil }
    let times = "\(elapsed.shown) elapsed" + (usual.map { ", usually \($0.shown)" } ?? "")
    let isLate = usual.map { $0 < elapsed } ?? true
    let shortTimes = elapsed.shown + (isLate ? "" : usual.map { " of \($0.shown)" } ?? "")
    let (address, name) = (step.address.description, step.address.name)
    let forms = [
      (address, ": \(step.act.verb)... [\(times)]"), (address, ": \(step.act.verb) \(shortTimes)"),
      (name, ": \(step.act.verb) \(shortTimes)"),
    ]
    let rows = forms.map { name, rest in
      var row = LiveRow("  ")
      row.add(name, .bold)
      row.add(rest)
      return row
    }
    return rows.first { $0.columnCount < size.columns } ?? rows[2]
  }

  private func summary(at now: Duration, _ size: TerminalSize) -> LiveRow {
    let left = estimate(at: now)?.shown
    let long = summary(
      "\(doneCount) of \(total) steps done",
      " [\((now - began).shown) elapsed\(left.map { ", about \($0) left" } ?? "")]"
        + (isInterrupted ? " Ctrl-C leaves at once." : ""))
    if long.columnCount < size.columns { return long }
    return summary(
      "\(doneCount) of \(total)", ", \((now - began).shown)\(left.map { ", \($0) left" } ?? "")")
  }

  private func summary(_ count: String, _ times: String) -> LiveRow {
    var row = LiveRow()
    if isInterrupted { row.add("Interrupted. ", .yellow) }
    row.add(count)
    if failedCount > 0 { row.add(", \(failedCount) failed", .red) }
    row.add(times)
    return row
  }

  /// Nothing where the apply takes longer than it ever did, or ends early.
  private func estimate(at now: Duration) -> Duration? {
    guard !isInterrupted, failedCount == 0 else { return nil }
    let elapsed = Dictionary(
      running.map { ($0.step.id, now - $0.since) }, uniquingKeysWith: { first, _ in first })
    return remaining.estimate(ended: ended, running: elapsed).flatMap {
      $0 >= .seconds(1) ? $0 : nil
    }
  }
}

/// Work of one piece that lasts, such as reading a workspace.
package struct LongWork: Sendable {
  private let what: String
  private let began: Duration

  /// - Parameter what: what is done, such as `Reading the workspace`.
  package init(_ what: String, at now: Duration) {
    self.what = what
    began = now
  }

  /// The row that shows it.
  package func rows(at now: Duration) -> [LiveRow] {
    var row = LiveRow(what, .cyan)
    row.add("... [\((now - began).shown) elapsed]")
    return [row]
  }
}
