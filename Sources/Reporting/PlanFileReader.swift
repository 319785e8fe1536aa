internal import Diagnostics
internal import Planning
internal import TargetModel

/// Why a file can't be used as a saved plan.
public enum PlanFileFailure: Error, Hashable, Sendable {
  /// It is no plan, or is damaged; the end of the sentence "The file ...".
  case unreadable(String)
  /// Its format is of another major version.
  case version(String)
  /// Its content is not what its digest says: somebody edited it.
  case edited
}

extension PlanFile {
  /// The most bytes a plan file may have (reliability.md section 2).
  public static let sizeLimit = 256 << 20

  /// Reads a saved plan and checks it against its own digest.
  public init(reading bytes: [UInt8]) throws(PlanFileFailure) {
    guard bytes.count <= Self.sizeLimit else { throw .unreadable("is too large for a plan") }
    let body: AttributeValue
    do {
      body = try AttributeValue(json: bytes)
    } catch {
      throw .unreadable("is not the JSON of a plan: \(error)")
    }
    guard let version = body["format_version"]?.text else {
      throw .unreadable("is JSON, and no plan: it has no 'format_version'")
    }
    guard version.split(separator: ".").first == "1" else { throw .version(version) }
    self = try PlanFileReader(body).file()
    guard body["digest"]?.text == digest else { throw .edited }
  }
}

/// Takes a plan file's JSON apart.
private struct PlanFileReader {
  let body: AttributeValue

  init(_ body: AttributeValue) { self.body = body }

  func file() throws(PlanFileFailure) -> PlanFile {
    guard let mode = PlanMode(rawValue: try text("mode")) else { throw wrong("mode") }
    var plan = Plan(
      stack: try text("scope.stack"),
      workspace: WorkspaceIdentity(
        subscriptionID: try text("scope.subscription_id"),
        resourceGroup: try text("scope.resource_group"), name: try text("scope.workspace"),
        location: try text("scope.location")), mode: mode)
    for item in try list("resource_changes") { plan.changes.append(try change(item)) }
    for item in try list("resource_drift") { plan.drift.append(try drift(item)) }
    for item in try list("steps") { plan.steps.append(try step(item)) }
    plan.unchangedCount = body["unchanged_count"]?.integer ?? 0
    guard case .bool(let isErrored)? = body["errored"] else { throw wrong("errored") }
    return PlanFile(
      plan: plan, berthVersion: try text("berth_version"), timestamp: try text("timestamp"),
      isErrored: isErrored, commit: body[AttributePath("source.commit")]?.text,
      manifestsSHA256: try text("source.manifests_sha256"))
  }

  private func change(_ item: AttributeValue) throws(PlanFileFailure) -> Change {
    guard let action = item["operation"]?.text.flatMap(Action.init(word:)),
      let rule = item[AttributePath("reason.rule")]?.text,
      let reason = item[AttributePath("reason.text")]?.text
    else { throw wrong("resource_changes") }
    var attributes: [AttributeChange] = []
    for each in item["attributes"]?.list ?? [] { attributes.append(try attribute(each)) }
    return Change(
      address: try address(item), action: action, reason: Reason(Rule(rule), reason),
      attributes: attributes,
      unchangedAttributeCount: item["unchanged_attribute_count"]?.integer ?? 0,
      source: location(item["source"]), resource: item["resource_id"]?.text,
      before: item[AttributePath("change.before")] ?? .null,
      after: item[AttributePath("change.after")] ?? .null,
      sensitivePaths: paths(item[AttributePath("change.after_sensitive")] ?? .null, []),
      precondition: item[AttributePath("precondition.fingerprint")]?.text.map {
        String($0.dropFirst("sha256:".count))
      })
  }

  private func attribute(_ item: AttributeValue) throws(PlanFileFailure) -> AttributeChange {
    guard let path = item["path"]?.list?.compactMap(\.text), !path.isEmpty,
      let effect = item["effect"]?.text.flatMap(AttributeChange.Effect.init)
    else { throw wrong("attributes") }
    return AttributeChange(
      path: AttributePath(path), before: item["before"] == .null ? nil : item["before"],
      after: item["after"] == .null ? nil : item["after"],
      isSensitive: item["sensitive"] == true, effect: effect)
  }

  private func drift(_ item: AttributeValue) throws(PlanFileFailure) -> DriftedTarget {
    var attributes: [AttributeChange] = []
    for each in item["attributes"]?.list ?? [] { attributes.append(try attribute(each)) }
    return DriftedTarget(
      address: try address(item), attributes: attributes,
      isMissing: item[AttributePath("change.actions")] == ["delete"],
      source: location(item["source"]))
  }

  private func step(_ item: AttributeValue) throws(PlanFileFailure) -> Step {
    guard let id = item["id"]?.text.flatMap(StepID.init),
      let act = item["act"]?.text.flatMap(Act.init),
      let waits = item["waits_for"]?.list?.map({ $0.text.flatMap(StepID.init) }),
      !waits.contains(nil)
    else { throw wrong("steps") }
    return Step(
      id: id, address: try address(item), act: act, resource: item["resource_id"]?.text,
      waitsFor: waits.compactMap { $0 })
  }

  private func address(_ item: AttributeValue) throws(PlanFileFailure) -> TargetAddress {
    guard let address = item["address"]?.text.flatMap(TargetAddress.init) else {
      throw wrong("address")
    }
    return address
  }

  /// The file, line and column are known; the byte is not, and nothing needs it.
  private func location(_ item: AttributeValue?) -> SourceLocation? {
    guard let file = item?["file"]?.text, let line = item?["line"]?.integer,
      let column = item?["column"]?.integer
    else { return nil }
    let start = SourcePosition(line: line, column: column, offset: 0)
    return SourceLocation(file: file, start: start, end: start)
  }

  /// The leaves of nested `true`s.
  private func paths(_ value: AttributeValue, _ prefix: [String]) -> [AttributePath] {
    guard let entries = value.map else { return value == true ? [AttributePath(prefix)] : [] }
    return entries.sorted { $0.key < $1.key }.flatMap { paths($0.value, prefix + [$0.key]) }
  }

  private func text(_ path: String) throws(PlanFileFailure) -> String {
    guard let text = body[AttributePath(path)]?.text else { throw wrong(path) }
    return text
  }

  private func list(_ key: String) throws(PlanFileFailure) -> [AttributeValue] {
    guard let list = body[key: key]?.list else { throw wrong(key) }
    return list
  }

  private func wrong(_ key: String) -> PlanFileFailure {
    .unreadable("is no plan that this version reads: '\(key)' is not as it should be")
  }
}
