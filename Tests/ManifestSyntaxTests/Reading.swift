import Diagnostics
import Foundation
import ManifestSyntax
import TestSupport
import Testing

/// What reading a text gives.
struct Reading {
  let documents: [YAMLDocument]
  let findings: [Diagnostic]

  init(_ bytes: [UInt8], limits: YAMLLimits = .standard) {
    var list = DiagnosticList()
    documents = readYAML(bytes, file: "t.yml", limits: limits, reporting: &list)
    findings = list.findings
  }

  init(_ text: String, limits: YAMLLimits = .standard) {
    self.init(Array(text.utf8), limits: limits)
  }

  var value: YAMLValue? { documents.first?.root?.value }
  var rules: [Rule] { findings.map(\.rule) }
}

/// Reads a text that must have no findings.
func read(
  _ text: String, at location: Testing.SourceLocation = #_sourceLocation
) throws -> YAMLNode {
  let reading = Reading(text)
  #expect(reading.findings == [], sourceLocation: location)
  return try #require(reading.documents.first?.root, sourceLocation: location)
}

extension YAMLNode {
  var keys: [String] { entries.map(\.key.text) }
}

extension MarkedText {
  /// The position of the mark `1️⃣`, `2️⃣`, ...
  func place(_ number: Int) throws -> SourcePosition {
    try #require(position(of: "\(number)\u{FE0F}\u{20E3}"))
  }

  /// The stretch from one mark to another.
  func range(_ start: Int, _ end: Int) throws -> Diagnostics.SourceLocation {
    try Diagnostics.SourceLocation(file: "t.yml", start: place(start), end: place(end))
  }
}

/// Runs work on a thread with a stack of 128 KiB, which is all that musl gives.
func onSmallStack<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
  await withCheckedContinuation { continuation in
    let thread = Thread { continuation.resume(returning: work()) }
    thread.stackSize = 128 << 10
    thread.start()
  }
}
