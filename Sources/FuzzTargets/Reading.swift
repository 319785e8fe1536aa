internal import Diagnostics
internal import ManifestSyntax

/// What a text reads as.
struct Reading {
  static let file = "a.yml"

  let documents: [YAMLDocument]
  let findings: DiagnosticList

  /// - Parameter takesCommonForm: false to leave everything to libyaml.
  init(_ bytes: [UInt8], takesCommonForm: Bool = true) {
    var limits = YAMLLimits.standard
    // What is printed may be longer than what was read: aliases are expanded.
    limits.documentSize = .max
    limits.expansionFactor = .max
    var findings = DiagnosticList()
    var documents: [YAMLDocument] = []
    readYAML(
      bytes, file: Self.file, limits: limits, takesCommonForm: takesCommonForm,
      reporting: &findings
    ) { documents.append($0) }
    self.documents = documents
    self.findings = findings
  }

  /// Every finding has a place in the text, and what is printed reads the same.
  func check(in bytes: [UInt8]) throws(BrokenLaw) {
    for finding in findings.findings {
      let place = try require("a finding has a place", finding.location, "\(finding)")
      try require(
        "it lies in the text",
        (0...bytes.count).contains(place.end.offset)
          && place.start.offset <= place.end.offset, "\(finding)")
    }
    let other = Reading(bytes, takesCommonForm: false)
    try require("libyaml alone finds the same", other.findings.findings == findings.findings)
    try require(
      "libyaml alone reads the same",
      other.documents.map { $0.root?.value.yaml } == documents.map { $0.root?.value.yaml })
    for document in documents {
      guard let value = document.root?.value else { continue }
      let printed = value.yaml
      let again = Reading(Array(printed.utf8))
      try require("what is printed is read", !again.findings.hasErrors, printed)
      // What is not a number is not even equal to itself.
      if printed.contains(".nan") { continue }
      try require(
        "it reads the same", again.documents.map { $0.root?.value } == [value], printed)
    }
  }
}
