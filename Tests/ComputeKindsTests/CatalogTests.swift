import ComputeKinds
import FoundationEssentials
import TargetModel
import Testing

@Suite struct CatalogTests {
  /// A kind is a file of the folder and a line of the catalog; this finds the one without the
  /// other.
  @Test func `folder and catalog agree`() throws {
    let folder = "\(packageFolder)/Sources/ComputeKinds"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    var declared: [String] = []
    for file in files where file.hasSuffix(".swift") {
      let text = try #require(packageText("Sources/ComputeKinds/\(file)"))
      for match in text.matches(of: /public static let (\w+) = KindDescriptor\(/) {
        declared.append(String(match.1))
      }
    }
    let catalog = try #require(packageText("Sources/ComputeKinds/KindCatalog.swift"))
    let listed = catalog.matches(of: /(?m)^    \.(\w+),$/).map { String($0.1) }
    #expect(declared.sorted() == listed)
    #expect(KindCatalog.azureML.kinds.count == listed.count)
  }

  @Test func `kinds are found by either of their words`() {
    for kind in KindCatalog.azureML.kinds {
      #expect(KindCatalog.azureML[KindName(kind.name.text.uppercased())] === kind)
      #expect(KindCatalog.azureML.kind(computeType: kind.computeType.lowercased()) === kind)
    }
    #expect(
      KindCatalog.azureML.kinds.map(\.name.text) == [
        "aks", "amlcompute", "batch", "computeinstance", "databricks", "datafactory",
        "datalakeanalytics", "hdinsight", "kubernetes", "local", "synapsespark", "virtualmachine",
      ])
  }

  @Test func `samples name their kind and end in a newline`() {
    for kind in KindCatalog.azureML.kinds {
      #expect(kind.sample.contains("\ntype: \(kind.name)\n"))
      #expect(kind.sample.hasSuffix("\n"))
    }
  }

  @Test(arguments: ["remotevm", "remote", "adla", "Kusto"])
  func `another word for a kind, and a kind that is not managed, have advice`(type: String) throws {
    let advice = try #require(kindAdvice(for: type))
    #expect(advice.hasSuffix("."))
  }

  @Test func `a word that is no kind has no advice, and managed kinds need none`() {
    #expect(kindAdvice(for: "amlcompte") == nil)
    for kind in KindCatalog.azureML.kinds { #expect(kindAdvice(for: kind.name.text) == nil) }
  }
}
