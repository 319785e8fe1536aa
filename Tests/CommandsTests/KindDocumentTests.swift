import ComputeKinds
import Foundation
import TargetModel
import TestSupport
import Testing

/// A document of `Documents/KIND/accepted` or `Documents/KIND/refused`.
struct KindDocument: Sendable, CustomTestStringConvertible {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Documents")

  let kind: String
  let isAccepted: Bool
  let name: String

  var path: String { "\(kind)/\(isAccepted ? "accepted" : "refused")/\(name)" }
  var testDescription: String { path }

  func text() throws -> String {
    try String(
      contentsOf: Self.folder.appendingPathComponent("\(path).yml"), encoding: .utf8)
  }

  /// What `berth validate` says of the document where it is alone in a stack.
  func validated() throws -> BerthBinary.Run {
    let stack = try TemporaryFolder()
    let configuration = Self.folder.appendingPathComponent("berth.yaml")
    try stack.write(try String(contentsOf: configuration, encoding: .utf8), to: "berth.yaml")
    try stack.write(try text(), to: "\(name).yml")
    return try stack.run("validate")
  }

  /// Every file below the folder, in order.
  static let files: [String] = {
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    return paths.filter { !URL(fileURLWithPath: $0).pathExtension.isEmpty }.sorted()
  }()

  /// Every document, in order.
  static let all: [KindDocument] = files.compactMap { file in
    guard let match = file.wholeMatch(of: /([a-z]+)\/(accepted|refused)\/([a-z0-9-]+)\.yml/) else {
      return nil
    }
    return KindDocument(
      kind: String(match.1), isAccepted: match.2 == "accepted", name: String(match.3))
  }
}

/// Documents of every kind: those that pass, and those that are refused.
///
/// There are some for each way in which a target can come to be. What the validator says of one is
/// beside it, in a file of its name. Run with `BERTH_RECORD=1` to write what it says anew.
@Suite("Documents of the kinds")
struct KindDocumentTests {
  static let accepted = KindDocument.all.filter(\.isAccepted)
  static let refused = KindDocument.all.filter { !$0.isAccepted }
  /// Types that are known and not managed.
  static let refusedTypes = ["batchai", "containerinstance", "dsvm", "functions", "iotedge"]

  @Test(arguments: accepted)
  func `a document passes`(document: KindDocument) throws {
    let run = try document.validated()
    #expect(run.status == 0, "\(run.messages)")
    #expect(!run.messages.contains("Error:"))
    let said = run.messages.replacing(/\n?Success! .*\n/, with: "")
    let goldens = KindDocument.files.filter { $0 == "\(document.path).txt" }
    // Most earn no word, and then there is no file that says so.
    if !said.isEmpty || !goldens.isEmpty { expectText(said, of: document) }
  }

  @Test(arguments: refused)
  func `a document is refused, and the reader is told why`(document: KindDocument) throws {
    let run = try document.validated()
    #expect(run.status == 1, "\(run.messages)")
    #expect(run.messages.contains("Error:"))
    expectText(run.messages, of: document)
  }

  @Test(arguments: KindCatalog.azureML.kinds.map(\.name.text))
  func `a kind has documents of each mode, and five that are refused`(name: String) throws {
    let kind = try #require(KindCatalog.azureML[KindName(name)])
    let names = Set(Self.accepted.filter { $0.kind == name }.map(\.name))
    for mode in modes(of: kind) {
      for size in ["minimal", "full"] {
        let due = mode.isEmpty ? size : "\(size)-\(mode)"
        #expect(names.contains(due), "\(name)/accepted/\(due).yml is missing")
      }
    }
    #expect(Self.refused.count { $0.kind == name } >= 5)
  }

  @Test(arguments: KindCatalog.azureML.kinds.map(\.name.text))
  func `every field of a kind stands in a document that passes`(name: String) throws {
    let kind = try #require(KindCatalog.azureML[KindName(name)])
    let texts = try Self.accepted.filter { $0.kind == name }.map { try $0.text() }
    let fields = kind.fields.filter { $0.setBy != .server }.flatMap { $0.keys }
    for key in Set(fields).sorted() {
      #expect(texts.contains { $0.contains("\(key):") }, "no document of \(name) has '\(key)'")
    }
  }

  @Test(arguments: refusedTypes)
  func `a type that is not managed has documents, and none passes`(name: String) {
    #expect(KindCatalog.azureML[KindName(name)] == nil)
    #expect(Self.refused.contains { $0.kind == name })
    #expect(!Self.accepted.contains { $0.kind == name })
  }

  @Test func `every file is a document that is run, or what is said of one`() {
    let kinds = KindCatalog.azureML.kinds.map(\.name.text) + Self.refusedTypes
    var due = Set(["berth.yaml"])
    for document in KindDocument.all {
      #expect(kinds.contains(document.kind), "\(document.path) is of no kind")
      due.formUnion(["\(document.path).yml", "\(document.path).txt"])
    }
    #expect(Set(KindDocument.files).subtracting(due).sorted() == [])
    #expect(Set(KindDocument.all.map(\.kind)) == Set(kinds))
  }

  @Test func `every document begins with what it is there to show`() throws {
    for document in KindDocument.all {
      #expect(try document.text().hasPrefix("# "), "\(document.path)")
    }
  }

  private func expectText(
    _ text: String, of document: KindDocument,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    let file = KindDocument.folder.appendingPathComponent("\(document.path).txt").path
    let isRecording = ProcessInfo.processInfo.environment["BERTH_RECORD"] == "1"
    if let difference = Golden.difference(text, file, isRecording: isRecording) {
      Issue.record("\(difference)", sourceLocation: sourceLocation)
    }
  }

  /// The ways in which targets of a kind come to be; one without a name where there is one only.
  private func modes(of kind: KindDescriptor) -> [String] {
    if kind.origin == .createdOrAttached { return ["attached", "created"] }
    return kind.resource?.hostField == nil ? [""] : ["by-id", "by-address"]
  }
}

extension Field {
  /// The words that stand in a manifest where the field is given whole.
  fileprivate var keys: [String] {
    Array(path.segments.suffix(1)) + type.keys
  }
}

extension FieldType {
  fileprivate var keys: [String] {
    switch self {
    case .list(let element, _), .map(let element): element.keys
    case .object(let fields): fields.flatMap(\.keys)
    case .text, .boolean, .toggle, .integer, .duration, .choice, .resourceID, .region,
      .secretFile, .anything:
      []
    }
  }
}
