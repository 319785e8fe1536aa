internal import Diagnostics
internal import Manifests

extension FuzzTarget {
  /// `berth.yaml`.
  static let configuration = FuzzTarget(name: "configuration") { bytes throws(BrokenLaw) in
    var findings = DiagnosticList()
    let configuration = readConfiguration(bytes, file: "berth.yaml", reporting: &findings)
    try require("it is read, or told why not", (configuration == nil) == findings.hasErrors)
    for finding in findings.findings {
      let place = try require("a finding has a place", finding.location, "\(finding)")
      try require("it lies in the text", place.end.offset <= bytes.count, "\(finding)")
    }
    guard let configuration else { return }
    try require(
      "a broken one would name the same manifests",
      manifestPatterns(in: bytes, file: "berth.yaml") == configuration.computes)
  }
}
