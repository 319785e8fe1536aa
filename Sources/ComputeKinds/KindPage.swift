internal import Diagnostics
public import TargetModel

/// The reference page of a kind, written from its table so that it can't tell lies.
public enum KindPage {
  /// The page as Markdown, with a newline at the end.
  public static func render(_ kind: KindDescriptor) -> String {
    let sections = [
      heading(of: kind), example(of: kind), facts(of: kind), fieldTable(of: kind),
      insides(of: kind),
      reportedTable(of: kind), olderNames(of: kind), checks(of: kind),
    ]
    return sections.compactMap { $0 }.joined(separator: "\n\n") + "\n"
  }

  private static func heading(of kind: KindDescriptor) -> String {
    var lines = [
      "<!-- Written from the kind's table by the tests. Do not edit. -->",
      "# \(kind.name): \(kind.title)", "", kind.summary, "", origin(of: kind),
    ]
    if let resource = kind.resource?.shareField {
      lines.append(
        "One resource may be attached more than once while each attachment has another "
          + "`\(resource)`.")
    } else if kind.resource != nil {
      lines.append("One resource is never attached twice at the same time.")
    }
    if kind.losesData {
      lines.append(
        "Replacing or deleting it loses data that is nowhere else, so both need "
          + "`berth.allow_replace` or `berth destroy`.")
    }
    if let workloads = kind.workloads {
      let words = Workload.allCases.filter(workloads.contains).map { "`\($0.rawValue)`" }
      lines.append("It can run (`berth.workloads`): \(words.joined(separator: ", ")).")
    }
    if kind.hasPower { lines.append("It can be switched on and off: `berth.power_state`.") }
    return lines.joined(separator: "\n")
  }

  private static func origin(of kind: KindDescriptor) -> String {
    if !kind.isInWorkspace { return "It is neither created nor attached, and no plan names it." }
    switch kind.origin {
    case .created: return "It is created and deleted by the service."
    case .attached: return "It exists elsewhere, and is attached and detached."
    case .createdOrAttached:
      return
        "It is attached where `\(kind.resource?.idField.description ?? "resource_id")` is given, "
        + "and created otherwise."
    }
  }

  private static func facts(of kind: KindDescriptor) -> String? {
    guard !kind.facts.isEmpty else { return nil }
    return "## Good to know\n\n" + kind.facts.map { "- \($0)" }.joined(separator: "\n")
  }

  private static func example(of kind: KindDescriptor) -> String {
    "## Example\n\n```yaml\n\(kind.sample)```"
  }

  // MARK: Tables

  private static func fieldTable(of kind: KindDescriptor) -> String {
    let rows = kind.fields.filter { $0.setBy == .user }.map { field in
      [
        "`\(field.path)`", field.type.shown, field.shownDefault,
        kind.isInWorkspace ? field.shownEffect(of: kind.origin) : "nothing to do",
        field.shownSummary,
      ]
    }
    return """
      ## Fields

      Besides `name`, `type`, `$schema` and `berth`, which every kind has. Where the default is a \
      dash, a field that is not given is nobody's wish and whatever is live stays.

      \(table(["Field", "Type", "Default", "A change", "What it is"], rows))
      """
  }

  /// What stands inside lists and maps of objects, a table for each.
  private static func insides(of kind: KindDescriptor) -> String? {
    let tables = kind.fields.flatMap { insides($0.path.description, $0.type) }
    return tables.isEmpty ? nil : tables.joined(separator: "\n\n")
  }

  private static func insides(_ path: String, _ type: FieldType) -> [String] {
    switch type {
    case .list(let element, _): return insides("\(path)[]", element)
    case .map(let element): return insides("\(path).NAME", element)
    case .object(let fields):
      let rows = fields.map { field in
        ["`\(field.path)`", field.type.shown, field.shownDefault, field.shownSummary]
      }
      let own = "### In `\(path)`\n\n" + table(["Field", "Type", "Default", "What it is"], rows)
      return [own] + fields.flatMap { insides("\(path).\($0.path)", $0.type) }
    case .text, .boolean, .toggle, .integer, .duration, .choice, .resourceID, .region,
      .secretFile, .anything:
      return []
    }
  }

