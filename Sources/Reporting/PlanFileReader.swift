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

  /// Reads a saved plan.
  ///
  /// What is read is written again and compared with the file, so that a change of anything that
  /// Berth or a policy relies on is found, whether the digest was adjusted or not. Keys that this
  /// version does not know are ignored. Of a manifest's place only file, line and column come back.
  public init(reading bytes: [UInt8]) throws(PlanFileFailure) {
    let body = try Self.body(of: bytes)
    self = try PlanFileReader(body: body).file()
    var written = content
    // A later minor version may say more, and says so here.
    written["format_version"] = body["format_version"]
    guard body["digest"]?.text == digest, body.contains(written) else { throw .edited }
    guard plan.stepsFitChanges else {
      throw .unreadable("has steps that do not belong to its changes")
    }
  }

  /// Reads what a plan file says, whoever wrote it and whether it holds together.
  ///
  /// For tests, which seal again what they changed; nothing that is applied is read so.
  package init(unsealed bytes: [UInt8]) throws(PlanFileFailure) {
    self = try PlanFileReader(body: Self.body(of: bytes)).file()
  }

  /// The JSON of a plan in a format that is known.
  private static func body(of bytes: [UInt8]) throws(PlanFileFailure) -> AttributeValue {
    guard bytes.count <= sizeLimit else { throw .unreadable("is too large for a plan") }
    let body: AttributeValue
    do {
      body = try AttributeValue(json: bytes)
    } catch {
      throw .unreadable("is not the JSON of a plan: \(error)")
    }
    guard let version = body["format_version"]?.text else {
      throw .unreadable("is JSON, and no plan: it has no 'format_version'")
    }
    guard version == "1" || version.hasPrefix("1.") else { throw .version(version) }
    return body
  }
}

extension AttributeValue {
  /// True if everything in `other` stands here too; maps may have more.
  fileprivate func contains(_ other: AttributeValue) -> Bool {
    switch (self, other) {
    case (.map(let entries), .map(let others)):
      return others.allSatisfy { key, value in entries[key]?.contains(value) ?? false }
    case (.list(let elements), .list(let others)):
      return elements.count == others.count
        && zip(elements, others).allSatisfy { $0.contains($1) }
    case (.text(let text), .text(let other)):
      return text.utf8.elementsEqual(other.utf8)
    default: return self == other
    }
  }
}

extension Plan {
  /// True if the steps do what the changes say: people review the changes, and the steps are what
  /// is done.
  ///
  /// The digest can't promise that, since it is no signature.
  fileprivate var stepsFitChanges: Bool {
    var acts: [TargetAddress: [Act]] = [:]
    var seen: Set<StepID> = []
    for step in steps {
      guard step.waitsFor.allSatisfy(seen.contains), seen.insert(step.id).inserted else {
        return false
      }
      acts[step.address, default: []].append(step.act)
    }
    let fits = changes.allSatisfy { change in
      change.action.isBroughtAbout(by: acts.removeValue(forKey: change.address) ?? [])
    }
    return fits && acts.isEmpty
  }
}

extension Action {
  /// True if these acts, in this order, are what the action says.
  ///
  /// A target that was made may be switched off afterwards, and one that was changed on or off.
  fileprivate func isBroughtAbout(by acts: [Act]) -> Bool {
    switch self {
    case .create, .attach, .detachThenAttach, .deleteThenCreate, .detachThenCreate,
      .deleteThenAttach:
      let made = [release, acquisition].compactMap(\.self)
      return acts == made || acts == made + [.stop]
    case .detach, .delete: return acts == [release]
    case .update:
      let changes: [Act] = acts.first == .update || acts.first == .mark ? [acts[0]] : []
      let power = Array(acts.dropFirst(changes.count))
      return !acts.isEmpty && [[], [.start], [.stop]].contains(power)
    case .adopt, .forget: return acts == [.mark]
    case .start: return acts == [.start]
    case .stop: return acts == [.stop]
    }
  }
}

