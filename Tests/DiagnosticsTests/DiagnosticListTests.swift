import Diagnostics
import Testing

@Suite("Lists of findings")
struct DiagnosticListTests {
  private func finding(
    _ severity: Severity, _ file: String?, line: Int = 1, rule: String = "r", detail: String = "d"
  ) -> Diagnostic {
    let location = file.map {
      let start = SourcePosition(line: line, column: 1, offset: line * 10)
      return SourceLocation(file: $0, start: start, end: start)
    }
    return Diagnostic(severity, Rule(rule), "s", detail: detail, at: location)
  }

  @Test func `findings are shown by file and place, those without a place last`() {
    var list = DiagnosticList()
    let expected = [
      finding(.warning, "a.yml", line: 1), finding(.error, "a.yml", line: 2),
      finding(.error, "b.yml", line: 1), finding(.error, nil, rule: "a"),
      finding(.warning, nil, rule: "a"),
    ]
    list.append(contentsOf: expected.reversed())
    #expect(list.sorted == expected)
    #expect(list.findings == expected.reversed())
  }

  @Test func `at one place the worst comes first, then the rule, then the text`() {
    let expected = [
      finding(.error, "a", rule: "a"), finding(.error, "a", rule: "b", detail: "1"),
      finding(.error, "a", rule: "b", detail: "2"), finding(.warning, "a", rule: "a"),
      finding(.note, "a", rule: "a"),
    ]
    #expect(expected.reversed().sorted() == expected)
  }

  @Test func `only errors count as errors`() {
    var list = DiagnosticList()
    #expect(list.isEmpty)
    list.append(finding(.warning, nil))
    list.append(finding(.note, nil))
    #expect(!list.hasErrors && !list.isEmpty)
    list.append(finding(.error, nil))
    #expect(list.hasErrors)
    #expect(list.errorCount == 1)
  }
}