  private static func reportedTable(of kind: KindDescriptor) -> String? {
    let rows = kind.fields.filter { $0.setBy == .server }.map { ["`\($0.path)`", $0.summary] }
    guard !rows.isEmpty else { return nil }
    return """
      ## Told by the service

      No manifest can set these.

      \(table(["Field", "What it is"], rows))
      """
  }

  private static func olderNames(of kind: KindDescriptor) -> String? {
    let rows = kind.fields.flatMap { field in
      field.olderNames.map { ["`\($0)`", "`\(field.path)`"] } + field.type.olderWords
    }
    guard !rows.isEmpty else { return nil }
    return """
      ## Older names

      Understood with a warning.

      \(table(["Older", "Now"], rows))
      """
  }

  private static func checks(of kind: KindDescriptor) -> String {
    let names = kind.isInWorkspace ? nameRules : [Rule.localName.id]
    let ids = Set(kind.checks.flatMap(\.rules).map(\.id) + names).sorted()
    return "## Checks\n\n"
      + ids.map { "- [`\($0)`](../diagnostics/\($0).md)" }.joined(separator: "\n")
  }

  private static let nameRules = ["invalid-name", "reserved-name", "unportable-name"]

  private static func table(_ titles: [String], _ rows: [[String]]) -> String {
    let lines = [titles, titles.map { _ in "---" }] + rows
    return lines.map { cells in
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }.joined(separator: "\n")
  }
}

extension Field {
  fileprivate var shownSummary: String {
    if isSecret { return "\(summary). A secret" }
    return isWriteOnly ? "\(summary). The service never tells it" : summary
  }

  fileprivate var shownDefault: String {
    if isRequired { return "required" }
    guard let defaultValue else { return "-" }
    if defaultValue == .null { return "none" }
    return "`\(defaultValue.text ?? defaultValue.canonicalJSON)`"
  }

  fileprivate func shownEffect(of origin: KindDescriptor.Origin) -> String {
    if wire == nil { return path == "location" ? "no effect" : "see the subnet" }
    if origin == .createdOrAttached, onChangeIfCreated == .inPlace {
      return "re-attaches; in place where it was created"
    }
    switch (onChange, origin) {
    case (.inPlace, _): return "in place"
    case (.inPlaceBy(let action), _): return "in place, by `\(action)`"
    case (.recreate, .created): return "replaces"
    case (.recreate, .attached): return "re-attaches"
    case (.recreate, .createdOrAttached): return "re-attaches or replaces"
    }
  }
}

extension FieldType {
  fileprivate var shown: String {
    switch self {
    case .text: return "text"
    case .boolean, .toggle: return "`true` or `false`"
    case .integer(let range): return "\(range.lowerBound) to \(range.upperBound)"
    case .duration(let unit, let range):
      let name = unit == .minutes ? "minutes" : "seconds"
      return "\(range.lowerBound) to \(range.upperBound) \(name)"
    case .choice(let choices): return choices.map { "`\($0.name)`" }.joined(separator: ", ")
    case .resourceID(let types):
      return types.isEmpty
        ? "resource id" : "id of " + types.map { "`\($0)`" }.joined(separator: " or ")
    case .region: return "region"
    case .secretFile: return "path of a file"
    case .list(let element, let limit):
      return "list of \(element.shown)" + (limit.map { ", at most \($0)" } ?? "")
    case .object: return "map"
    case .map(let element): return "map of \(element.shown)"
    case .anything: return "anything"
    }
  }

  /// The older words of a choice, beside the present ones.
  fileprivate var olderWords: [[String]] {
    guard case .choice(let choices) = self else { return [] }
    return choices.flatMap { choice in
      choice.olderNames.map { ["`\($0)`", "`\(choice.name)`"] }
    }
  }
}
