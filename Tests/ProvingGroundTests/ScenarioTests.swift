import Foundation
import ProvingGround
import TestSupport
import Testing

/// Worlds that once broke something, kept as they were shrunk: `tape.txt` has the choices,
/// `story.txt` what went wrong then, `hash.txt` a digest of what happens now: another one says that the
/// tape may not meet its story any more.
@Suite struct ScenarioTests {
  @Test func `what once went wrong goes well`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scenarios")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted() {
      let file = folder.appending(path: name).appending(path: "tape.txt")
      guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
      let choices = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      #expect(!choices.isEmpty, "\(name)")
      let proof = Proof.play(Tape(choices))
      #expect(proof.violations.isEmpty, "\(name): \(proof.violations)")
      let difference = Golden.difference(
        "\(String(proof.hash, radix: 16))\n",
        folder.appending(path: "\(name)/hash.txt").path(),
        isRecording: ProcessInfo.processInfo.environment["BERTH_RECORD"] == "1")
      #expect(difference == nil, "\(name)")
    }
  }
}
