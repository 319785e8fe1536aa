internal import ComputeKinds
internal import Diagnostics
internal import ManifestSyntax
internal import Manifests
internal import TargetModel

extension FuzzTarget {
  /// Compute documents: text to tree to targets to requests, and back to text.
  static let manifest = FuzzTarget(name: "manifest") { bytes throws(BrokenLaw) in
    let reading = Reading(bytes)
    try reading.check(in: bytes)
    var findings = DiagnosticList()
    switch formatYAML(bytes, file: Reading.file, reporting: &findings) {
    case .unfaithful:
      try require("formatting keeps the meaning", bytes.hasIndentedMarker)
    case .unreadable:
      try require("what is read can be formatted", reading.findings.hasErrors)
    case .formatted(let formatted):
      try require("what can't be read is not formatted", !reading.findings.hasErrors)
      try checkFormatted(formatted)
      try checkBound(Binding(bytes), formattedAs: formatted)
    }
  }
}

private func checkFormatted(_ bytes: [UInt8]) throws(BrokenLaw) {
  var findings = DiagnosticList()
  let again = formatYAML(bytes, file: Reading.file, reporting: &findings)
  try require(
    "formatting again changes nothing", again == .formatted(bytes),
    String(decoding: bytes, as: UTF8.self))
}

/// Formatting moves no value: the targets are the same, and so is what is wrong with them.
private func checkBound(_ bound: Binding, formattedAs bytes: [UInt8]) throws(BrokenLaw) {
  let again = Binding(bytes)
  try require(
    "formatting changes no finding", again.findings.map(\.rule) == bound.findings.map(\.rule),
    "\(bound.findings) and \(again.findings)")
  try require("formatting changes no target", again.targets.count == bound.targets.count)
  for (target, other) in zip(bound.targets, again.targets) {
    try require(
      "formatting changes no value",
      target.address == other.address && target.attributes == other.attributes
        && target.settings == other.settings, "\(target.address)")
    try require("equal targets have equal digests", target.appliedDigest == other.appliedDigest)
    try checkBody(of: target)
  }
}

/// The service would show the target under its name, with what it holds.
private func checkBody(of target: ComputeTarget) throws(BrokenLaw) {
  let wire = WireMapping(catalog: .azureML)
  var body = wire.body(for: target, marks: target.marks(of: "s"), in: Binding.workspace)
  body["name"] = .text(target.name)
  let observed = try require("a body shows a target", wire.target(in: body))
  try require("it has its address", observed.address == target.address, body.canonicalJSON)
  try require(
    "it holds what the document names", observed.resource == target.heldResource,
    body.canonicalJSON)
}

extension [UInt8] {
  /// True if a line begins with `---` or `...` behind blanks, where it is text.
  fileprivate var hasIndentedMarker: Bool {
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = starts(with: byteOrderMark) ? dropFirst(3) : self[...]
    return text.split { $0 == 0x0A || $0 == 0x0D }.contains { line in
      let text = line.drop { $0 == 0x20 }
      return text.count < line.count
        && (text.starts(with: "---".utf8) || text.starts(with: "...".utf8))
    }
  }
}
