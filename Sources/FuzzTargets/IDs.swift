internal import ComputeKinds
internal import Diagnostics
internal import TargetModel

extension FuzzTarget {
  /// Ids of resources, and hosts: two spellings of one resource are one resource to all that ask.
  static let ids = FuzzTarget(name: "ids") { bytes throws(BrokenLaw) in
    let text = String(decoding: bytes, as: UTF8.self)
    try checkHost(text)
    let id = try? ARMResourceID(parsing: text)
    if !text.utf8.elementsEqual("/".utf8), text.utf8.last != UInt8(ascii: "/") {
      let slashed = try? ARMResourceID(parsing: text + "/")
      try require("a slash at the end means nothing", slashed == id, text)
      try require("it is left out of what is shown", slashed?.text == id?.text, text)
    }
    let other = try? ARMResourceID(parsing: text.inOtherCase)
    try require("the case of letters means nothing", other == id, text)
    guard let id, let other else { return }
    try check(id)
    try require("equal ids have one type", other.type == id.type)
    let target = attachment(to: text)
    let otherTarget = attachment(to: text.inOtherCase)
    try require("an attachment holds what it names", target.heldResource?.key == id.canonical)
    try require(
      "two spellings clash",
      target.heldResource.map { otherTarget.heldResource?.clashes(with: $0) == true } == true)
    try require("equal ids have equal digests", target.appliedDigest == otherTarget.appliedDigest)
  }
}

private func check(_ id: ARMResourceID) throws(BrokenLaw) {
  let canonical = try require(
    "the canonical form is an id", try? ARMResourceID(parsing: id.canonical), id.text)
  try require("it is the same one", canonical == id, id.text)
  try require("it is its own canonical form", isSame(canonical.canonical, id.canonical), id.text)
  try require("it is how it is shown", isSame(canonical.text, id.canonical), id.text)
  try require("it ends in the name", id.canonical.hasSuffix("/" + id.name.lowercased()), id.text)
  try require(
    "it begins with the subscription", id.canonical.hasPrefix("/subscriptions/\(id.subscription)/"),
    id.text)
  try require("it has its type", canonical.type == id.type && !id.type.hasPrefix("/"), id.text)
}

private func checkHost(_ text: String) throws(BrokenLaw) {
  let host = ResourceIdentity(host: text)
  try require("the case of a host means nothing", ResourceIdentity(host: text.inOtherCase) == host)
  try require("a host is shown as it was written", isSame(host.shown, text))
  try require("a host clashes with itself", host.clashes(with: host))
  if text.utf8.last != UInt8(ascii: ".") {
    try require("a full stop at its end means nothing", ResourceIdentity(host: text + ".") == host)
  }
}

/// A target that holds a resource.
private func attachment(to text: String) -> ComputeTarget {
  var target = ComputeTarget(
    name: "a", kind: .kubernetes, attributes: Attributes(for: .kubernetes),
    location: SourceLocation(startOf: "a.yml"))
  target["resource_id"] = .text(text)
  return target
}

extension String {
  /// The text with every other ASCII letter in the other case.
  fileprivate var inOtherCase: String {
    var bytes = Array(utf8)
    for index in bytes.indices where index.isMultiple(of: 2) {
      switch bytes[index] | 0x20 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): bytes[index] ^= 0x20
      default: break
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
