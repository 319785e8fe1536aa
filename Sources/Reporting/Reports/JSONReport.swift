internal import ApplyJournal
internal import Diagnostics
internal import Planning
internal import TargetModel

/// Everything that is known of a run, for programs.
///
/// The plan stands in it as a plan file has it; `planned_values` and the rest are where tools made
/// for Terraform look for them, one level down.
struct JSONReport {
  static let formatVersion = "1.0"
  private let report: RunReport

  init(_ report: RunReport) { self.report = report }

  var text: String { value.prettyJSON.spelledOutJSON + "\n" }

  var value: AttributeValue {
    let result = RunResult(report)
    var object: AttributeValue = [
      "format_version": .text(Self.formatVersion), "berth_version": .text(report.berthVersion),
      "command": .text(report.command.rawValue), "exit_code": .integer(Int(report.exitCode)),
      "title": .text("\(result.subject): \(result.words)"), "mood": .text(result.mood.rawValue),
      "started_at": .integer(Int(report.startedAt)),
      "duration_milliseconds": .integer(report.duration.milliseconds),
      "folder": .text(report.folder),
      "commit": report.commit.map(AttributeValue.text) ?? .null,
      "targets": .list(report.targets.map(object)),
      "diagnostics": .list(
        report.findings.map { JSONObjects.diagnostic($0, sources: report.sources) }),
    ]
    if let scope = report.scope {
      object["scope"] = [
        "name": .text(scope.name), "stack": .text(scope.stack), "workspace": .text(scope.workspace),
      ]
    }
    if let stacks = report.stacks {
      object["stacks"] = .list(stacks.map { JSONReport($0).value })
      object["skipped"] = .list(report.skipped.map(AttributeValue.text))
      if let digest = report.digest { object["digest"] = .text(digest) }
    }
    if let plan = report.plan { object["plan"] = plan.body }
    if let outcome = report.outcome { object["outcome"] = self.outcome(outcome) }
    return object
  }

  private func object(_ target: RunReport.Target) -> AttributeValue {
    var object: AttributeValue = ["address": .text(target.address.description)]
    if let source = target.source {
      object["source"] = ["file": .text(source.file), "line": .integer(source.start.line)]
    }
    return object
  }

  private func outcome(_ outcome: ApplyReport) -> AttributeValue {
    [
      "complete": .bool(outcome.isComplete), "proven": .bool(report.isProven),
      "interrupted": .bool(outcome.wasInterrupted),
      "steps": .list(outcome.outcomes.map { step($0.step, $0.outcome) }),
    ]
  }

  private func step(_ step: Step, _ outcome: StepOutcome) -> AttributeValue {
    var object: AttributeValue = [
      "id": .text(step.id.description), "address": .text(step.address.description),
      "act": .text(step.act.rawValue), "outcome": .text(outcome.word),
    ]
    switch outcome {
    case .done: break
    case .notStarted(let reason): object["message"] = .text(reason.text)
    case .failed(let failure):
      object["message"] = .text(failure.message)
      object["code"] = .text(failure.code)
      if let request = failure.requestID { object["request_id"] = .text(request) }
    }
    return object
  }
}

extension StepOutcome {
  /// The word in the JSON report.
  var word: String {
    switch self {
    case .done: "done"
    case .failed(let failure): failure.outcomeIsUnknown ? "unknown" : "failed"
    case .notStarted: "not-started"
    }
  }
}

extension Duration {
  var milliseconds: Int {
    Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}

extension String {
  /// JSON in which invisible characters are spelled out as JSON has it: the same document, and no
  /// editor shows it otherwise than it is.
  ///
  /// Nor does a build system find a command in it (reliability.md T32).
  var spelledOutJSON: String {
    spellingOutInvisibles.replacing(/##(?=\[|[Vv][Ss][Oo]\[)/, with: #"#\u0023"#)
  }

  private var spellingOutInvisibles: String {
    guard unicodeScalars.contains(where: { $0.value >= 0x80 && $0.isInvisible }) else {
      return self
    }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.value >= 0x80, scalar.isInvisible {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