/// Takes a plan file's JSON apart.
///
/// Every key is there and has its type, or the file is refused.
private struct PlanFileReader {
  let body: AttributeValue

  func file() throws(PlanFileFailure) -> PlanFile {
    let scope = try map("scope", in: body)
    let source = try map("source", in: body)
    guard let mode = PlanMode(rawValue: try text("mode", in: body)) else { throw wrong("mode") }
    var plan = Plan(
      stack: try text("stack", in: scope),
      workspace: WorkspaceIdentity(
        subscriptionID: try text("subscription_id", in: scope),
        resourceGroup: try text("resource_group", in: scope),
        name: try text("workspace", in: scope), location: try text("location", in: scope)),
      mode: mode)
    for item in try list("resource_changes", in: body) { plan.changes.append(try change(item)) }
    for item in try list("resource_drift", in: body) { plan.drift.append(try drift(item)) }
    for item in try list("steps", in: body) { plan.steps.append(try step(item)) }
    // It stands there only where there are any.
    if body[key: "unmanaged_targets"] != nil {
      for item in try list("unmanaged_targets", in: body) {
        plan.unmanaged.append(
          UnmanagedTarget(
            address: try address(item), owner: try optionalText("owner", in: item),
            resource: try optionalText("resource_id", in: item),
            isKnownKind: try bool("known_type", in: item)))
      }
    }
    plan.unchangedCount = try integer("unchanged_count", in: body)
    if body[key: "left_out"] != nil {
      for item in try list("left_out", in: body) {
        guard let address = item.text.flatMap(TargetAddress.init) else { throw wrong("left_out") }
        plan.leftOut.append(address)
      }
    }
    return PlanFile(
      plan: plan, berthVersion: try text("berth_version", in: body),
      timestamp: try text("timestamp", in: body), isErrored: try bool("errored", in: body),
      isRefreshed: body[key: "refreshed"]?.bool ?? true,
      commit: try optionalText("commit", in: source),
      manifestsSHA256: try text("manifests_sha256", in: source))
  }

  // MARK: Parts

  private func change(_ item: AttributeValue) throws(PlanFileFailure) -> Change {
    let reason = try map("reason", in: item)
    let values = try map("change", in: item)
    guard let action = Action(word: try text("operation", in: item)) else {
      throw wrong("operation")
    }
    var sensitivePaths: [AttributePath] = []
    for each in try list("sensitive_paths", in: item) {
      sensitivePaths.append(try path(each, "sensitive_paths"))
    }
    var change = Change(
      address: try address(item), action: action,
      reason: Reason(Rule(try text("rule", in: reason)), try text("text", in: reason)),
      attributes: try attributes(item),
      unchangedAttributeCount: try integer("unchanged_attribute_count", in: item),
      source: try location(item), resource: try optionalText("resource_id", in: item),
      before: values[key: "before"] ?? .null, after: values[key: "after"] ?? .null,
      sensitivePaths: sensitivePaths, precondition: try fingerprint(item))
    change.isRequested = item[key: "action_reason"]?.text == Change.requested
    return change
  }

  private func attributes(_ item: AttributeValue) throws(PlanFileFailure) -> [AttributeChange] {
    var attributes: [AttributeChange] = []
    for each in try list("attributes", in: item) {
      guard let effect = AttributeChange.Effect(rawValue: try text("effect", in: each)) else {
        throw wrong("effect")
      }
      attributes.append(
        AttributeChange(
          path: try path(each[key: "path"] ?? .null, "path"), before: each[key: "before"],
          after: each[key: "after"], isSensitive: try bool("sensitive", in: each), effect: effect,
          severity: try severity(each)))
    }
    return attributes
  }

  private func severity(_ item: AttributeValue) throws(PlanFileFailure) -> DriftSeverity? {
    guard let text = try optionalText("severity", in: item) else { return nil }
    guard let severity = DriftSeverity(rawValue: text) else { throw wrong("severity") }
    return severity
  }

