import ComputeKinds
import Diagnostics
import FoundationEssentials
import Manifests
import TargetModel
import TestSupport
import Testing

@Suite struct SchemaFileTests {
  static let schemas = ManifestSchemas(.azureML, namePattern: namePattern(of:))

  /// Run with `BERTH_RECORD=1` to write them anew; such a run fails, and the next one passes.
  @Test(arguments: schemas.files.map(\.name))
  func `schema files are fresh`(name: String) throws {
    let text = try #require(Self.schemas.files.first { $0.name == name }?.text)
    let isRecording = ProcessInfo.processInfo.environment["BERTH_RECORD"] == "1"
    let difference = Golden.difference(
      text, "\(packageFolder)/schemas/\(name)", isRecording: isRecording)
    #expect(difference == nil, "schemas/\(name) is stale; record it with BERTH_RECORD=1")
  }

  @Test func `no schema is left of a kind that is gone`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(packageFolder)/schemas")
    #expect(
      files.filter { $0 != "README.md" }.sorted() == Self.schemas.files.map(\.name))
  }

  @Test(arguments: KindCatalog.azureML.kinds.map(\.name))
  func `a schema knows the keys that the binder knows`(name: KindName) throws {
    let kind = try #require(KindCatalog.azureML[name])
    let schema = try AttributeValue(json: Self.schemas.schema(of: kind))
    let misspelt = Binding("name: abc\ntype: \(name)\nqqqqqqqqqq: 1\nberth: {qqqqqqqqqq: 1}\n")
    let known = misspelt.errors.filter { $0.rule.id == "unknown-key" }.map {
      Self.known(in: $0.detail)
    }
    try #require(known.count == 2)
    let properties = try #require(schema["properties"]?.map)
    let present = properties.filter {
      $0.value["deprecated"] == nil && !Self.isOlderGroup($0.value)
    }
    #expect(Set(present.keys) == known[0])
    let settings = try #require(
      properties["berth"]?["anyOf"]?.list?.first?["properties"]?.map)
    // The binder knows some that it refuses for most kinds.
    #expect(known[1].isSuperset(of: settings.keys))
    #expect(known[1].subtracting(settings.keys).isSubset(of: ["power_state", "tls_update"]))
  }

  /// The keys that a sentence such as "It knows 'a', 'b'" names.
  private static func known(in detail: String) -> Set<String> {
    let list = detail.split(separator: "It knows").last ?? ""
    return Set(
      list.split(separator: "'", omittingEmptySubsequences: false).enumerated()
        .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) })
  }

  /// True for a mapping under which only older names stand.
  private static func isOlderGroup(_ schema: AttributeValue) -> Bool {
    let properties = schema["anyOf"]?.list?.first?["properties"]?.map ?? [:]
    return !properties.isEmpty && properties.values.allSatisfy { $0["deprecated"] == true }
  }
}

let packageFolder: String = {
  var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  parts.removeLast(4)
  return parts.joined(separator: "/")
}()
