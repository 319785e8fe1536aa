internal import TargetModel

/// Lists in pages, whose links go on behind the last name: what comes and goes meanwhile neither
/// doubles nor hides the rest.
struct ComputePages {
  let size: Int

  /// One page, and the mark of the next if there is one.
  func page(
    of bodies: [AttributeValue], after mark: String?
  ) throws(ServiceError) -> (bodies: [AttributeValue], next: String?) {
    var rest = bodies[...]
    if let mark {
      guard let bytes = Base64URL.decoded(mark),
        let last = String(validating: bytes, as: UTF8.self), !last.isEmpty
      else {
        throw ServiceError(
          400, "InvalidParameter",
          "The continuation token '$skip' is none that this service gave out.", target: "$skip")
      }
      rest = rest.drop { ($0["name"]?.text ?? "").lowercased() <= last }
    }
    let page = Array(rest.prefix(size))
    guard page.count < rest.count, let last = page.last?["name"]?.text else { return (page, nil) }
    return (page, Base64URL.encoded(last.lowercased().utf8))
  }
}
