internal import TargetModel

/// The service's own look at a body: what a client without Berth's checks may get wrong.
extension BodyRules {
  /// Refuses a body with values of the wrong type or out of range, and a body of a target to be
  /// made that lacks what is required.
  func check(_ body: AttributeValue, isNew: Bool) throws(ServiceRefusal) {
    for field in kind.fields where field.setBy == .user {
      guard let wire = field.wire else { continue }
      guard let value = body[wire], value != .null else {
        if isNew, field.isRequired, field.defaultValue == nil { throw .missing(wire) }
        continue
      }
      guard field.shape != nil || field.type.accepts(value) else {
        throw ServiceRefusal(
          400, "InvalidParameter", "The value of property '\(wire)' is not valid.", target: wire)
      }
    }
    for (key, value) in body["tags"]?.map ?? [:] where value.text == nil {
      throw ServiceRefusal(
        400, "InvalidParameter", "The value of tag '\(key)' is no text.", target: "tags")
    }
  }
}

extension ServiceRefusal {
  fileprivate static func missing(_ wire: AttributePath) -> ServiceRefusal {
    ServiceRefusal(
      400, "InvalidRequestContent", "The property '\(wire)' is required.", target: wire)
  }
}

extension FieldType {
  /// True if the service takes this JSON for a value of the type.
  fileprivate func accepts(_ wire: AttributeValue) -> Bool {
    switch self {
    case .text, .toggle, .region, .secretFile: wire.text != nil
    case .boolean: wire.bool != nil
    case .integer(let range): wire.integer.map(range.contains) ?? false
    case .duration: wire.text.flatMap(ISODuration.seconds) != nil
    case .choice(let choices):
      // Enumerations compare without case (api.md section 3).
      wire.text.map { word in choices.contains { $0.wire.lowercased() == word.lowercased() } }
        ?? false
    case .resourceID: wire.text.map { (try? ARMResourceID(parsing: $0)) != nil } ?? false
    case .list: wire.list != nil
    case .object, .map: wire.map != nil
    case .anything: true
    }
  }
}
