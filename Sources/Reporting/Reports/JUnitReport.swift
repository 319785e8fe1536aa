internal import ApplyJournal
internal import Diagnostics
internal import Planning
internal import TargetModel

/// A run as test cases, one for each target (conventions: JUnit).
///
/// Drift and findings are failures, what could not be read is an error, and what the selection left
/// out or an apply did not start is skipped.
struct JUnitReport {
  private let report: RunReport

  init(_ report: RunReport) { self.report = report }

  var text: String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
    \(report.parts.map { JUnitReport($0).suite }.joined())</testsuites>

    """
  }

  private var suite: String {
    let cases = cases
    let counts =
      "tests=\"\(cases.count)\" failures=\"\(cases.count(of: .failure))\" "
      + "errors=\"\(cases.count(of: .error))\" skipped=\"\(cases.count(of: .skipped))\" "
      + "time=\"\(seconds)\""
    return """
        <testsuite name="\(XMLText.attribute(report.scopeName))" \(counts)>
      \(cases.map(\.text).joined())  </testsuite>

      """
  }

  private var seconds: String {
    let milliseconds = report.duration.milliseconds
    let rest = String(milliseconds % 1_000)
    return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }

  private var cases: [TestCase] {
    var cases = TestCases()
    let problems = report.problems.filter { $0.severity != .note || $0.rule == .drift }
    for target in report.targets { cases.add(target.address.description) }
    for change in report.plan?.plan.changes ?? [] { cases.add(change.address.description) }
    for problem in problems {
      // Without a target it is the stack's.
      let name = problem.address ?? "berth.\(report.command.rawValue)"
      cases.add(name, ending(of: problem))
    }
    for address in report.plan?.plan.leftOut ?? [] {
      cases.add(
        address.description, TestEnding(.skipped, "left-out", "left out by the selection"))
    }
    for (step, outcome) in report.outcome?.outcomes ?? [] {
      if case .notStarted(let reason) = outcome {
        cases.add(
          step.address.description,
          TestEnding(.skipped, "not-started", "\(step.act.rawValue): \(reason.text)"))
      }
    }
    if let ending = unread(problems) {
      for target in report.targets { cases.add(target.address.description, ending) }
    }
    return cases.all
  }

  private func ending(of problem: Diagnostic) -> TestEnding {
    if problem.rule == .drift {
      return TestEnding(.failure, "drift", problem.detail, detail: problem.summary)
    }
    return TestEnding(
      Self.isObstacle(problem) ? .error : .failure, problem.rule.id, problem.summary,
      detail: problem.detail)
  }

  /// True if neither a manifest nor a rule is to blame: something could not be read.
  private static func isObstacle(_ problem: Diagnostic) -> Bool {
    problem.severity == .error && problem.findingClass == .failure && problem.location == nil
      && problem.address == nil
  }

  /// What is said of every target where nobody looked at the workspace; that it passed would be a
  /// lie.
  private func unread(_ problems: [Diagnostic]) -> TestEnding? {
    guard report.command != .validate, report.plan == nil, report.stacks == nil else { return nil }
    return problems.contains(where: Self.isObstacle)
      ? TestEnding(.error, "not-read", "the workspace was not read")
      : TestEnding(.skipped, "not-read", "the workspace was not looked at")
  }
}

/// What became of a test case.
private struct TestEnding {
  enum Kind: String {
    case failure, error, skipped
  }

  let kind: Kind
  let type: String
  let message: String
  let detail: String

  init(_ kind: Kind, _ type: String, _ message: String, detail: String = "") {
    self.kind = kind
    self.type = type
    self.message = message
    self.detail = detail
  }

  var text: String {
    let type = kind == .skipped ? "" : " type=\"\(XMLText.attribute(type))\""
    let start = "      <\(kind.rawValue)\(type) message=\"\(XMLText.attribute(message))\""
    return detail.isEmpty
      ? "\(start)/>\n" : "\(start)>\(XMLText.content(detail))</\(kind.rawValue)>\n"
  }
}

private struct TestCase {
  let name: String
  var ending: TestEnding?

  var text: String {
    let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let start =
      "    <testcase classname=\"\(XMLText.attribute(String(parts[0])))\" "
      + "name=\"\(XMLText.attribute(parts.count > 1 ? String(parts[1]) : ""))\""
    return ending.map { "\(start)>\n\($0.text)    </testcase>\n" } ?? "\(start)/>\n"
  }
}

/// Test cases by their names, in the order in which they came up.
///
/// Readers expect one ending of a case at most: the first one, since the worst is added first.
private struct TestCases {
  private(set) var all: [TestCase] = []
  private var places: [String: Int] = [:]

  mutating func add(_ name: String, _ ending: TestEnding? = nil) {
    guard let place = places[name] else {
      places[name] = all.count
      all.append(TestCase(name: name, ending: ending))
      return
    }
    if all[place].ending == nil { all[place].ending = ending }
  }
}

extension [TestCase] {
  fileprivate func count(of kind: TestEnding.Kind) -> Int { count { $0.ending?.kind == kind } }
}

/// Text in XML; what XML can't say at all is made visible first.
enum XMLText {
  static func attribute(_ text: String) -> String {
    content(text.visible).replacing("\"", with: "&quot;")
  }

  static func content(_ text: String) -> String {
    let visible = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0).visible.asPlainLine }.joined(separator: "\n")
    return visible.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      // XML has no word for these.
      case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
