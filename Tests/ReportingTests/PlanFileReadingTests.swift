import Diagnostics
import Digests
import Planning
import Reporting
import TargetModel
import TestSupport
import Testing

/// What is written is read, and nothing else is.
struct PlanFileReadingTests {
  private func read(_ text: String) throws(PlanFileFailure) -> PlanFile {
    try PlanFile(reading: Array(text.utf8))
  }

  private func failure(_ text: String) -> PlanFileFailure? {
    do throws(PlanFileFailure) {
      _ = try read(text)
      return nil
    } catch { return error }
  }

  @Test func `what is written is read back, to the byte`() throws {
    for seed in UInt64(1)...300 {
      var random = SeededRandom(seed: seed)
      let file = RandomPlan.file(&random)
      let text = file.json
      let read: PlanFile
      do throws(PlanFileFailure) { read = try self.read(text) } catch {
        Issue.record("seed \(seed): \(error)\n\(text)")
        continue
      }
      #expect(read == file, "seed \(seed)")
      #expect(Array(read.json.utf8) == Array(text.utf8), "seed \(seed)")
      #expect(read.digest == file.digest, "seed \(seed)")
      #expect(
        Array(PlanText(read.plan).text.utf8) == Array(PlanText(file.plan).text.utf8),
        "seed \(seed)")
    }
  }

  @Test
  func `the text is that of its JSON, and the digest is over that without facts about the file`()
    throws
  {
    for seed in UInt64(1)...300 {
      var random = SeededRandom(seed: seed)
      var file = RandomPlan.file(&random)
      file.isRefreshed = seed.isMultiple(of: 2)
      if seed.isMultiple(of: 3) { file.plan.leftOut = file.plan.changes.map(\.address) }
      var body = try AttributeValue(json: file.json)
      #expect(Array((body.prettyJSON + "\n").utf8) == Array(file.json.utf8), "seed \(seed)")
      let digest = body["digest"]?.text
      for key in ["digest", "timestamp", "berth_version", "format_version", "source"] {
        body[AttributePath([key])] = nil
      }
      body["manifests_sha256"] = .text(file.manifestsSHA256)
      #expect(digest == "sha256:" + sha256(body.canonicalJSON), "seed \(seed)")
      #expect(digest == file.digest, "seed \(seed)")
    }
  }

  @Test func `a long plan is written piece by piece, none of them long`() throws {
    var file = PlanFile.everyday
    file.plan.changes = Array(repeating: file.plan.changes[0], count: 1_000)
    var text: [UInt8] = []
    var longest = 0
    let digest = file.write { piece in
      switch piece {
      case .text(let bytes):
        text += bytes
        longest = max(longest, bytes.count)
      case .digest(let digest, let offset):
        #expect(offset < 200)
        text.replaceSubrange(offset..<offset + digest.count, with: digest)
      }
    }
    #expect(String(decoding: text, as: UTF8.self) == file.json)
    #expect(digest == file.digest)
    #expect(text.count > 1 << 20)
    #expect(longest < 1 << 17)
  }

  @Test func `whoever can't take a piece gets no more`() {
    struct Full: Error {}
    var file = PlanFile.everyday
    file.plan.changes = Array(repeating: file.plan.changes[0], count: 1_000)
    var taken = 0
    #expect(throws: Full.self) {
      try file.write { _ throws(Full) in
        taken += 1
        if taken == 2 { throw Full() }
      }
    }
    #expect(taken == 2)
  }

  @Test func `the digest is over what an apply does, and over no fact about the file`() {
    let digest = PlanFile.everyday.digest
    #expect(digest.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil)
    var other = PlanFile.everyday
    other.timestamp = "2027-01-05T09:00:00Z"
    other.berthVersion = "9"
    other.commit = nil
    #expect(other.digest == digest)
    var moved = PlanFile.everyday
    moved.manifestsSHA256 = String(repeating: "1", count: 64)
    #expect(moved.digest != digest)
    moved = PlanFile.everyday
    moved.isErrored = true
    #expect(moved.digest != digest)
    moved = PlanFile.everyday
    moved.plan.steps[0].act = .mark
    #expect(moved.digest != digest)
    moved = PlanFile.everyday
    moved.plan.workspace = WorkspaceIdentity(
      subscriptionID: "s", resourceGroup: "g", name: "n", location: "l")
    #expect(moved.digest != digest)
  }

  @Test func `T17 every value that is edited is found, but for facts about the file`() throws {
    let body = try AttributeValue(json: PlanFile.everyday.json)
    var count = 0
    for (place, edited) in body.editions {
      count += 1
      let failure = failure(edited.prettyJSON)
      if ["/timestamp", "/berth_version", "/source/commit", "/format_version"].contains(place) {
        #expect(failure == nil, "\(place)")
        continue
      }
      switch failure {
      case .edited?, .unreadable?: continue
      case .version?, nil: Issue.record("\(place): \(String(describing: failure))")
      }
    }
    #expect(count > 150)
  }

  @Test func `every value that is missing is found`() throws {
    let body = try AttributeValue(json: PlanFile.everyday.json)
    for (place, shortened) in body.shortenings {
      #expect(failure(shortened.prettyJSON) != nil, "\(place)")
    }
  }

  @Test func `an adjusted digest does not save steps that nobody reviewed`() {
    var file = PlanFile.everyday
    let bystander = TargetAddress(kind: "pool", name: "bystander")
    file.plan.steps.append(Step(id: StepID(99), address: bystander, act: .delete))
    let told = PlanFileFailure.unreadable("has steps that do not belong to its changes")
    #expect(failure(file.json) == told)
    file = PlanFile.everyday
    file.plan.steps[0].act = .update
    #expect(failure(file.json) == told)
    file = PlanFile.everyday
    file.plan.steps.removeLast()
    #expect(failure(file.json) == told)
    file = PlanFile.everyday
    file.plan.steps.reverse()
    #expect(failure(file.json) == told)
    file = PlanFile.everyday
    file.plan.steps[1].id = file.plan.steps[0].id
    #expect(failure(file.json) == told)
  }

  @Test func `every truncated file is refused`() {
    let bytes = Array(PlanFile.everyday.json.utf8)
    for length in stride(from: 0, to: bytes.count - 1, by: 97) + [bytes.count - 2] {
      do throws(PlanFileFailure) {
        _ = try PlanFile(reading: Array(bytes[..<length]))
        Issue.record("\(length) bytes were read")
      } catch {
        guard case .unreadable(let reason) = error else {
          Issue.record("\(length) bytes: \(error)")
          continue
        }
        #expect(reason.hasPrefix("is not the JSON of a plan: "))
      }
    }
  }

  @Test(arguments: ["2.0", "0.9", "10.0", "", "x", "11", ".1", "..1.0", "1x", "01.0", " 1.0"])
  func `T18 another major version is refused`(_ version: String) {
    #expect(failure(PlanFile.everyday.json, format: version) == .version(version))
  }

  @Test(arguments: ["1.0", "1.7", "1"])
  func `a minor version is read, and keys that nobody knows are ignored`(_ version: String) throws {
    var body = try AttributeValue(json: PlanFile.everyday.json)
    body["format_version"] = .text(version)
    body["later"] = ["key": 1]
    body["scope.later"] = true
    guard case .list(var changes)? = body["resource_changes"] else {
      Issue.record("no changes")
      return
    }
    changes[0]["later"] = "x"
    changes[0]["change.later"] = []
    body["resource_changes"] = .list(changes)
    #expect(try read(body.prettyJSON) == read(PlanFile.everyday.json))
  }

  private func failure(_ text: String, format: String) -> PlanFileFailure? {
    failure(
      text.replacing(#""format_version": "1.0""#, with: #""format_version": "\#(format)""#))
  }

  @Test(arguments: [
    ("", "is not the JSON of a plan: a value is due at byte 0"),
    ("plan", "is not the JSON of a plan: a value is due at byte 0"),
    ("{}", "is JSON, and no plan: it has no 'format_version'"),
    ("[]", "is JSON, and no plan: it has no 'format_version'"),
    (#"{"format_version":1}"#, "is JSON, and no plan: it has no 'format_version'"),
    (
      #"{"format_version":"1.0"}"#,
      "is no plan that this version reads: 'scope' is missing or not as it should be"
    ),
    (
      #"{"format_version":"1.0","format_version":"1.0"}"#,
      "is not the JSON of a plan: a key is repeated at byte 24"
    ),
  ])
  func `what is no plan is told so`(_ text: String, _ reason: String) {
    #expect(failure(text) == .unreadable(reason))
  }

  @Test func `T18 hostile depth, bytes and size are refused`() {
    let deep = String(repeating: #"{"format_version":"#, count: 100_000)
    #expect(
      failure(deep) == .unreadable("is not the JSON of a plan: more than 64 levels at byte 1152"))
    let lists = #"{"format_version":"1.0","scope":"# + String(repeating: "[", count: 1_000_000)
    #expect(
      failure(lists) == .unreadable("is not the JSON of a plan: more than 64 levels at byte 95"))
    var bytes = Array(PlanFile.everyday.json.utf8)
    if let place = bytes.firstIndex(of: UInt8(ascii: "K")) ?? bytes.indices.dropFirst(5).first {
      bytes[place] = 0xFF
    }
    #expect(throws: PlanFileFailure.self) { try PlanFile(reading: bytes) }
    #expect(throws: PlanFileFailure.self) {
      try PlanFile(reading: Array(PlanFile.everyday.json.utf8) + [0])
    }
  }

  @Test func `T17 bytes that were changed at random never pass for another plan`() {
    let bytes = Array(PlanFile.everyday.json.utf8)
    for seed in UInt64(1)...300 {
      var random = SeededRandom(seed: seed)
      var changed = bytes
      guard let place = changed.indices.randomElement(using: &random) else { continue }
      changed[place] = .random(in: 0x20...0x7E, using: &random)
      guard let read = try? PlanFile(reading: changed) else { continue }
      #expect(read.plan == (try? PlanFile(reading: bytes))?.plan, "seed \(seed), byte \(place)")
      #expect(read.digest == PlanFile.everyday.digest, "seed \(seed), byte \(place)")
    }
  }
}
