internal import Diagnostics
internal import Digests
internal import TargetModel

/// A run's findings and drift as SARIF 2.1.0, for code scanning (conventions: SARIF).
struct SARIFReport {
  private static let home = "https://github.com/berth-iac/berth"
  private let report: RunReport

  init(_ report: RunReport) { self.report = report }

  var text: String { value.prettyJSON.spelledOutJSON + "\n" }

  private var value: AttributeValue {
    [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": .list(report.parts.map { SARIFReport($0).run(isOfMany: report.stacks != nil) }),
    ]
  }

  private func run(isOfMany: Bool) -> AttributeValue {
    let problems = report.problems
    let rules = Set(problems.map(\.rule)).sorted()
    // Two stacks of one repository are two analyses, not two editions of one.
    let scope = isOfMany && report.stacks == nil ? report.folder : report.scopeName
    return [
      "tool": [
        "driver": [
          "name": "Berth", "version": .text(report.berthVersion),
          "informationUri": .text(Self.home), "rules": .list(rules.map(object)),
        ]
      ],
      "automationDetails": [
        "id": .text("berth/\(report.command.rawValue)/\(Self.uri(scope))/")
      ],
      "columnKind": "unicodeCodePoints",
      "invocations": [
        [
          "executionSuccessful": .bool(report.wentWell),
          "exitCode": .integer(Int(report.exitCode)),
        ]
      ],
      "results": .list(results(problems)),
    ]
  }

  private func object(_ rule: Rule) -> AttributeValue {
    [
      "id": .text(rule.id),
      "helpUri": .text("\(Self.home)/blob/main/docs/diagnostics/\(rule.id).md"),
    ]
  }

  private func results(_ problems: [Diagnostic]) -> [AttributeValue] {
    var seen: [String: Int] = [:]
    return problems.map { problem in
      let key = [problem.rule.id, problem.address ?? problem.location?.file ?? ""]
        .joined(separator: "\n")
      let count = seen[key, default: 0] + 1
      seen[key] = count
      return result(problem, key: count == 1 ? key : "\(key)\n\(count)")
    }
  }

  /// - Parameter key: what makes it the same finding in a later run; not its line, which moves.
  private func result(_ problem: Diagnostic, key: String) -> AttributeValue {
    var object: AttributeValue = [
      "ruleId": .text(problem.rule.id), "level": .text(problem.severity.rawValue),
      "message": ["text": .text(message(problem))],
      "partialFingerprints": ["berthRuleAndAddress/v1": .text(sha256(key))],
    ]
    // Code hosts refuse a result without a place: what has none is the stack's.
    object["locations"] = [location(problem.location ?? SourceLocation(startOf: "berth.yaml"))]
    let others = problem.related.enumerated().map { offset, other in
      var object = location(other.location)
      object["id"] = .integer(offset + 1)
      object["message"] = ["text": .text(Self.plain(other.message))]
      return object
    }
    if !others.isEmpty { object["relatedLocations"] = .list(others) }
    return object
  }

  private func message(_ problem: Diagnostic) -> String {
    let target = problem.address.map { "\($0): " } ?? ""
    return Self.plain("\(target)\(problem.summary). \(problem.detail)")
  }

  private func location(_ place: SourceLocation) -> AttributeValue {
    [
      "physicalLocation": [
        "artifactLocation": ["uri": .text(Self.uri(report.path(place.file)))],
        "region": [
          "startLine": .integer(place.start.line), "startColumn": .integer(place.start.column),
        ],
      ]
    ]
  }

  /// A message in which nothing is a link: `[text](place)` would be one.
  private static func plain(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0).visible }.joined(separator: "\n")
    guard lines.contains("](") else { return lines }
    return lines.replacing("[", with: "\\[").replacing("]", with: "\\]")
  }

  /// A relative path as a URI reference: what is not plain is written in per cent.
  static func uri(_ path: String) -> String {
    var text = ""
    for byte in path.drop(while: { $0 == "/" }).utf8 {
      let scalar = Unicode.Scalar(byte)
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~", "/":
        text.unicodeScalars.append(scalar)
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return text
  }
}
