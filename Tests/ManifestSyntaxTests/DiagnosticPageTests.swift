import Diagnostics
import Foundation
import ManifestSyntax
import Testing

private let root = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The rules of this module, with what their pages do where the example is not YAML as it is.
private let rules: [(id: String, input: [UInt8]?)] = [
  ("duplicate-key", nil),
  ("file-too-large", [UInt8](repeating: 0x20, count: (64 << 20) + 1)),
  ("forbidden-character", Array("name: gpu\ndescription: bell \u{7} here\n".utf8)),
  ("invalid-alias", nil), ("invalid-key", nil), ("invalid-merge", nil), ("invalid-yaml", nil),
  ("not-utf-8", [0xFF, 0xFE, 0x6E, 0x00]),
  ("tab-indentation", Array("name: gpu\ntags:\n\tteam: vision\n".utf8)),
  ("too-many-documents", Array(String(repeating: "---\n", count: 100_001).utf8)),
  ("unknown-tag", nil), ("unsupported-directive", nil), ("yaml-limit", nil),
]

@Suite("Pages of the YAML findings")
struct DiagnosticPageTests {
  @Test(arguments: rules.indices)
  func `the example of a page gives the message of the page`(index: Int) throws {
    let (id, input) = rules[index]
    let page = try String(
      contentsOf: root.appendingPathComponent("docs/diagnostics/\(id).md"), encoding: .utf8)
    #expect(page.hasPrefix("# \(id)\n"))
    let blocks = page.components(separatedBy: "```")
    try #require(blocks.count == 5, "an example, a message and what to do")

    let example = blocks[1].drop { $0 != "\n" }.dropFirst()
    var list = DiagnosticList()
    _ = readYAML(input ?? Array(example.utf8), file: "compute.yml", reporting: &list)
    let finding = try #require(list.findings.first)
    #expect(Set(list.findings.map(\.rule.id)) == [id])
    let message = "Error: \(finding.summary) \(finding.detail) [\(id)]"
    let shown = blocks[3].replacing("compute/compute.yml", with: "compute.yml")
    #expect(shown.split(whereSeparator: \.isWhitespace).joined(separator: " ") == message)
  }

  @Test func `every rule of this module has a page`() throws {
    let sources = root.appendingPathComponent("Sources/ManifestSyntax")
    let names = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
    let declared = try names.filter { $0.hasSuffix(".swift") }.flatMap { name in
      try String(contentsOf: sources.appendingPathComponent(name), encoding: .utf8)
        .matches(of: /Rule\("([a-z0-9-]+)"\)/).map { String($0.1) }
    }
    #expect(declared.sorted() == rules.map(\.id))
  }
}
