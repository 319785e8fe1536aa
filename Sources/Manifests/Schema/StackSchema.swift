internal import TargetModel

extension ManifestSchemas {
  /// The schema of `berth.yaml`, as `readConfiguration` reads it.
  var stackSchema: SchemaForms.Form {
    var schema = Self.object(
      [
        "stack": Self.text(
          "[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
          "Who owns the targets; Berth writes this name on each of them."),
        "workspace": Self.workspace,
        "backend": Self.backend,
        "lock": Self.lock,
        "blast_radius": Self.blastRadius,
        "computes": Self.computes,
        "deadlines": deadlines,
        "silence": Self.silence,
        "variables": Self.variables,
        "defaults": defaults,
        "commands": Self.commands,
      ], required: ["stack", "workspace"])
    schema["$defs"] = .map(
      Self.sharedDefinitions(for: catalog.kinds).merging(defaultsByKind) { shared, _ in shared })
    return schema
  }

  private static var workspace: AttributeValue {
    .map(
      object(
        [
          "subscription_id": text(
            "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "The subscription, a GUID."),
          "resource_group": text(
            "[A-Za-z0-9_()-]([A-Za-z0-9_().-]{0,88}[A-Za-z0-9_()-])?", "The resource group."),
          "name": text("[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}", "The workspace's name."),
          "location": text("[A-Za-z0-9 ]{2,40}", "The workspace's region, such as westeurope."),
        ], required: ["subscription_id", "resource_group", "name", "location"],
        description: "The machine-learning workspace that the stack is about."))
  }

  private static var backend: AttributeValue {
    let here = SchemaForms.text(matching: AzureForms.loopback)
    let anywhere = SchemaForms.text(matching: AzureForms.endpoint)
    let signIns = AzureForms.signIns
    // Only a service on this machine is spoken to by nobody.
    return SchemaForms(
      localBackend,
      azureBackend(at: anywhere, signIns: signIns.filter { $0 != "none" }),
      azureBackend(at: here, signIns: signIns, alsoRequired: ["endpoint"])
    ).schema(["description": "Where the workspace is."])
  }

  private static var localBackend: SchemaForms.Form {
    object(
      [
        "type": [
          "const": "local", "default": "local", "description": "The embedded workspace.",
        ],
        "store": text(
          #"[^\u0000]{1,4096}"#,
          "The file that keeps the workspace, from the stack's folder; by default "
            + ".berth/workspace.db."),
        "operation_milliseconds": [
          "type": "integer", "minimum": 0, "maximum": 60_000,
          "default": .integer(BackendConfiguration().operationMilliseconds),
          "description": "How long an operation of the simulated service takes.",
        ],
      ])
  }

  private static func azureBackend(
    at endpoint: SchemaForms, signIns: [String], alsoRequired: [String] = []
  ) -> SchemaForms.Form {
    object(
      [
        "type": ["const": "azure", "description": "A workspace in Azure."],
        "cloud": [
          "enum": .list(AzureForms.clouds.map(AttributeValue.text)), "default": "AzureCloud",
          "description": "The cloud that the workspace is in.",
        ],
        "endpoint": endpoint.schema([
          "description": "Another place than the cloud's own, such as an emulator's."
        ]),
        "api_version": text(AzureForms.apiVersion, "The version of the service's interface."),
        "auth": auth(signIns),
        "ca_file": text(
          #"[^\u0000]{1,4096}"#,
          "A file with certificates to trust besides the system's, from the stack's folder."),
        "read_credentials": [
          "type": "boolean", "default": false,
          "description": "Whether to look for changes of the credentials that the service keeps.",
        ],
      ], required: ["type"] + alsoRequired)
  }

  private static func auth(_ signIns: [String]) -> AttributeValue {
    .map(
      object(
        [
          "type": [
            "enum": .list(signIns.map(AttributeValue.text)), "description": "How to sign in.",
          ],
          "tenant_id": text(AzureForms.guid, "The tenant to sign in to."),
          "client_id": text(AzureForms.guid, "The application or identity to sign in as."),
        ], required: ["type"],
        description: "How to sign in; without it, whatever the surroundings offer."))
  }

  private static var lock: AttributeValue {
    let signIns = AzureForms.signIns
    func form(_ url: String, _ way: SchemaForms.Form) -> SchemaForms.Form {
      let blob: SchemaForms.Form = [
        "type": ["const": "blob", "description": "The lease on a blob."],
        "url": text(url, "The blob: https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH."),
      ]
      return object(blob.merging(way) { $1 }, required: ["type", "url"])
    }
    let signature = text(
      LockForms.signature, "Where the shared access signature is: ${env:NAME} or ${file:path}.")
    // Only an account on this machine is spoken to by nobody.
    return SchemaForms(
      form(LockForms.url, ["sas": signature]),
      form(LockForms.url, ["auth": auth(signIns.filter { $0 != "none" })]),
      form(LockForms.loopback, ["auth": auth(signIns)])
    ).schema(["description": "A lock that runners elsewhere see too."])
  }

  private static var blastRadius: AttributeValue {
    let defaults = BlastRadius()
    let limits: AttributeMap = [
      "removals": limit("Targets deleted, detached for good or replaced in one plan."),
      "reattachments": limit("Targets detached and attached again in one plan."),
    ]
    var properties = limits
    properties["above"] = [
      "type": "integer", "minimum": 0, "maximum": 1_000_000, "default": .integer(defaults.above),
      "description": "Percentages count only where more targets than this are managed.",
    ]
    properties["kinds"] = [
      "type": "object", "additionalProperties": .map(object(limits)),
      "description": "Limits of single types, by their name; they count beside the stack's.",
    ]
    return .map(
      object(properties, description: "How much of the stack one plan may take away."))
  }

  private static func limit(_ description: String) -> AttributeValue {
    .map(
      object(
        [
          "percent": [
            "type": "integer", "minimum": 0, "maximum": 100,
            "description": "Of a hundred managed targets.",
          ],
          "count": [
            "type": "integer", "minimum": 0, "maximum": 1_000_000,
            "description": "However many targets are managed.",
          ],
        ], description: description))
  }

  private var deadlines: AttributeValue {
    let form: SchemaForms.Form = [
      "type": "string",
      "pattern": .text(#"^(?=.*[1-9])(?:[0-9]{1,9}(?:ms|s|m|h))+$"#),
    ]
    var properties: SchemaForms.Form = [
      DeadlinesReader.standardKey: SchemaForms(form).schema([
        "default": "30m", "description": "For every type without a deadline of its own.",
      ])
    ]
    for kind in catalog.kinds { properties[kind.name.text] = .map(form) }
    var schema = Self.object(
      properties,
      description: "How long a step of an apply may take before it is left as it stands.")
    schema["patternProperties"] = .map(
      AttributeMap(
        catalog.kinds.map { (SchemaForms.wholly([$0.name.text]), .map(form)) },
        uniquingKeysWith: { first, _ in first }))
    return .map(schema)
  }

  private static var computes: AttributeValue {
    let pattern: SchemaForms.Form = [
      "type": ["string", "number", "boolean"],
      "pattern": #"^(?!/)(?!(?:[\s\S]*/)?\.\.(?:/|$))[\s\S]+$"#,
    ]
    return SchemaForms(pattern, ["type": "array", "minItems": 1, "items": .map(pattern)])
      .schema([
        "description": .text(
          "Patterns of the files with compute documents, from the stack's folder; by default "
            + "every .yml and .yaml file below it."),
        "examples": [["compute/**/*.yml"]],
      ])
  }

  private static var silence: AttributeValue {
    let rule: SchemaForms.Form = ["type": "string", "pattern": "^[a-z0-9-]+$"]
    return SchemaForms(["type": "array", "items": .map(rule)])
      .schema(["description": "Rules whose warnings and notes are not told."])
  }

  /// A value of its own, or a declaration with a type.
  private static var variables: AttributeValue {
    let text: SchemaForms.Form = [
      "type": "string", "not": ["pattern": .text(#"\$\{"#)],
    ]
    let anyScalar = SchemaForms(text, ["type": ["number", "boolean", "null"]])
    func declaration(_ type: String, _ value: SchemaForms, isNamed: Bool = true) -> SchemaForms.Form
    {
      object(
        [
          "type": ["const": .text(type)],
          "default": value.schema(["description": "What counts unless a run gives a value."]),
          "description": ["description": "What the variable is for."],
        ], required: isNamed ? ["type"] : [])
    }
    var values = anyScalar
    values.forms += [
      declaration("string", anyScalar, isNamed: false),
      declaration("number", SchemaForms(["type": ["number", "null"]])),
      declaration("bool", SchemaForms(["type": ["boolean", "null"]])),
    ]
    let mapping: SchemaForms.Form = [
      "type": "object", "additionalProperties": values.schema(),
      "propertyNames": ["pattern": .text("^\(SchemaForms.referenceName)$")],
    ]
    return SchemaForms(mapping).orNull
      .schema(["description": "What '${var:NAME}' in documents stands for."])
  }

  private var defaults: AttributeValue {
    let names = catalog.kinds.map(\.name.text)
    let reference = { (name: String) -> AttributeValue in ["$ref": .text("#/$defs/\(name)")] }
    var schema = Self.object(
      AttributeMap(names.map { ($0, reference($0)) }, uniquingKeysWith: { first, _ in first }))
    schema["patternProperties"] = .map(
      AttributeMap(
        names.map { (SchemaForms.wholly([$0]), reference($0)) },
        uniquingKeysWith: { first, _ in first }))
    return SchemaForms(schema).orNull
      .schema(["description": "What documents of a kind say unless they say otherwise."])
  }

  /// What the defaults of each kind may say.
  private var defaultsByKind: SchemaForms.Form {
    var definitions: SchemaForms.Form = [:]
    for kind in catalog.kinds {
      let fields = FieldTree(kind.fields).objectSchema(
        besides: ["berth": TargetSetting.schema(for: kind, among: catalog)], isPartial: true)
      definitions[kind.name.text] = SchemaForms(fields).orNull.schema()
    }
    return definitions
  }

  private static var commands: AttributeValue {
    let words: SchemaForms.Form = [
      "type": "array", "minItems": 1, "maxItems": 1_000,
      "items": ["type": ["string", "number", "boolean"]],
    ]
    let mapping: SchemaForms.Form = [
      "type": "object", "additionalProperties": .map(words),
      "propertyNames": ["pattern": .text("^\(SchemaForms.referenceName)$")],
    ]
    return SchemaForms(mapping).orNull
      .schema([
        "description": "The programs, with their arguments, that '${command:NAME}' may run."
      ])
  }

  private static func object(
    _ properties: AttributeMap, required: [String] = [], description: String? = nil
  ) -> SchemaForms.Form {
    var schema: SchemaForms.Form = [
      "type": "object", "properties": .map(properties), "additionalProperties": false,
    ]
    if !required.isEmpty { schema["required"] = .list(required.map(AttributeValue.text)) }
    schema["description"] = description.map(AttributeValue.text)
    return schema
  }

  private static func text(_ pattern: String, _ description: String) -> AttributeValue {
    SchemaForms.text(matching: pattern).schema(["description": .text(description)])
  }
}
