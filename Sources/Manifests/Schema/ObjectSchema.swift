internal import TargetModel

extension FieldTree {
  /// The schema of a mapping that is read by this tree: nothing but its keys, each field under one
  /// of its names, and what must be given.
  ///
  /// - Parameters:
  ///   - besides: keys that somebody else reads, with their schemas.
  ///   - required: those of them that must be given.
  ///   - isPartial: true for a mapping that others complete, in which nothing must be given.
  func objectSchema(
    besides: AttributeMap = [:], required: [String] = [], isPartial: Bool = false
  ) -> SchemaForms.Form {
    var schema = mappingSchema(isPartial: isPartial)
    if case .map(let own) = schema["properties"] {
      schema["properties"] = .map(own.merging(besides) { own, _ in own })
    }
    var required = required
    var conditions: [AttributeValue] = []
    for names in settableNames {
      let isRequired = names.isRequired && !isPartial
      if isRequired, names.all.count == 1, names.all[0].segments.count == 1 {
        required.append(names.all[0].segments[0])
      } else if isRequired {
        let ways = names.all.map { presence($0.segments[...], ofValue: true) }
        conditions.append(ways.count == 1 ? ways[0] : ["anyOf": .list(ways)])
      }
      conditions += notTwice(names.all)
    }
    if !required.isEmpty { schema["required"] = .list(required.map(AttributeValue.text)) }
    if !conditions.isEmpty { schema["allOf"] = .list(conditions) }
    return schema
  }

  private func mappingSchema(isPartial: Bool) -> SchemaForms.Form {
    var properties: AttributeMap = [:]
    for (name, child) in children {
      if let field = child.field {
        if field.setBy == .user { properties[name] = child.valueSchema(isPartial) }
      } else if child.isSettable {
        properties[name] = SchemaForms(child.mappingSchema(isPartial: isPartial)).orNull.schema()
      }
    }
    return ["type": "object", "properties": .map(properties), "additionalProperties": false]
  }

  /// True if a manifest may set anything here or below.
  private var isSettable: Bool {
    field?.setBy == .user || children.contains(where: \.tree.isSettable)
  }

  /// The names of each field that a manifest may set, as far as they are names of this tree, in
  /// the order of the table.
  private var settableNames: [(all: [AttributePath], isRequired: Bool)] {
    var fields: [Int: Field] = [:]
    collect(into: &fields)
    return fields.sorted { $0.key < $1.key }.map {
      ([$0.value.path] + $0.value.everyOlderName, $0.value.isRequired)
    }
  }

  private func collect(into fields: inout [Int: Field]) {
    if let field {
      if field.setBy == .user { fields[slot] = field }
    } else {
      for child in children { child.tree.collect(into: &fields) }
    }
  }

  /// Two names of one field do not stand side by side.
  private func notTwice(_ names: [AttributePath]) -> [AttributeValue] {
    names.indices.flatMap { first in
      names.indices.dropFirst(first + 1).map { second in
        [
          "not": [
            "allOf": [presence(names[first].segments[...]), presence(names[second].segments[...])]
          ]
        ]
      }
    }
  }

  /// That a mapping has something under a path.
  private func presence(
    _ path: ArraySlice<String>, ofValue: Bool = false
  ) -> AttributeValue {
    guard let key = path.first else { return ofValue ? ["not": ["type": "null"]] : true }
    var schema: SchemaForms.Form = ["type": "object", "required": [.text(key)]]
    if path.count > 1 || ofValue {
      schema["properties"] = .map([key: presence(path.dropFirst(), ofValue: ofValue)])
    }
    return .map(schema)
  }
}
