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
        kind.isInWorkspace && !field.isWriteOnly ? field.driftSeverity.rawValue : "-",
        field.shownSummary,
      ]
    }
    return """
      ## Fields

      Besides `name`, `type`, `$schema` and `berth`, which every kind has. Where the default is a \
      dash, a field that is not given is nobody's wish and whatever is live stays. How grave it is \
      when somebody changes the live value stands under "Drift": a dash where the service does not \
      tell the value.

      \(table(["Field", "Type", "Default", "A change", "Drift", "What it is"], rows))
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
      field.everyOlderName.map { ["`\($0)`", "`\(field.path)`"] } + field.type.olderWords
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