  private func drift(_ item: AttributeValue) throws(PlanFileFailure) -> DriftedTarget {
    let actions = try list("actions", in: try map("change", in: item))
    return DriftedTarget(
      address: try address(item), attributes: try attributes(item),
      isMissing: actions == ["delete"], isUnclear: item[key: "unclear"]?.bool == true,
      source: try location(item))
  }

  private func step(_ item: AttributeValue) throws(PlanFileFailure) -> Step {
    guard let id = StepID(try text("id", in: item)) else { throw wrong("id") }
    guard let act = Act(rawValue: try text("act", in: item)) else { throw wrong("act") }
    let rules = item[key: "wait_rules"]
    var waits: [Wait] = []
    for each in try list("waits_for", in: item) {
      guard let id = each.text.flatMap(StepID.init) else { throw wrong("waits_for") }
      waits.append(Wait(for: id, because: rules?[key: id.description]?.text.map { Rule($0) }))
    }
    return Step(
      id: id, address: try address(item), act: act,
      resource: try optionalText("resource_id", in: item), waits: waits)
  }

  private func address(_ item: AttributeValue) throws(PlanFileFailure) -> TargetAddress {
    guard let address = TargetAddress(try text("address", in: item)) else { throw wrong("address") }
    return address
  }

  /// The file, line and column are known; the byte is not, and nothing needs it.
  private func location(_ item: AttributeValue) throws(PlanFileFailure) -> SourceLocation? {
    guard item[key: "source"] != nil else { return nil }
    let source = try map("source", in: item)
    let start = SourcePosition(
      line: try integer("line", in: source), column: try integer("column", in: source), offset: 0)
    return SourceLocation(file: try text("file", in: source), start: start, end: start)
  }

  private func fingerprint(_ item: AttributeValue) throws(PlanFileFailure) -> String? {
    guard item[key: "precondition"] != nil else { return nil }
    let text = try text("fingerprint", in: try map("precondition", in: item))
    guard text.hasPrefix("sha256:") else { throw wrong("fingerprint") }
    return String(text.dropFirst("sha256:".count))
  }

  private func path(
    _ value: AttributeValue, _ key: String
  ) throws(PlanFileFailure) -> AttributePath {
    guard let elements = value.list, !elements.isEmpty else { throw wrong(key) }
    let segments = elements.compactMap(\.text)
    guard segments.count == elements.count else { throw wrong(key) }
    return AttributePath(segments)
  }

  // MARK: Types

  private func text(_ key: String, in item: AttributeValue) throws(PlanFileFailure) -> String {
    guard let text = item[key: key]?.text else { throw wrong(key) }
    return text
  }

  /// A text, or nil where the key is missing or null.
  private func optionalText(
    _ key: String, in item: AttributeValue
  ) throws(PlanFileFailure) -> String? {
    let value = item[key: key] ?? .null
    return value == .null ? nil : try text(key, in: item)
  }

  private func integer(_ key: String, in item: AttributeValue) throws(PlanFileFailure) -> Int {
    guard let integer = item[key: key]?.integer else { throw wrong(key) }
    return integer
  }

  private func bool(_ key: String, in item: AttributeValue) throws(PlanFileFailure) -> Bool {
    guard let bool = item[key: key]?.bool else { throw wrong(key) }
    return bool
  }

  private func list(
    _ key: String, in item: AttributeValue
  ) throws(PlanFileFailure) -> [AttributeValue] {
    guard let list = item[key: key]?.list else { throw wrong(key) }
    return list
  }

  private func map(
    _ key: String, in item: AttributeValue
  ) throws(PlanFileFailure) -> AttributeValue {
    guard let value = item[key: key], value.map != nil else { throw wrong(key) }
    return value
  }

  private func wrong(_ key: String) -> PlanFileFailure {
    .unreadable("is no plan that this version reads: '\(key)' is missing or not as it should be")
  }
}
