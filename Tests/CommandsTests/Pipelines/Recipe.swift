import Diagnostics
import Foundation
import ManifestSyntax
import Testing

/// A file of `examples/pipelines/`, read as YAML.
enum Recipe {
  static let folder = BerthBinary.packageFolder.appendingPathComponent("examples/pipelines")

  static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
  }

  static func yaml(_ path: String) throws -> YAMLNode {
    var findings = DiagnosticList()
    let documents = readYAML(Array(try text(path).utf8), file: path, reporting: &findings)
    #expect(findings.isEmpty, "\(findings.sorted)")
    return try #require(documents.first?.root)
  }

  /// The scripts of a node and of all below it: under `run`, `script` and `after_script`.
  static func scripts(_ node: YAMLNode) -> [String] {
    node.elements.flatMap(scripts)
      + node.entries.flatMap { entry -> [String] in
        guard ["run", "script", "after_script"].contains(entry.key.text) else {
          return scripts(entry.value)
        }
        return entry.value.elements.isEmpty
          ? [entry.value.text] : entry.value.elements.map(\.text)
      }
  }

  /// Every script of every pipeline, with its file.
  static func allScripts() throws -> [(file: String, script: String)] {
    try ["github/action.yml", "github/workflow.yml", "gitlab/berth.yml", "azure/berth.yml"]
      .flatMap { file in scripts(try yaml(file)).map { (file, $0) } }
  }
}

/// A runner of pipelines: bash in a checkout, with the built `berth` on PATH and what a service puts
/// into the environment.
final class FakeRunner {
  let checkout: TemporaryFolder
  private let tools: TemporaryFolder
  var environment: [String: String] = [:]

  init(_ checkout: TemporaryFolder) throws {
    self.checkout = checkout
    tools = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      at: tools.url.appendingPathComponent("berth"), withDestinationURL: BerthBinary.location)
  }

  /// A program that does what it is told: it writes its arguments into `NAME.log` and prints a text.
  func fake(_ name: String, printing text: String = "") throws {
    try tools.write(
      """
      #!/bin/bash
      printf '%s\\n' "$@" >>"\(tools.url.path)/\(name).log"
      printf '%s' '\(text)'

      """, to: name, permissions: 0o755)
  }

  /// What a program was told; empty if it did not run.
  func calls(of name: String) -> [String] {
    let text = (try? tools.read("\(name).log")) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  func withoutBerth() throws {
    try FileManager.default.removeItem(at: tools.url.appendingPathComponent("berth"))
  }

  /// Runs a script as a step does.
  func bash(_ script: String, _ more: [String: String] = [:]) throws -> BerthBinary.Run {
    let file = try tools.write(script, to: "step.sh")
    let output = tools.url.appendingPathComponent("output")
    let messages = tools.url.appendingPathComponent("messages")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["--noprofile", "--norc", "-eo", "pipefail", file.path]
    process.currentDirectoryURL = checkout.url
    process.environment = ["PATH": tools.url.path + ":/usr/bin:/bin", "HOME": tools.url.path]
      .merging(environment) { $1 }.merging(more) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle.making(output)
    process.standardError = try FileHandle.making(messages)
    try process.run()
    process.waitUntilExit()
    return BerthBinary.Run(
      status: process.terminationStatus, output: try tools.read("output"),
      messages: try tools.read("messages"))
  }
}

/// GitHub's `${{ ... }}`, as far as our files use it: names, `==`, `!=`, `&&` and `always()`.
struct Expressions {
  var values: [String: String] = [:]

  /// A text with the expressions in it put in.
  func filled(_ text: String) -> String {
    text.replacing(/\$\{\{ *([^}]*?) *\}\}/) { value(String($0.1)) }
  }

  /// Whether a step or a job runs.
  ///
  /// - Parameter hasFailed: true if something before it failed.
  func holds(_ condition: String, hasFailed: Bool) -> Bool {
    let parts = condition.split(separator: "&&").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    if hasFailed, !parts.contains("always()") { return false }
    return parts.allSatisfy { part in
      if part.isEmpty || part == "always()" { return true }
      for (sign, wanted) in [("==", true), ("!=", false)] where part.contains(sign) {
        let sides = part.split(separator: sign).map {
          value($0.trimmingCharacters(in: .whitespaces))
        }
        return (sides[0] == sides[1]) == wanted
      }
      return !value(part).isEmpty
    }
  }

  private func value(_ expression: String) -> String {
    if expression.hasPrefix("'") { return String(expression.dropFirst().dropLast()) }
    return values[expression] ?? ""
  }
}
