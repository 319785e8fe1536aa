public import TargetModel

/// JSON Schemas (draft 2020-12) of all that Berth reads, for editors.
///
/// They accept what `bindManifests` and `readConfiguration` accept and refuse what those refuse, as
/// far as JSON Schema can say it; `docs/editors.md` lists what it can't. They are written from the
/// kinds' tables, and the same tables give the same bytes.
public struct ManifestSchemas: Sendable {
  /// The kinds that are described.
  public let catalog: KindCatalog
  private let namePattern: @Sendable (KindDescriptor) -> String?

  /// Schemas of some kinds.
  ///
  /// - Parameter namePattern: what the name of a kind's target must match as a whole; nil for any name.
  public init(
    _ catalog: KindCatalog, namePattern: @escaping @Sendable (KindDescriptor) -> String?
  ) {
    self.catalog = catalog
    self.namePattern = namePattern
  }

  /// Every schema with the name of its file, sorted.
  public var files: [(name: String, text: String)] {
    let kinds = catalog.kinds.map { (Self.fileName($0.name.text), schema(of: $0)) }
    let others = [("compute", anyKind), ("overlay", overlay), ("stack", stack)]
    return (kinds + others.map { (Self.fileName($0), $1) })
      .sorted { $0.0 < $1.0 }
  }

  /// The schema of a document of one kind.
  public func schema(of kind: KindDescriptor) -> String {
    var schema = documentSchema(of: kind)
    schema["$defs"] = .map(Self.sharedDefinitions(for: [kind]))
    return rendered(schema)
  }

  /// The schema of a document of any kind, told by its `type`.
  public var anyKind: String {
    var schema = schemaByType(isPartial: false)
    schema["title"] = "compute target of any kind"
    schema["description"] = "A compute target, as Berth and 'az ml compute create --file' read it."
    schema["required"] = ["name", "type"]
    return rendered(schema)
  }

  /// The schema of an overlay's documents, told by their `type` where they have one.
  public var overlay: String {
    var schema = schemaByType(isPartial: true)
    schema["title"] = "overlay"
    schema["description"] = "What an environment changes in the target of this name."
    schema["required"] = ["name"]
    return rendered(schema)
  }

  private func schemaByType(isPartial: Bool) -> SchemaForms.Form {
    var definitions = Self.sharedDefinitions(for: catalog.kinds)
    var cases: [AttributeValue] = []
    for kind in catalog.kinds {
      definitions[kind.name.text] = .map(documentSchema(of: kind, isPartial: isPartial))
      let word = SchemaForms.wholly([kind.name.text])
      cases.append([
        "if": [
          "required": ["type"], "properties": ["type": ["type": "string", "pattern": .text(word)]],
        ],
        "then": ["$ref": .text("#/$defs/\(kind.name)")],
      ])
    }
    return [
      "type": "object",
      "properties": [
        "name": nameSchema(matching: nil),
        "type": SchemaForms.word(catalog.kinds.map(\.name.text)).orVariable
          .schema(["description": "The kind of compute target."]),
      ],
      "allOf": .list(cases), "$defs": .map(definitions),
    ]
  }

  /// The definitions that schemas of some kinds refer to.
  static func sharedDefinitions(for kinds: [KindDescriptor]) -> SchemaForms.Form {
    var definitions: SchemaForms.Form = ["variable": SchemaForms.variableDefinition]
    if kinds.contains(where: \.holdsAnything) {
      definitions["anything"] = SchemaForms.anythingDefinition
    }
    return definitions
  }

  /// The schema of `berth.yaml`.
  public var stack: String {
    var schema = stackSchema
    schema["title"] = "berth.yaml"
    schema["description"] = "A stack: a folder of compute targets that belong together."
    return rendered(schema)
  }

  private static func fileName(_ name: String) -> String { "\(name).schema.json" }

  private func rendered(_ schema: SchemaForms.Form) -> String {
    var schema = schema
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return AttributeValue.map(schema).prettyJSON + "\n"
  }

  /// What documents of a kind say.
  ///
  /// - Parameter isPartial: true for an overlay, which says only what differs.
  private func documentSchema(
    of kind: KindDescriptor, isPartial: Bool = false
  ) -> SchemaForms.Form {
    let common: AttributeMap = [
      "$schema": ["description": "Read by editors and by az ml; Berth lets it stand."],
      "name": nameSchema(matching: namePattern(kind)),
      "type": SchemaForms.word([kind.name.text]).orVariable
        .schema(["description": .text(kind.summary)]),
      "berth": TargetSetting.schema(for: kind, among: catalog),
    ]
    var schema = FieldTree(kind.fields).objectSchema(
      besides: common, required: isPartial ? ["name"] : ["name", "type"], isPartial: isPartial)
    schema["title"] = .text("\(kind.name): \(kind.title)")
    schema["description"] = .text(kind.summary)
    return schema
  }

  private func nameSchema(matching pattern: String?) -> AttributeValue {
    let forms =
      pattern.map { SchemaForms.text(matching: $0).orVariable }
      ?? SchemaForms(["type": ["string", "number", "boolean"]])
    return forms.schema([
      "description": "The target's name, unique in the workspace whatever its case."
    ])
  }
}

extension KindDescriptor {
  fileprivate var holdsAnything: Bool { fields.contains { $0.type.holdsAnything } }
}
