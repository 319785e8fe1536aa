public import TargetModel

/// What the tables say of a kind or of one of its fields, for `berth explain` and `berth kinds`.
///
/// The same tables give the pages in `docs/kinds`.
public enum KindExplanation {
  /// What a path means within a kind.
  public enum Subject: Sendable {
    /// A field, at its full path; `olderName` is the name that was asked for, if it is an older
    /// one.
    case field(Field, path: AttributePath, olderName: AttributePath?)
    /// Fields under one key, with their full paths.
    case group([(path: AttributePath, field: Field)])
    /// Nothing; `known` are the paths that could have been meant.
    case unknown(known: [String])
  }

  /// Finds what a path means, through lists and maps: `schedules.compute_start_stop.action`.
  ///
  /// `[]`, an index, or the key of a map may stand where it stands in a manifest.
  public static func subject(_ path: AttributePath, in kind: KindDescriptor) -> Subject {
    find(path.segments[...], in: kind.fields, above: [])
      ?? .unknown(known: everyPath(of: kind.fields, above: []))
  }

  private static func find(
    _ path: ArraySlice<String>, in fields: [Field], above: [String]
  ) -> Subject? {
    for field in fields {
      for name in [field.path] + field.everyOlderName where path.starts(with: name.segments) {
        let place = AttributePath(above + field.path.segments)
        let rest = path.dropFirst(name.segments.count)
        if rest.isEmpty {
          let olderName = name == field.path ? nil : AttributePath(above + name.segments)
          return .field(field, path: place, olderName: olderName)
        }
        if let found = inside(rest, field.type, above: place.segments) { return found }
      }
    }
    let group = fields.filter { $0.path.segments.starts(with: path) }
    guard !group.isEmpty else { return nil }
    return .group(group.map { (AttributePath(above + $0.path.segments), $0) })
  }

  private static func inside(
    _ path: ArraySlice<String>, _ type: FieldType, above: [String]
  ) -> Subject? {
    switch type {
    case .object(let fields): return find(path, in: fields, above: above)
    case .list(let element, _):
      let isIndexed = path.first.map { $0 == "[]" || Int($0) != nil } ?? false
      return inside(isIndexed ? path.dropFirst() : path, element, above: above)
    case .map(let element):
      return inside(path, element, above: above)
        ?? inside(path.dropFirst(), element, above: above + ["NAME"])
    case .text, .boolean, .toggle, .integer, .duration, .choice, .resourceID, .region,
      .secretFile, .anything:
      return nil
    }
  }

  private static func everyPath(of fields: [Field], above: [String]) -> [String] {
    fields.flatMap { field in
      let place = above + field.path.segments
      return [place.joined(separator: ".")] + everyPath(inside: field.type, above: place)
    }
  }

  private static func everyPath(inside type: FieldType, above: [String]) -> [String] {
    switch type {
    case .object(let fields): everyPath(of: fields, above: above)
    case .list(let element, _), .map(let element): everyPath(inside: element, above: above)
    case .text, .boolean, .toggle, .integer, .duration, .choice, .resourceID, .region,
      .secretFile, .anything:
      []
    }
  }

  // MARK: Facts

  /// What is to be said of a field, as pairs of a word and a text.
  public static func facts(
    of field: Field, path: AttributePath, in kind: KindDescriptor
  ) -> [(name: String, text: String)] {
    var facts: [(name: String, text: String)] = [("type", field.type.inWords)]
    if field.setBy == .user {
      facts.append(("default", field.defaultInWords))
    }
    facts.append(("set by", field.setBy == .user ? "the manifest" : "the service"))
    if field.setBy == .user { facts.append(("a change", effect(of: field, path, in: kind))) }
    let wire = wirePath(of: field, path, in: kind)
    facts.append(("on the wire", wire?.description ?? "does not travel by itself"))
    facts.append(("secret", field.secrecyInWords))
    let olderNames = field.everyOlderName.map(\.description)
    if !olderNames.isEmpty {
      facts.append(("older names", olderNames.joined(separator: ", ")))
    }
    let olderWords = field.type.olderWords.map { "\($0[0]) is \($0[1])".plain }
    if !olderWords.isEmpty {
      facts.append(("older words", olderWords.joined(separator: ", ")))
    }
    if !field.source.isEmpty { facts.append(("source", field.source)) }
    return facts
  }

  /// The fields of a kind that a manifest may set and those that the service tells, a line each.
  public static func table(
    of fields: [(path: AttributePath, field: Field)]
  ) -> [[String]] {
    fields.map { path, field in
      [path.description, field.briefDefault.plain, field.shownSummary.plain]
    }
  }

  /// A field as JSON has it.
  public static func json(
    of field: Field, path: AttributePath, in kind: KindDescriptor
  ) -> AttributeValue {
    var result: AttributeValue = [
      "path": .text(path.description), "summary": .text(field.summary.plain),
      "type": .text(field.type.shown.plain), "required": .bool(field.isRequired),
      "set_by": field.setBy == .user ? "manifest" : "service",
      "secret": .bool(field.isSecret), "write_only": .bool(field.isWriteOnly),
      "older_names": .list(field.everyOlderName.map { .text($0.description) }),
    ]
    result["default"] = field.defaultValue
    if field.setBy == .user { result["change"] = .text(effect(of: field, path, in: kind)) }
    result["wire"] = wirePath(of: field, path, in: kind).map { .text($0.description) }
    if case .choice(let choices) = field.type {
      result["allowed"] = .list(choices.map { .text($0.name) })
    }
    if !field.source.isEmpty { result["source"] = .text(field.source) }
    return result
  }

  /// The row of the whole says what a change of a part costs.
  private static func effect(
    of field: Field, _ path: AttributePath, in kind: KindDescriptor
  ) -> String {
    guard kind.isInWorkspace else { return "nothing to do" }
    return (holder(of: path, in: kind) ?? field).shownEffect(of: kind.origin).plain
  }

  private static func wirePath(
    of field: Field, _ path: AttributePath, in kind: KindDescriptor
  ) -> AttributePath? {
    guard let holder = holder(of: path, in: kind), holder.path != path else { return field.wire }
    return holder.wire
  }

  /// The kind's own field in which a path lies.
  private static func holder(of path: AttributePath, in kind: KindDescriptor) -> Field? {
    kind.fields.first { path.segments.starts(with: $0.path.segments) }
  }
}

extension Field {
  fileprivate var defaultInWords: String {
    if isRequired { return "none: it must be given" }
    guard defaultValue != nil else { return "none: left out, whatever is live stays" }
    return shownDefault.plain
  }

  fileprivate var briefDefault: String {
    setBy == .server ? "told" : shownDefault
  }

  fileprivate var secrecyInWords: String {
    if isSecret { return "yes: give it as '${env:NAME}' or '${file:path}'" }
    return isWriteOnly ? "no, but the service never tells it" : "no"
  }
}

extension FieldType {
  fileprivate var inWords: String {
    if case .integer = self { return "whole number, \(shown.plain)" }
    return shown.plain
  }
}

extension String {
  /// Without Markdown's marks of code.
  var plain: String { replacing("`", with: "") }
}
