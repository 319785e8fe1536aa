import ComputeKinds
import Foundation
import TargetModel
import TestSupport
import Testing

@Suite("What berth tells of kinds")
struct KindTests {
  @Test func `schema writes the files of this repository`() throws {
    let folder = try TemporaryFolder()
    #expect(try folder.run("schema", "--out", "schemas").status == 0)
    let own = BerthBinary.packageFolder.appendingPathComponent("schemas")
    let names = try FileManager.default.contentsOfDirectory(atPath: own.path)
      .filter { $0.hasSuffix(".json") }
    #expect(names.count == KindCatalog.azureML.kinds.count + 3)
    for name in names {
      let text = try String(contentsOf: own.appendingPathComponent(name), encoding: .utf8)
      #expect(try folder.read("schemas/\(name)") == text)
      let subject = String(name.prefix { $0 != "." })
      #expect(try folder.run("schema", subject).output == text)
    }
  }

  @Test func `a folder that can't be written is told`() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "schemas")
    let run = try folder.run("schema", "--out", "schemas")
    #expect(run.status == 1)
    #expect(run.messages.contains("[file-unwritable]"))
  }

  @Test(arguments: [
    ["schema", "amlcomput"], ["schema", "stack", "--out", "x"], ["explain", "amlcomput"],
    ["explain", "amlcompute."], ["explain", "amlcompute..size"], ["explain", "."], ["explain", ""],
    ["explain", "amlcompute.berth.power_state"], ["explain", "amlcompute.size.more"],
  ])
  func `what is not there is an error with a way out`(command: [String]) throws {
    let folder = try TemporaryFolder()
    let run = try BerthBinary.run(command, in: folder.url)
    #expect(run.status == 1)
    #expect(run.output.isEmpty)
    #expect(run.messages.contains("Error"))
  }

  @Test(arguments: [
    ("batchai", "type: amlcompute"), ("dsvm", "type: virtualmachine"),
    ("functions", "Azure Functions"), ("aci", "container instance"), ("iotedge", "IoT Edge"),
  ])
  func `a kind that is refused is explained by why`(kind: String, phrase: String) throws {
    let folder = try TemporaryFolder()
    let run = try folder.run("explain", kind)
    #expect(run.status == 1)
    #expect(run.messages.contains(phrase), "\(run.messages)")
  }

  @Test(arguments: KindCatalog.azureML.kinds)
  func `every kind and each of its fields is explained`(kind: KindDescriptor) throws {
    let folder = try TemporaryFolder()
    let page = try folder.run("explain", kind.name.text).output
    for field in kind.fields { #expect(page.contains("\n  \(field.path) ")) }
    let text = try folder.run("explain", kind.name.text, "--json").output
    let json = try AttributeValue(json: text)
    #expect(json["fields"]?.list?.count == kind.fields.count)
    for key in ["name", "type"] {
      #expect(try folder.run("explain", "\(kind.name).\(key)").output.contains("must be given"))
    }
    #expect(try folder.run("kinds").output.contains("\n\(kind.name) "))
  }
}
