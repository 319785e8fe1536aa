internal import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// The rules whose warnings and notes a stack does not want to read; an error is never silenced.
///
/// A word that is no such rule is refused: a slip of the pen would silence nothing.
func silencedRules(
  of configuration: StackConfiguration, among rules: KindRules,
  reporting findings: inout DiagnosticList
) -> Set<Rule> {
  let known = Set(rules.catalog.kinds.flatMap(\.checks).flatMap(\.rules) + rules.silenceable)
  var silenced: Set<Rule> = []
  for (index, rule) in configuration.silence.enumerated() {
    guard known.contains(rule) else {
      let place = configuration.places["silence.\(index)"]
      findings.append(
        .notSilenceable(rule, nearest(to: rule.id, among: known.map(\.id).sorted()), place))
      continue
    }
    silenced.insert(rule)
  }
  return silenced
}

extension YAMLNode {
  /// The text of the scalar at a path of keys; nil for nothing and for a collection.
  func scalarText(at path: String) -> String? {
    var node = self
    for key in path.split(separator: ".") {
      guard let next = node[String(key)] else { return nil }
      node = next
    }
    return node.kind == .scalar && node.scalar != .null ? node.text : nil
  }
}

extension Diagnostic {
  fileprivate static func notSilenceable(
    _ rule: Rule, _ suggestion: String?, _ place: SourceLocation?
  ) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Nothing to silence",
      detail: "'silence' names '\(rule.id.shortened)', and no warning about a target has that id. "
        + (suggestion.map { "Did you mean \"\($0)\"?" }
          ?? "The id is what stands in brackets behind a message."),
      at: place)
  }
}
