package import Planning
internal import TargetModel

extension Plan {
  /// The plan in a few short lines, for tests that people read: one for each change with its reason
  /// and what differs, then one for each step with what it waits for.
  ///
  ///     detachThenAttach link.a (cannot-update) tls!
  ///     s1 detach link.a
  ///     s2 attach link.a after s1 (detach-first)
  ///
  /// An exclamation mark stands behind attributes that can't be changed on a living target.
  package var listing: String {
    (changes.map(\.listing) + steps.map(\.listing)).joined(separator: "\n")
  }
}

extension Change {
  fileprivate var listing: String {
    let differing = attributes.map { "\($0.path)\($0.effect == .inPlace ? "" : "!")" }
    let isMade = before == .null
    let shown = isMade || differing.isEmpty ? "" : " " + differing.joined(separator: " ")
    return "\(action.rawValue) \(address) (\(reason.rule))\(shown)"
  }
}

extension Step {
  fileprivate var listing: String {
    let waits = waits.map { wait in "\(wait.step)" + (wait.rule.map { " (\($0))" } ?? "") }
    return "\(id) \(act.rawValue) \(address)"
      + (waits.isEmpty ? "" : " after " + waits.joined(separator: " "))
  }
}
