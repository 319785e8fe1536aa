internal import TargetModel

/// A kind's fields as manifests nest them: what may stand under which key.
final class FieldTree: Sendable {
  /// The field that stands here, with its index in the table.
  let field: (slot: Int, field: Field)?
  /// The current name, where this is one that older clients used.
  let currentName: AttributePath?
  let children: [String: FieldTree]

  private init(
    field: (slot: Int, field: Field)?, currentName: AttributePath?, children: [String: FieldTree]
  ) {
    self.field = field
    self.currentName = currentName
    self.children = children
  }

  /// The tree of a table. Fields that only the service sets are known too, so that a manifest
  /// which names one gets a better answer than "unknown".
  convenience init(_ fields: [Field]) {
    var entries: [(path: ArraySlice<String>, slot: Int, field: Field, currentName: AttributePath?)] = []
    for (slot, field) in fields.enumerated() {
      entries.append((field.path.segments[...], slot, field, nil))
      for name in field.olderNames { entries.append((name.segments[...], slot, field, field.path)) }
    }
    self.init(entries)
  }

  private convenience init(
    _ entries: [(path: ArraySlice<String>, slot: Int, field: Field, currentName: AttributePath?)]
  ) {
    var here: (slot: Int, field: Field)?
    var currentName: AttributePath?
    var deeper: [String: [(path: ArraySlice<String>, slot: Int, field: Field, currentName: AttributePath?)]] = [:]
    for entry in entries {
      guard let first = entry.path.first else {
        here = (entry.slot, entry.field)
        currentName = entry.currentName
        continue
      }
      deeper[first, default: []].append(
        (entry.path.dropFirst(), entry.slot, entry.field, entry.currentName))
    }
    self.init(field: here, currentName: currentName, children: deeper.mapValues(FieldTree.init))
  }

  /// Names to suggest: the current ones.
  var names: [String] { children.filter { $0.value.currentName == nil }.keys.sorted() }
}
