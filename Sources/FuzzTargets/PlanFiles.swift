internal import Diagnostics
internal import Planning
internal import Reporting

extension FuzzTarget {
  /// Saved plans: what is read is what was written, and it is shown without harm.
  static let planFile = FuzzTarget(name: "plan") { bytes throws(BrokenLaw) in
    let read = try? PlanFile(reading: bytes)
    guard let file = try? PlanFile(unsealed: bytes) else {
      try require("a plan that does not hold together is refused", read == nil)
      return
    }
    if let read { try require("a plan is what it says", read == file) }
    // Nearly every change breaks the digest. Whoever changes a file can adjust that too.
    try checkSealed(file)
    try checkShown(file.plan)
  }
}

/// A plan that is written is read as it was, or refused for its steps.
private func checkSealed(_ file: PlanFile) throws(BrokenLaw) {
  let text = file.json
  let read: PlanFile
  do {
    read = try PlanFile(reading: Array(text.utf8))
  } catch .unreadable("has steps that do not belong to its changes") {
    return
  } catch {
    throw BrokenLaw("what was written is read", "\(error)")
  }
  try require("what is written reads the same", read == file, text)
  try require("to the byte", isSame(read.json, text), text)
}

/// Whatever a plan says, no text in it moves a cursor or ends a line.
private func checkShown(_ plan: Plan) throws(BrokenLaw) {
  for line in PlanText(plan).text.split(separator: "\n" as Unicode.Scalar) {
    try require("every line is visible", isSame(line.visible, line), line)
  }
}

extension String {
  fileprivate func split(separator: Unicode.Scalar) -> [String] {
    unicodeScalars.split(separator: separator).map { String($0) }
  }
}
