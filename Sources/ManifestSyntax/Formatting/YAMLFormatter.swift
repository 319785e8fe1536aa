public import Diagnostics

/// What became of a text that was to be formatted.
public enum YAMLFormatting: Hashable, Sendable {
  /// The text in canonical form; equal to what it was if it had that form.
  case formatted([UInt8])
  /// It is not what manifests may be; the findings say why.
  case unreadable
  /// No canonical form was found that surely means the same.
  ///
  /// A text at the root that begins with `---` or `...` behind blanks leads here, since at the
  /// start of a line it would be the mark of a document. Nothing else is known to: every text is
  /// read again once it is formatted, and this is what a difference comes to.
  case unfaithful
}

/// Brings a YAML text into canonical form.
///
/// Lines stay lines: what changes is indentation, blanks between tokens, runs of blank lines, and
/// the line breaks themselves. `docs/formatting.md` describes the form.
///
/// Laws: the formatted text reads as the same documents, anchors, aliases, tags, quotes and blocks
/// included; its comments are the same in the same order, but for blanks at their ends; and
/// formatting it again changes nothing.
public func formatYAML(
  _ bytes: [UInt8], file: String, limits: YAMLLimits = .standard,
  reporting findings: inout DiagnosticList
) -> YAMLFormatting {
  guard let text = checkText(bytes, file: file, limits: limits, reporting: &findings),
    let layout = readLayout(of: text, file: file, limits: limits, reporting: &findings)
  else { return .unreadable }
  var walk = LayoutWalk(text)
  guard let (formatted, comments) = walk.run(layout),
    let again = reread(formatted, file: file, limits: limits),
    again.layout.map(\.content) == layout.map(\.content), again.comments == comments
  else { return .unfaithful }
  return .formatted(formatted)
}

/// What a text says once it is read again.
private func reread(
  _ bytes: [UInt8], file: String, limits: YAMLLimits
) -> (layout: [LayoutMark], comments: [[UInt8]])? {
  var limits = limits
  // Indentation may have grown.
  limits.documentSize = .max
  limits.fileSize = .max
  var findings = DiagnosticList()
  guard let text = checkText(bytes, file: file, limits: limits, reporting: &findings),
    let layout = readLayout(of: text, file: file, limits: limits, reporting: &findings)
  else { return nil }
  var walk = LayoutWalk(text)
  guard let (_, comments) = walk.run(layout) else { return nil }
  return (layout, comments)
}
