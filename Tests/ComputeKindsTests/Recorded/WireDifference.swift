import TargetModel

/// A place where Berth's body and a recorded one are not the same.
struct WireDifference: CustomStringConvertible {
  let path: String
  let recorded: AttributeValue?
  let ours: AttributeValue?

  var description: String {
    "\(path): recorded \(recorded?.canonicalJSON ?? "-"), ours \(ours?.canonicalJSON ?? "-")"
  }

  /// Every difference between two bodies, spelling and `null` included, by path.
  static func between(recorded: AttributeValue, ours: AttributeValue) -> [WireDifference] {
    let (recorded, ours) = (recorded.leaves(), ours.leaves())
    return Set(recorded.keys).union(ours.keys).sorted().compactMap { path in
      recorded[path] == ours[path]
        ? nil : WireDifference(path: path, recorded: recorded[path], ours: ours[path])
    }
  }
}

extension AttributeValue {
  /// What stands at the ends of a value's branches, by path.
  func leaves(at path: String = "") -> AttributeMap {
    switch self {
    case .map(let entries) where !entries.isEmpty:
      entries.reduce(into: [:]) { result, entry in
        let inner = path.isEmpty ? entry.key : "\(path).\(entry.key)"
        result.merge(entry.value.leaves(at: inner)) { first, _ in first }
      }
    case .list(let elements) where !elements.isEmpty:
      elements.enumerated().reduce(into: [:]) { result, element in
        result.merge(element.element.leaves(at: "\(path)[\(element.offset)]")) { first, _ in first }
      }
    case .null where path.isEmpty: [:]
    case .map, .list, .null, .bool, .integer, .number, .text, .secret: [path: self]
    }
  }
}

/// A difference that means nothing, and why.
struct AllowedDifference: Sendable {
  /// Where in the body; several paths share a row where all else is the same.
  let paths: [String]
  let scope: Scope
  let recorded: Said
  let ours: Said
  let reason: String

  /// The requests it is allowed in: of one client or all, of one type or all, or of one source.
  struct Scope: Sendable {
    var client: Client?
    var kind: String?
    var source: String?

    static let everywhere = Scope()
    static func of(_ client: Client? = nil, _ kind: String, source: String? = nil) -> Scope {
      Scope(client: client, kind: kind, source: source)
    }

    func contains(_ request: RecordedRequest) -> Bool {
      (client == nil || client == request.client) && (kind == nil || kind == request.kind)
        && (source == nil || source == request.source)
    }
  }

  /// What a side sends.
  enum Said: Sendable {
    case nothing
    case value(AttributeValue)
    /// A text that has this in it; the rest of the two sides is the same.
    case part(String)
    /// Anything at all, told in words.
    case some(String)
  }

  init(
    _ paths: String..., in scope: Scope, recorded: Said = .nothing, ours: Said = .nothing,
    because reason: String
  ) {
    self.paths = paths
    self.scope = scope
    self.recorded = recorded
    self.ours = ours
    self.reason = reason
  }

  func covers(_ difference: WireDifference, of request: RecordedRequest) -> Bool {
    guard scope.contains(request), paths.contains(difference.path),
      recorded.matches(difference.recorded), ours.matches(difference.ours)
    else { return false }
    guard case (.part(let theirs), .part(let mine)) = (recorded, ours) else { return true }
    return difference.recorded?.text?.replacing(theirs, with: mine) == difference.ours?.text
  }
}

extension AllowedDifference.Said {
  func matches(_ value: AttributeValue?) -> Bool {
    switch self {
    case .nothing: value == nil
    case .value(let expected): value == expected
    case .part(let part): value?.text?.contains(part) == true
    case .some: value != nil
    }
  }
}
