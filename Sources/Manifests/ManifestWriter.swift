internal import ManifestSyntax
public import TargetModel

/// Writes the manifest that asks for what a live target is; the way back from binding.
///
/// The fields stand in the order of the kind's table, and what is the default is left out. Law:
/// bound again, the text wants what the target has, as far as the service shows it. What it never
/// shows, such as a password, is named in comments at the end; where the kind requires such a
/// field, the text can't be bound until somebody has filled it in.
///
/// - Parameters:
///   - workspace: its region is not repeated.
///   - adopting: says so in the document (`berth.adopt`), for a target that nobody owns.
public func manifest(
  of observed: ObservedTarget, kind: KindDescriptor, in workspace: WorkspaceIdentity,
  adopting: Bool = false
) -> String {
  var root = YAMLValue.mapping([
    .init("name", .text(observed.name)), .init("type", .text(kind.name.text)),
  ])
  for (slot, field) in kind.fields.enumerated() where slot < observed.attributes.indices.count {
    guard !(observed.isAttached && kind.isCreatedOnly(field.path)),
      let value = field.written(observed.attributes[slot]),
      !(field.path == "location"
        && observed.attributes[slot].map(field.normalised)
          == field.normalised(.text(workspace.location)))
    else { continue }
    root.set(value, at: field.path.segments[...])
  }
  let settings = settings(of: observed, adopting: adopting)
  if !settings.isEmpty { root.set(.mapping(settings), at: ["berth"]) }
  return root.yaml + notShown(of: observed, kind)
}

/// What the document must say so that applying it loses no mark of the target.
private func settings(of observed: ObservedTarget, adopting: Bool) -> [YAMLValue.Entry] {
  var entries: [YAMLValue.Entry] = []
  if observed.marks.isProtected { entries.append(.init("protect", .scalar(.bool(true)))) }
  if let policy = observed.marks.onRemove {
    entries.append(.init("on_remove", .text(policy.rawValue)))
  }
  if adopting { entries.append(.init("adopt", .scalar(.bool(true)))) }
  return entries
}

private func notShown(of observed: ObservedTarget, _ kind: KindDescriptor) -> String {
  let fields = kind.fields.filter {
    $0.setBy == .user && ($0.isWriteOnly || $0.isKeptSecret)
      && !(observed.isAttached && kind.isCreatedOnly($0.path))
  }
  guard !fields.isEmpty else { return "" }
  let lines = fields.map { field in
    let need = field.isRequired ? " (required)" : ""
    guard field.isKeptSecret else { return "# \(field.path): not shown by the service\(need)" }
    let way =
      if case .secretFile = field.type { "name the file" } else {
        "set ${env:\(field.variableName(for: observed.name))}"
      }
    return "# \(field.path): not shown by the service\(need); \(way)"
  }
  return lines.joined(separator: "\n") + "\n"
}

extension Field {
  /// The value as a manifest has it; nil where a manifest says nothing.
  fileprivate func written(_ value: AttributeValue?) -> YAMLValue? {
    guard setBy == .user, !isWriteOnly, !isKeptSecret, let value, value != .null else { return nil }
    if let defaultValue, normalised(value) == normalised(defaultValue) { return nil }
    guard path == "tags", case .map(let tags) = value else { return type.written(value) }
    let own = tags.filter { !MarkTags.isMark($0.key) }
    return own.isEmpty ? nil : type.written(.map(own))
  }

  /// A name to keep the secret under, such as `GPU_BOX_ADMIN_PASSWORD`.
  fileprivate func variableName(for target: String) -> String {
    let words = "\(target)_\(path.segments.last ?? "")".uppercased().unicodeScalars.map {
      $0.properties.isASCIIHexDigit || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        ? String($0) : "_"
    }
    return words.joined()
  }
}

extension FieldType {
  /// The value as a manifest has it.
  func written(_ value: AttributeValue) -> YAMLValue {
    switch (self, value) {
    case (.list(let element, _), .list(let values)): return .sequence(values.map(element.written))
    case (.map(let element), .map(let entries)):
      return .mapping(
        entries.sorted { $0.key < $1.key }.map { .init($0.key, element.written($0.value)) })
    case (.object(let fields), .map):
      var object = YAMLValue.mapping([])
      for field in fields {
        if let entry = field.written(value[field.path]) {
          object.set(entry, at: field.path.segments[...])
        }
      }
      return object
    default: return YAMLValue(value)
    }
  }
}

extension YAMLValue {
  /// A value of which nothing more is known.
  ///
  /// A secret is never written.
  fileprivate init(_ value: AttributeValue) {
    self =
      switch value {
      case .null, .secret: .scalar(.null)
      case .bool(let bool): .scalar(.bool(bool))
      case .integer(let integer): .scalar(.integer(integer))
      case .number(let number): .scalar(.number(number))
      // What looks like a reference in the workspace refers to nothing.
      case .text(let text): .text(text.replacing("${", with: "$${"))
      case .list(let values): .sequence(values.map(YAMLValue.init))
      case .map(let entries):
        .mapping(entries.sorted { $0.key < $1.key }.map { .init($0.key, YAMLValue($0.value)) })
      }
  }

  /// Puts a value at a path of nested mappings, making those on the way.
  fileprivate mutating func set(_ value: YAMLValue, at path: ArraySlice<String>) {
    guard let first = path.first, case .mapping(var entries) = self else { return }
    let index = entries.firstIndex { $0.key == first }
    if path.count == 1 {
      entries.append(.init(first, value))
    } else if let index {
      entries[index].value.set(value, at: path.dropFirst())
    } else {
      var inner = YAMLValue.mapping([])
      inner.set(value, at: path.dropFirst())
      entries.append(.init(first, inner))
    }
    self = .mapping(entries)
  }
}
