internal import ArgumentParser
internal import Diagnostics
internal import Reporting

/// The option `--report`.
struct ReportOptions: ParsableArguments {
  @Option(
    name: .customLong("report"),
    help: ArgumentHelp(
      "Write a report when the command ends, however it ends: markdown, sarif, junit, metrics, "
        + "github, json or html; '-' is the standard output. May be given several times.",
      valueName: "kind=file"),
    transform: ReportRequest.init(_:))
  var requests: [ReportRequest] = []

  func validate() throws {
    guard requests.count(where: \.isForOutput) < 2 else {
      throw ValidationError("Only one report can go to the standard output.")
    }
  }

  /// Refuses a report on a stream that holds JSON already.
  func check(printsJSON: Bool) throws {
    guard printsJSON, let request = requests.first(where: \.isForOutput) else { return }
    throw ValidationError(
      "'--json' and '--report \(request.format.rawValue)=-' both want the standard output.")
  }
}

/// A report that is to be written.
struct ReportRequest: Sendable {
  let format: ReportFormat
  let file: String

  /// Reads `KIND=FILE`.
  init(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let kinds = ReportFormat.allCases.map(\.rawValue)
    guard let format = ReportFormat(rawValue: String(parts[0])) else {
      let suggestion = nearest(to: String(parts[0]), among: kinds)
      throw ValidationError(
        "There is no report '\(parts[0])'."
          + (suggestion.map { " Did you mean \"\($0)\"?" }
            ?? " There are: \(kinds.joined(separator: ", ")).")
      )
    }
    guard parts.count == 2, !parts[1].isEmpty else {
      throw ValidationError("Say where the report goes: '--report \(format.rawValue)=FILE'.")
    }
    self.format = format
    file = String(parts[1])
  }

  var isForOutput: Bool { file == "-" }
}
