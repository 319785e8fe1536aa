import Foundation
import Manifests
import TargetModel
import Testing

/// `scripts/judge-documents`: JSON Schema as somebody else understands it.
enum SchemaJudge {
  struct Verdict {
    /// "accepts", or "refuses: " and why.
    let text: String
    var accepts: Bool { text == "accepts" }
  }

  /// A document to judge by one of the schemas.
  static func line(_ schema: String, _ document: AttributeValue) -> String {
    let line: AttributeValue = ["schema": .text("\(schema).schema.json"), "document": document]
    return line.canonicalJSON
  }

  /// A verdict on each line; nil, aloud, where there is no Python to give it.
  static func verdicts(on lines: [String]) throws -> [Verdict]? {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in SchemaFileTests.schemas.files {
      try file.text.write(
        to: folder.appendingPathComponent(file.name), atomically: true, encoding: .utf8)
    }
    let input = folder.appendingPathComponent("documents.jsonl")
    try (lines.joined(separator: "\n") + "\n").write(to: input, atomically: true, encoding: .utf8)
    let output = folder.appendingPathComponent("verdicts.txt")
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(packageFolder)/scripts/judge-documents")
    process.arguments = [folder.path]
    process.standardInput = try FileHandle(forReadingFrom: input)
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus == 69 {
      print("SKIPPED: the schemas are not compared with binding, for want of Python's jsonschema.")
      return nil
    }
    try #require(process.terminationStatus == 0, "scripts/judge-documents failed")
    let verdicts = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
    try #require(verdicts.count == lines.count)
    return verdicts.map { Verdict(text: String($0)) }
  }
}
