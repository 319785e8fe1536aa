internal import Diagnostics
internal import TargetModel

/// `FIELD=VALUE` as somebody types it for the portal.
enum PortalText {
  static let powerPaths: [AttributePath] = ["state", "berth.power_state"]

  /// Reads an assignment for a kind.
  static func parse(
    _ text: String, _ kind: KindDescriptor
  ) throws(PortalRefusal) -> (path: AttributePath, value: AttributeValue) {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw PortalRefusal(reason: "'\(text)' should read FIELD=VALUE.")
    }
    let path = AttributePath(String(text[..<equals]))
    let word = String(text[text.index(after: equals)...])
    let isFree =
      path.segments.first == "tags" && path.segments.count > 1 || path == "provisioning_state"
      || kind.hasPower && powerPaths.contains(path)
    if word.isEmpty { return (path, .null) }
    if isFree { return (path, .text(word)) }
    return (path, try value(word, path, try field(path, of: kind).type))
  }

  private static func value(
    _ word: String, _ path: AttributePath, _ type: FieldType
  ) throws(PortalRefusal) -> AttributeValue {
    let value: AttributeValue? =
      switch type {
      case .text, .choice, .resourceID, .region, .secretFile: .text(word)
      case .integer, .duration: Int(word).map(AttributeValue.integer)
      case .boolean, .toggle:
        switch word.lowercased() {
        case "true": .bool(true)
        case "false": .bool(false)
        default: nil
        }
      case .list: json(word).flatMap { $0.list == nil ? nil : $0 }
      case .object, .map: json(word).flatMap { $0.map == nil ? nil : $0 }
      case .anything: json(word) ?? .text(word)
      }
    guard let value else {
      throw PortalRefusal(reason: "'\(word)' is no value for '\(path)': \(due(type)) is due.")
    }
    return value
  }

  private static func json(_ word: String) -> AttributeValue? { try? AttributeValue(json: word) }

  private static func due(_ type: FieldType) -> String {
    switch type {
    case .integer: "a whole number"
    case .duration(.seconds, _): "a whole number of seconds"
    case .duration(.minutes, _): "a whole number of minutes"
    case .boolean, .toggle: "true or false"
    case .list: "a JSON list"
    case .object, .map: "a JSON object"
    case .text, .choice, .resourceID, .region, .secretFile, .anything: "text"
    }
  }

  static func field(
    _ path: AttributePath, of kind: KindDescriptor
  ) throws(PortalRefusal) -> Field {
    guard let slot = kind.slot(path) else { throw unknown(path, kind) }
    return kind.fields[slot]
  }

  static func unknown(_ path: AttributePath, _ kind: KindDescriptor) -> PortalRefusal {
    let known = kind.fields.filter { $0.wire != nil }.map(\.path.description)
    let hint = nearest(to: path.description, among: known).map { " Did you mean '\($0)'?" } ?? ""
    return PortalRefusal(reason: "The type '\(kind.name)' has no field '\(path)'.\(hint)")
  }
}
