/// The tables that a campaign prints.
package enum Report {
  package static func text(of tally: Tally, seconds: Double, isMarkdown: Bool) -> String {
    let speed = seconds > 0 ? Int(Double(tally.worlds) / seconds) : 0
    var lines = [
      "worlds \(tally.worlds), events \(tally.events), applies \(tally.runs) "
        + "(\(tally.complete) complete, \(tally.partial) in part, \(tally.refused) refused, "
        + "\(tally.stale) stale, \(tally.resumed) resumed), leases \(tally.leases) (\(tally.takeovers) taken over), "
        + "writes \(tally.writes), crashes \(tally.crashes), violations \(tally.violations)",
      "\(speed) worlds a second",
      "digest \(String(tally.digest, radix: 16))",
      "",
    ]
    lines += table(
      ["fault"] + MachineState.allCases.map { "\($0)" },
      Fault.allCases.map { fault in
        ["\(fault)"]
          + MachineState.allCases.map { state in
            let count = tally.count(fault, state)
            return count == 0 ? "-" : "\(count)"
          }
      }, isMarkdown)
    lines.append("")
    lines += table(
      ["killed", "times"],
      CutPoint.allCases.map { ["\($0)", "\(tally.cuts[$0.rawValue])"] }, isMarkdown)
    lines.append("")
    lines += table(["command", "times"], rows(tally.commands), isMarkdown)
    lines.append("")
    lines += table(["refused by", "times"], rows(tally.refusals), isMarkdown)
    lines.append("")
    lines += table(["write", "times"], rows(tally.acts), isMarkdown)
    return lines.joined(separator: "\n")
  }

  private static func rows(_ counts: [String: Int]) -> [[String]] {
    counts.sorted { $0.key < $1.key }.map { [$0.key, "\($0.value)"] }
  }

  package static func row(
    of sabotage: Sabotage, _ counts: SabotageTrial.Counts, isMarkdown: Bool
  ) -> String {
    let median = counts.median.map(String.init) ?? "not caught"
    let largest = counts.largest.map(String.init) ?? "-"
    let invariant = counts.invariant?.rawValue ?? "-"
    let cells = ["\(sabotage)", sabotage.rawValue, median, largest, invariant]
    return isMarkdown
      ? "| \(cells.dropFirst().joined(separator: " | ")) |" : cells.joined(separator: "; ")
  }

  static func table(_ head: [String], _ rows: [[String]], _ isMarkdown: Bool) -> [String] {
    let all = [head] + rows
    let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return isMarkdown
        ? "| " + padded.joined(separator: " | ") + " |" : padded.joined(separator: "  ")
    }
    let rule =
      isMarkdown ? ["|" + widths.map { String(repeating: "-", count: $0 + 2) + "|" }.joined()] : []
    return [line(head)] + rule + rows.map(line)
  }
}
