internal import TargetModel

/// What an update begins with: the living target's body, without anything that only the service
/// sets (api.md section 7).
///
/// Made from the fields that the kind knows. What it does not know is left out, and so kept by the
/// service as it is; so is every object of which the service never tells a part: without that part it
/// would be another one.
func writableBody(_ body: AttributeValue, of kind: KindDescriptor) -> AttributeValue {
  var writable: AttributeValue = [
    "properties": ["computeType": .text(kind.computeType)]
  ]
  // Berth's own marks stand among the tags.
  for path: AttributePath in ["location", "tags"] {
    if let value = body[path], value != .null { writable[path] = value }
  }
  let untold = Set(kind.fields.filter(\.isWriteOnly).compactMap { $0.wire?.object })
  for field in kind.fields where field.setBy == .user && !field.isWriteOnly {
    guard field.path != "tags", let wire = field.wire, let value = body[wire], value != .null,
      wire.object.map({ !untold.contains($0) }) ?? true
    else { continue }
    // There and back again: the service's own additions do not come along.
    let decoded = field.decode(value)
    if decoded != .null { writable[wire] = field.encode(decoded) }
  }
  return writable
}

extension AttributePath {
  /// The object among a kind's properties that a field is part of; nil for the properties themselves.
  fileprivate var object: ArraySlice<String>? {
    let parent = segments.dropLast()
    return parent.count > 2 ? parent : nil
  }
}
