internal import ManifestSyntax
internal import TargetModel

/// A kind's fields as manifests nest them: what may stand under which key.
final class FieldTree: Sendable {
  /// The field that stands here.
  let field: Field?
  /// Its index in the table.
  let slot: Int
  /// The rows of the table that must be given, from here on.
  let requiredSlots: [Int]
  /// The current name, where this is one that older clients used.
  let currentName: AttributePath?
  /// How the value looks here, where an older client gave it in another form.
  let olderShape: OlderForm.Shape?
  /// What stands under each key, sorted by key.
  let children: [(key: String, tree: FieldTree)]
  private let keysOfChildren: NameTable
  /// Where the field holds objects, however deep in lists and maps: what one may hold.
  let object: FieldTree?
  /// The keys that lead here from the table's own mapping.
  let keys: [String]
  /// True where a table has its tags.
  let isTags: Bool

  private typealias Row = (
    path: ArraySlice<String>, slot: Int, field: Field, currentName: AttributePath?,
    olderShape: OlderForm.Shape?
  )

  /// The tree of a table.
  ///
  /// Fields that only the service sets are known too, so that a manifest which names one gets a
  /// better answer than "unknown".
  convenience init(_ fields: [Field]) {
    var rows: [Row] = []
    for (slot, field) in fields.enumerated() {
      rows.append((field.path.segments[...], slot, field, nil, nil))
      for name in field.olderNames {
        rows.append((name.segments[...], slot, field, field.path, nil))
      }
      for form in field.olderForms {
        rows.append((form.path.segments[...], slot, field, field.path, form.shape))
      }
    }
    self.init(rows, at: [])
  }

  private init(_ rows: [Row], at keys: [String]) {
    self.keys = keys
    isTags = keys == ["tags"]
    var here: Row?
    var deeper: [String: [Row]] = [:]
    for row in rows {
      guard let first = row.path.first else {
        here = row
        continue
      }
      deeper[first, default: []].append(
        (row.path.dropFirst(), row.slot, row.field, row.currentName, row.olderShape))
    }
    field = here?.field
    slot = here?.slot ?? -1
    requiredSlots = rows.filter { $0.field.isRequired && $0.currentName == nil }.map(\.slot)
    currentName = here?.currentName
    olderShape = here?.olderShape
    object = here?.field.type.objectFields.map { FieldTree($0) }
    children = deeper.sorted { $0.key < $1.key }
      .map { key, rows in (key, FieldTree(rows, at: keys + [key])) }
    keysOfChildren = NameTable(children.map(\.key))
  }

  /// What stands under a key; nil for one that is not known.
  subscript(key: String) -> FieldTree? { keysOfChildren[key].map { children[$0].tree } }

  /// What stands under a document's key; nil for one that is not known.
  subscript(key: YAMLNode) -> FieldTree? {
    key.withBytes { keysOfChildren[$0] }.map { children[$0].tree }
  }

  /// Names to show: the current ones of what a manifest may set.
  var names: [String] {
    children.filter { $0.tree.slots.contains(where: \.isSettable) }.map(\.key)
  }

  /// True if anything from here on is a secret.
  var holdsSecret: Bool {
    field?.isKeptSecret == true || object?.holdsSecret == true
      || children.contains(where: \.tree.holdsSecret)
  }

  /// The rows from here on.
  var slots: [(slot: Int, isSettable: Bool)] {
    let here = field.map { [(slot, $0.setBy == .user && currentName == nil)] } ?? []
    return here + children.flatMap(\.tree.slots)
  }
}

extension Field {
  /// True for whatever must never be shown.
  var isKeptSecret: Bool {
    if case .secretFile = type { true } else { isSecret }
  }
}

extension FieldType {
  /// The table of the objects that such a value holds.
  fileprivate var objectFields: [Field]? {
    switch self {
    case .object(let fields): fields
    case .list(let element, _), .map(let element): element.objectFields
    case .text, .boolean, .toggle, .integer, .duration, .choice, .resourceID, .region, .secretFile,
      .anything:
      nil
    }
  }
}
