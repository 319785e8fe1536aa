internal import TargetModel

/// Lists in pages, whose links go on behind the last name: what comes and goes meanwhile neither
/// doubles nor hides the rest.
struct ComputePages {
  let size: Int

  /// A page, and the mark of the next if there is one.
  typealias Page = (bodies: [AttributeValue], next: String?)

  /// The name in lower case behind which a page begins; nil for the first.
  func name(of mark: String?) throws(ServiceError) -> String? {
    guard let mark else { return nil }
    guard let bytes = Base64URL.decoded(mark), let last = String(validating: bytes, as: UTF8.self),
      !last.isEmpty
    else {
      throw ServiceError(
        400, "InvalidParameter",
        "The continuation token '$skip' is none that this service gave out.", target: "$skip")
    }
    return last
  }

  /// The page behind a name, of bodies that are sorted.
  func page(of bodies: [AttributeValue], after last: String?) -> Page {
    let rest = bodies.drop { body in
      last.map { (body["name"]?.text ?? "").lowercased() <= $0 } ?? false
    }
    let page = Array(rest.prefix(size))
    guard page.count < rest.count, let end = page.last?["name"]?.text else { return (page, nil) }
    return (page, Base64URL.encoded(end.lowercased().utf8))
  }
}
