internal import TargetModel

extension TargetSetting {
  /// The schema of what stands under `berth` in a document of a kind.
  static func schema(for kind: KindDescriptor, among catalog: KindCatalog) -> AttributeValue {
    var properties: AttributeMap = [:]
    for setting in all(for: kind) {
      properties[setting.key] = setting.schema(for: kind, among: catalog)
    }
    let mapping: SchemaForms.Form = [
      "type": "object", "properties": .map(properties), "additionalProperties": false,
    ]
    return SchemaForms(mapping).orNull.schema([
      "description": "What is Berth's own; other tools don't read it."
    ])
  }

  private func schema(for kind: KindDescriptor, among catalog: KindCatalog) -> AttributeValue {
    var annotations: SchemaForms.Form = ["description": .text(summary + ".")]
    switch form {
    case .flag:
      annotations["default"] = false
      return SchemaForms(["type": "boolean"]).orVariable.schema(annotations)
    case .word(let words):
      return SchemaForms(["enum": .list(words.map(AttributeValue.text))]).orVariable.schema(
        annotations)
    case .words(let words):
      return Self.oneOrMany(["enum": .list(words.map(AttributeValue.text))]).schema(annotations)
    case .fields:
      return Self.ignoredChanges(of: kind).schema(annotations)
    case .targets:
      let kinds = catalog.kinds.map(\.name.text.patternIgnoringCase).joined(separator: "|")
      return Self.oneOrMany(["type": "string", "pattern": .text(#"^(?:\#(kinds))\.[\s\S]+$"#)])
        .schema(annotations)
    }
  }

  /// A field, a mapping that says more of it, or several of them.
  private static func ignoredChanges(of kind: KindDescriptor) -> SchemaForms {
    let field: SchemaForms.Form = ["enum": .list(kind.fieldsAndGroups.map(AttributeValue.text))]
    let text: SchemaForms.Form = ["type": ["string", "number", "boolean"]]
    let mapping: SchemaForms.Form = [
      "type": "object", "additionalProperties": false, "required": ["field"],
      "properties": [
        "field": SchemaForms(field).orVariable.schema(), "owner": .map(text),
        "reason": .map(text),
        "until": SchemaForms.text(matching: CalendarDay.pattern).orVariable.schema(),
      ],
    ]
    let one = SchemaForms(field, mapping).orVariable
    var forms = one
    forms.forms.append(["type": "array", "items": one.schema()])
    return forms
  }

  private static func oneOrMany(_ form: SchemaForms.Form) -> SchemaForms {
    var forms = SchemaForms(form).orVariable
    forms.forms.append(["type": "array", "items": SchemaForms(form).orVariable.schema()])
    return forms
  }
}

extension KindDescriptor {
  /// The paths of fields and of what several of them stand under.
  fileprivate var fieldsAndGroups: [String] {
    let paths = fields.flatMap { field in
      (1...max(1, field.path.segments.count)).map { count in
        field.path.segments.prefix(count).joined(separator: ".")
      }
    }
    return Set(paths).sorted()
  }
}
