import Foundation
import Testing

/// The built `berth`, run as a user runs it.
enum BerthBinary {
  /// The package's folder.
  static let packageFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The binary lies beside the test bundle.
  static let location: URL = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    let executable = URL(fileURLWithPath: CommandLine.arguments[0])
    return (bundle ?? executable).deletingLastPathComponent().appendingPathComponent("berth")
  }()

  /// What a run left.
  struct Run {
    let status: Int32
    let output: String
    let messages: String
  }

  /// A run that goes on.
  ///
  /// - Parameter wrapper: a program and its first arguments that runs the binary in a poorer world.
  static func process(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    through wrapper: [String] = []
  ) -> Process {
    let process = Process()
    process.executableURL = wrapper.first.map { URL(fileURLWithPath: $0) } ?? location
    process.arguments =
      wrapper.isEmpty ? arguments : wrapper.dropFirst() + [location.path] + arguments
    process.currentDirectoryURL = folder
    process.environment =
      ["PATH": "/usr/bin:/bin", "BERTH_IN_AUTOMATION": "1"].merging(environment) { $1 }
    return process
  }

  /// Runs the binary to its end; nobody answers prompts.
  ///
  /// - Parameter wrapper: as for `process`.
  static func run(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    through wrapper: [String] = []
  ) throws -> Run {
    let process = process(arguments, in: folder, environment: environment, through: wrapper)
    // Files, not pipes: a pipe that nobody empties would stop the program.
    let output = try Capture()
    let messages = try Capture()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output.handle
    process.standardError = messages.handle
    try process.run()
    process.waitUntilExit()
    return Run(
      status: process.terminationStatus, output: output.text(), messages: messages.text())
  }

  /// A line as it stands in a document: words split at blanks.
  static func run(_ line: String, in folder: URL) throws -> Run {
    try run(line.split(separator: " ").map(String.init), in: folder)
  }
}

/// A temporary file that catches a stream.
private struct Capture {
  let url: URL
  let handle: FileHandle

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    handle = try FileHandle.making(url)
  }

  func text() -> String {
    try? handle.close()
    defer { try? FileManager.default.removeItem(at: url) }
    return (try? String(contentsOf: url, encoding: .utf8)) ?? ""
  }
}

/// A folder that goes away with the test.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("berth-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file below the folder.
  @discardableResult
  func write(_ text: String, to path: String, permissions: Int = 0o600) throws -> URL {
    let file = url.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes(
      [.posixPermissions: permissions], ofItemAtPath: file.path)
    return file
  }

  func read(_ path: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent(path), encoding: .utf8)
  }

  /// What applies keep beside each other: their journals end in `.jsonl`, their plans in `.plan.json`.
  func journalFiles(endingIn suffix: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: url.appendingPathComponent(".berth/journals"), includingPropertiesForKeys: nil
    ).filter { $0.lastPathComponent.hasSuffix(suffix) }
  }

  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> BerthBinary.Run {
    try run(arguments, environment: environment)
  }

  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> BerthBinary.Run {
    try BerthBinary.run(arguments, in: url, environment: environment)
  }

  /// A stack that is applied, and whose next apply re-attaches its cluster with a renewed certificate;
  /// there is time enough to meet it on the way.
  static func rotatingTLS() throws -> TemporaryFolder {
    let folder = try example("tls-rotation")
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    for file in ["www.pem", "www.key"] {
      try folder.write(try folder.read("certs/renewed/\(file)"), to: "certs/\(file)")
    }
    try folder.write(
      try folder.read("berth.yaml").replacing(
        "type: local", with: "type: local\n  operation_milliseconds: 600"), to: "berth.yaml")
    return folder
  }

  /// A folder with a copy of an example, private as a careful user has it.
  static func example(_ name: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let source = BerthBinary.packageFolder.appendingPathComponent("examples/\(name)")
    for item in try FileManager.default.contentsOfDirectory(atPath: source.path)
    where !item.hasPrefix(".") {
      try FileManager.default.copyItem(
        at: source.appendingPathComponent(item), to: folder.url.appendingPathComponent(item))
    }
    for case let file as URL in FileManager.default.enumerator(
      at: folder.url, includingPropertiesForKeys: nil) ?? .init()
    where ["key", "pem"].contains(file.pathExtension) {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: file.path)
    }
    return folder
  }

  /// Milliseconds of an operation beside which a test has something to do: enough for a busy machine.
  static let longEnough = 5_000

  /// A stack with these manifests, whose operations take no time to speak of.
  static func stack(
    _ manifests: [String: String], name: String = "test", milliseconds: Int = 1
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      stack: \(name)
      workspace:
        subscription_id: 00000000-0000-0000-0000-000000000000
        resource_group: group
        name: workspace
        location: westeurope
      backend: {type: local, operation_milliseconds: \(milliseconds)}

      """, to: "berth.yaml")
    for (path, text) in manifests { try folder.write(text, to: path) }
    return folder
  }

  /// Lets operations that begin from now on take so many milliseconds.
  func takeFromNowOn(milliseconds: Int) throws {
    try write(
      try read("berth.yaml").replacing(
        /operation_milliseconds: [0-9]+/, with: "operation_milliseconds: \(milliseconds)"),
      to: "berth.yaml")
  }
}
