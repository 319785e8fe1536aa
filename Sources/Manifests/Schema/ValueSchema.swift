internal import TargetModel

extension FieldTree {
  /// The schema of the value that stands here; nil where the tree has no field.
  ///
  /// It says what `ValueBinding` does with such a value, as far as JSON Schema can.
  func valueSchema(_ isPartial: Bool) -> AttributeValue? {
    guard let field else { return nil }
    let forms: SchemaForms =
      switch olderShape {
      case .fileName: .secret(isFile: true)
      case .texts: SchemaForms(["type": "array", "items": SchemaForms.text.schema()])
      case nil where field.isKeptSecret: .secret(isFile: field.type.isFile)
      case nil:
        field.type.forms(
          object: object, usesOlderName: currentName != nil, keepsItsName: field.keepsItsName,
          isTags: field.isTags,
          isPartial: isPartial)
      }
    // What must be given must be said; of two names either will do, so there null is let pass.
    let mayBeNull = isPartial || !field.isRequired || !field.everyOlderName.isEmpty
    return (mayBeNull ? forms.orNull : forms).schema(annotations(of: field))
  }

  private func annotations(of field: Field) -> SchemaForms.Form {
    var annotations: SchemaForms.Form = ["description": .text(description(of: field))]
    if let value = field.defaultValue, value != .null { annotations["default"] = value }
    if currentName != nil { annotations["deprecated"] = true }
    return annotations
  }

  private func description(of field: Field) -> String {
    if let currentName { return "An older name of '\(currentName)'. \(field.summary)." }
    if field.isKeptSecret {
      return "\(field.summary). A secret: refer to it with '${env:NAME}', '${file:path}' or "
        + "'${command:NAME}'."
    }
    return field.summary + "."
  }
}

extension FieldType {
  /// What a value of this type may look like.
  ///
  /// - Parameters:
  ///   - tree: what objects in it hold.
  ///   - usesOlderName: true under a name of older clients, whose words are understood then.
  ///   - keepsItsName: true if older clients had no other name, so that their words are understood.
  ///   - isTags: true for the user's own tags, among which Berth's marks are refused.
  ///   - isPartial: true for a part of what others complete, in which nothing must be given.
  func forms(
    object tree: FieldTree?, usesOlderName: Bool = false, keepsItsName: Bool = false,
    isTags: Bool = false,
    isPartial: Bool = false
  ) -> SchemaForms {
    switch self {
    case .text(nil), .secretFile: return .text
    case .text(let pattern?): return .text(matching: pattern).orVariable
    case .boolean: return .boolean.orVariable
    case .toggle(let on, let off):
      var forms = SchemaForms.boolean
      if usesOlderName { forms.forms += SchemaForms.word([on, off]).forms }
      return forms.orVariable
    case .integer(let range): return .integer(range).orVariable
    case .duration(_, let range):
      var forms = SchemaForms.integer(range)
      forms.forms.append(["type": "string", "pattern": .text(Self.isoDuration)])
      return forms.orVariable
    case .choice(let choices):
      let others = choices.flatMap { choice in
        (usesOlderName || keepsItsName ? choice.olderNames : [])
          + (usesOlderName || choice.takesWire ? [choice.wire] : [])
      }
      return .word(choices.map(\.name), besides: others).orVariable
    case .resourceID(let types): return .resourceID(types).orVariable
    case .region: return .text(matching: "[A-Za-z][A-Za-z0-9 ]{1,63}").orVariable
    case .list(let element, let limit):
      var form: SchemaForms.Form = [
        "type": "array", "items": element.forms(object: tree, isPartial: isPartial).schema(),
      ]
      form["maxItems"] = limit.map(AttributeValue.integer)
      return SchemaForms(form)
    case .object(let fields):
      return SchemaForms((tree ?? FieldTree(fields)).objectSchema(isPartial: isPartial))
    case .map(let element):
      let values = element.forms(object: tree, isPartial: isPartial)
      var form: SchemaForms.Form = [
        "type": "object", "additionalProperties": (isTags ? values : values.orNull).schema(),
      ]
      if isTags {
        form["propertyNames"] = [
          "not": ["pattern": .text(SchemaForms.wholly(MarkTags.names))]
        ]
      }
      return SchemaForms(form)
    case .anything: return .anything
    }
  }

  /// True if `.anything` is somewhere in it.
  var holdsAnything: Bool {
    switch self {
    case .anything: true
    case .list(let element, _), .map(let element): element.holdsAnything
    case .object(let fields): fields.contains { $0.type.holdsAnything }
    case .text, .boolean, .toggle, .integer, .duration, .choice, .resourceID, .region, .secretFile:
      false
    }
  }

  /// True where the manifest names a file.
  var isFile: Bool {
    if case .secretFile = self { true } else { false }
  }

  private static let isoDuration =
    "^[Pp](?=.*[0-9])(?:[0-9]{1,6}[Dd])?"
    + "(?:[Tt](?:[0-9]{1,8}[Hh])?(?:[0-9]{1,9}[Mm])?(?:[0-9]{1,12}[Ss])?)?$"
}

extension Field {
  /// True for the tags of the user's own, among which Berth's marks stand on the service.
  fileprivate var isTags: Bool { path == "tags" }
}
