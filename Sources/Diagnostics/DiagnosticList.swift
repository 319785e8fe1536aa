/// Everything found so far.
///
/// Checks take `reporting: inout DiagnosticList` and go on while it makes sense, so that one run
/// shows every problem of every file.
public struct DiagnosticList: Sendable {
  /// The findings, in the order they were made.
  public private(set) var findings: [Diagnostic] = []
  /// How many of them are errors.
  public private(set) var errorCount = 0

  /// An empty one.
  public init() {}

  /// True if any finding is an error.
  public var hasErrors: Bool { errorCount > 0 }

  /// True if nothing was found.
  public var isEmpty: Bool { findings.isEmpty }

  /// The findings in the order in which people read them.
  public var sorted: [Diagnostic] { findings.sorted() }

  /// Adds a finding.
  public mutating func append(_ finding: Diagnostic) {
    findings.append(finding)
    if finding.severity == .error { errorCount += 1 }
  }

  /// Adds findings made elsewhere.
  public mutating func append(contentsOf others: some Sequence<Diagnostic>) {
    for finding in others { append(finding) }
  }
}
