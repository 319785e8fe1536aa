internal import Digests
internal import Planning
internal import TargetModel

/// The text form of a journal: one JSON object a line, each with its number and a checksum.
///
///     {"at":1767603600000,"n":2,"operation":"https://…","record":"submitted","step":"s1","sum":"9f2c…","v":1}
public enum JournalCodec {
  /// The version of the form.
  ///
  /// Readers refuse others.
  public static let version = 1

  /// An entry as a line, newline included.
  /// - Parameter number: how many entries of this journal come before it.
  public static func line(_ entry: JournalEntry, number: Int) -> String {
    var line = fields(of: entry.record)
    line["at"] = .integer(entry.milliseconds)
    line["n"] = .integer(number)
    line["v"] = .integer(version)
    line["sum"] = .text(checksum(line))
    return AttributeValue.map(line).canonicalJSON + "\n"
  }

  /// Reads a journal.
  ///
  /// What is torn or damaged is cut off and told, together with everything after it; the entries
  /// before it survive.
  public static func read(_ bytes: [UInt8]) throws(JournalFailure) -> JournalReading {
    var entries: [JournalEntry] = []
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      let line = bytes[start..<(newline ?? bytes.endIndex)]
      if start == bytes.startIndex { try checkVersion(line) }
      let damage: String
      if newline == nil {
        damage = "the last line is torn"
      } else {
        switch entry(in: line, number: entries.count) {
        case .success(let entry):
          entries.append(entry)
          start = line.endIndex + 1
          continue
        case .failure(let failure): damage = failure.reason
        }
      }
      return JournalReading(
        entries: entries,
        damage: JournalDamage(
          line: entries.count + 1, discardedBytes: bytes.endIndex - start, reason: damage))
    }
    return JournalReading(entries: entries)
  }

  /// The first line tells the version.
  ///
  /// What is not even JSON is damage, not another version.
  private static func checkVersion(_ line: ArraySlice<UInt8>) throws(JournalFailure) {
    guard let found = (try? AttributeValue(json: line))?["v"]?.integer, found != version else {
      return
    }
    throw .unknownVersion(found)
  }

  private struct Damage: Error { let reason: String }

  private static func entry(
    in bytes: ArraySlice<UInt8>, number: Int
  ) -> Result<JournalEntry, Damage> {
    guard var line = (try? AttributeValue(json: bytes))?.map else {
      return .failure(Damage(reason: "the line is not JSON"))
    }
    let sum = line.removeValue(forKey: "sum")?.text
    guard sum == checksum(line) else {
      return .failure(Damage(reason: "the checksum does not fit"))
    }
    guard line["n"]?.integer == number else {
      return .failure(Damage(reason: "a line before it is missing"))
    }
    guard let milliseconds = line["at"]?.integer, let record = record(in: line) else {
      return .failure(Damage(reason: "the record is unknown"))
    }
    return .success(JournalEntry(milliseconds: milliseconds, record: record))
  }

  private static func checksum(_ line: AttributeMap) -> String {
    String(sha256(AttributeValue.map(line).canonicalJSONBytes).prefix(16))
  }
}

/// What a journal holds.
public struct JournalReading: Hashable, Sendable {
  /// The entries, in order.
  public var entries: [JournalEntry]
  /// What was cut off, if anything.
  public var damage: JournalDamage?

  /// Makes a journal reading of its parts.
  public init(entries: [JournalEntry], damage: JournalDamage? = nil) {
    self.entries = entries
    self.damage = damage
  }
}

/// The part of a journal that could not be read.
public struct JournalDamage: Hashable, Sendable {
  /// The first line that is damaged, from 1.
  public var line: Int
  /// How many bytes were left aside.
  public var discardedBytes: Int
  /// A few words, without a full stop.
  public var reason: String
}

/// Why a journal is not read at all.
public enum JournalFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// It was written by a version of Berth with another form.
  case unknownVersion(Int)

  /// The text that people read.
  public var description: String {
    switch self {
    case .unknownVersion(let version):
      "The journal has version \(version); this Berth reads version \(JournalCodec.version)."
    }
  }
}

// MARK: Records and their keys

extension JournalCodec {
  private static func fields(of record: JournalRecord) -> AttributeMap {
    switch record {
    case .started(let header):
      [
        "record": "started", "run": .text(header.run), "stack": .text(header.stack),
        "workspace": .text(header.workspace), "plan": .text(header.planDigest),
      ]
    case .intended(let intent):
      [
        "record": "intended", "step": text(intent.step), "act": .text(intent.act.rawValue),
        "kind": .text(intent.address.kind.text), "name": .text(intent.address.name),
        "resource": intent.resource.map(AttributeValue.text) ?? .null,
      ]
    case .submitted(let step, let operation):
      [
        "record": "submitted", "step": text(step),
        "operation": operation.map(AttributeValue.text) ?? .null,
      ]
    case .finished(let step, let result):
      fields(of: result).merging(["record": "finished", "step": text(step)]) { first, _ in first }
    case .ended(let end):
      ["record": "ended", "end": .text(end.rawValue)]
    }
  }

  private static func fields(of result: StepResult) -> AttributeMap {
    switch result {
    case .done: ["result": "done"]
    case .failed(let code, let message):
      ["result": "failed", "code": .text(code), "message": .text(message)]
    case .unknown(let code, let message):
      ["result": "unknown", "code": .text(code), "message": .text(message)]
    case .notSent: ["result": "not-sent"]
    }
  }

  private static func text(_ step: StepID) -> AttributeValue { .text(step.description) }

  private static func record(in line: AttributeMap) -> JournalRecord? {
    switch line["record"]?.text {
    case "started": header(in: line).map(JournalRecord.started)
    case "intended": intent(in: line).map(JournalRecord.intended)
    case "submitted":
      step(in: line).map { .submitted($0, operation: line["operation"]?.text) }
    case "finished":
      step(in: line).flatMap { step in result(in: line).map { .finished(step, $0) } }
    case "ended": line["end"]?.text.flatMap(RunEnd.init).map(JournalRecord.ended)
    default: nil
    }
  }

  private static func header(in line: AttributeMap) -> RunHeader? {
    guard let run = line["run"]?.text, let stack = line["stack"]?.text,
      let workspace = line["workspace"]?.text, let plan = line["plan"]?.text
    else { return nil }
    return RunHeader(run: run, stack: stack, workspace: workspace, planDigest: plan)
  }

  private static func intent(in line: AttributeMap) -> Intent? {
    guard let step = step(in: line), let act = line["act"]?.text.flatMap(Act.init),
      let kind = line["kind"]?.text, let name = line["name"]?.text
    else { return nil }
    return Intent(
      step: step, act: act, address: TargetAddress(kind: KindName(kind), name: name),
      resource: line["resource"]?.text)
  }

  private static func step(in line: AttributeMap) -> StepID? {
    line["step"]?.text.flatMap { StepID($0) }
  }

  private static func result(in line: AttributeMap) -> StepResult? {
    let code = line["code"]?.text ?? ""
    let message = line["message"]?.text ?? ""
    return switch line["result"]?.text {
    case "done": .done
    case "failed": .failed(code: code, message: message)
    case "unknown": .unknown(code: code, message: message)
    case "not-sent": .notSent
    default: nil
    }
  }
}
