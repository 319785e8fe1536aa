internal import Diagnostics
internal import Planning
internal import TargetModel

extension FuzzTarget {
  /// What users type after `--target`, here the first line, and the address on the second.
  static let addresses = FuzzTarget(name: "addresses") { bytes throws(BrokenLaw) in
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
      .map { String(decoding: $0, as: UTF8.self) }
    guard let first = lines.first, let last = lines.last else { return }
    let pattern = AddressPattern(first)
    guard let address = TargetAddress(last) else { return }
    try require("an address is read as it is shown", isSame(address.description, last), last)
    _ = StepID(last)
    let everything = AddressPattern("**")
    try require("two stars fit anything", everything?.matches(address) == true, last)
    if let exact = AddressPattern(last) {
      try require("an address fits itself", exact.matches(address), last)
    }
    guard let pattern else { return }
    let upper = TargetAddress(
      kind: KindName(address.kind.text.uppercasedASCII), name: address.name.uppercasedASCII)
    try require(
      "the case of letters means nothing", pattern.matches(upper) == pattern.matches(address),
      "\(first) and \(last)")
  }
}

extension String {
  fileprivate var uppercasedASCII: String {
    String(decoding: utf8.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }, as: UTF8.self)
  }
}
