internal import TargetModel

/// The forms that a value may take, of which one must fit, as JSON Schema says it.
struct SchemaForms {
  typealias Form = AttributeMap

  /// For example a number, or a text that looks like one.
  var forms: [Form]

  init(_ forms: Form...) { self.forms = forms }

  /// An absent value is written as nothing or as `null`.
  var orNull: SchemaForms {
    var copy = self
    copy.forms.append(["type": "null"])
    return copy
  }

  /// The value of a variable may stand for all of a scalar or a part of it.
  var orVariable: SchemaForms {
    var copy = self
    copy.forms.append(["$ref": "#/$defs/variable"])
    return copy
  }

  /// What `orVariable` refers to; a schema that uses it needs it among its definitions.
  static let variableDefinition: AttributeValue = [
    "description": "The value of a variable, '${var:NAME}'.",
    "type": "string", "pattern": .text(variablePattern),
    "not": ["pattern": .text(referencePattern)],
  ]

  /// The schema, with what else is to be said of the value: title, description, default.
  func schema(_ annotations: Form = [:]) -> AttributeValue {
    var schema = annotations
    if forms.count == 1 {
      schema.merge(forms[0]) { annotation, _ in annotation }
    } else {
      schema["anyOf"] = .list(forms.map(AttributeValue.map))
    }
    return .map(schema)
  }
}

extension SchemaForms {
  /// Any text; bare numbers and truth values count as texts, as they do for `az ml`.
  static let text = SchemaForms([
    "type": ["string", "number", "boolean"],
    "not": ["type": "string", "pattern": .text(referencePattern)],
  ])

  /// A text that matches the whole of a regular expression.
  ///
  /// JSON Schema matches only strings; a bare number is let pass where its digits might fit.
  static func text(matching pattern: String) -> SchemaForms {
    var result = SchemaForms(["type": "string", "pattern": .text("^(?:\(pattern))$")])
    let regex = (try? Regex(pattern))?.matchingSemantics(.unicodeScalar)
    let fits = { (text: String) in
      regex.flatMap { try? $0.wholeMatch(in: text) } != nil
    }
    if ["7", "12", "12345", "1.5"].contains(where: fits) {
      result.forms.append(["type": "number"])
    }
    let words = ["true", "false"].filter(fits)
    if !words.isEmpty {
      result.forms.append(["enum": .list(words.map { .bool($0 == "true") })])
    }
    return result
  }

  /// `true` or `false`, and the words in quotation marks.
  static let boolean = SchemaForms(
    ["type": "boolean"],
    ["type": "string", "pattern": .text(wholly(["true", "false"]))])

  /// A whole number in a range, and any in quotation marks.
  static func integer(_ range: ClosedRange<Int>) -> SchemaForms {
    SchemaForms(
      [
        "type": "integer", "minimum": .integer(range.lowerBound),
        "maximum": .integer(range.upperBound),
      ],
      ["type": "string", "pattern": "^[-+]?[0-9]{1,19}$"])
  }

  /// One of some words; editors offer them as they stand, and their case does not matter.
  static func word(_ words: [String], besides otherWords: [String] = []) -> SchemaForms {
    SchemaForms(
      ["enum": .list(words.map(AttributeValue.text))],
      ["type": "string", "pattern": .text(wholly(words + otherWords))])
  }

  /// A reference, or the secret itself; a message never says what stands there.
  static func secret(isFile: Bool) -> SchemaForms {
    var plain: Form = ["type": "string", "minLength": 1, "not": ["pattern": .text(strayPattern)]]
    if isFile { plain["pattern"] = .text("^\(notNewline)*$") }
    if isFile { plain["maxLength"] = 1_024 }
    let forbidden =
      RunnerCredentials.prefixes.map(\.patternIgnoringCase)
      + RunnerCredentials.names.map { $0.patternIgnoringCase + #"\}"# }
    let variable =
      #"^\$\{env:(?!"# + forbidden.joined(separator: "|") + #")[A-Za-z_][A-Za-z0-9_]*\}$"#
    return SchemaForms(
      plain,
      ["type": "string", "pattern": .text(variable)],
      ["type": "string", "pattern": .text(#"^\$\{file:(?:(?!\$\{)"# + notNewline + #")+\}$"#)],
      ["type": "string", "pattern": .text(#"^\$\{command:\#(referenceName)\}$"#)],
      [
        "type": "string",
        "pattern": .text(#"^\$\{(?:env|file|command):\#(notNewline)*\}$"#),
        "allOf": [["pattern": .text(variablePattern)]],
      ],
      ["type": ["number", "boolean"]])
  }

  /// The id of a resource of one of some types, or of any.
  static func resourceID(_ types: [String]) -> SchemaForms {
    let name = #"(?!\.{1,2}(?:/|$))[A-Za-z0-9_.()-]+"#
    let ends =
      types.isEmpty
      ? [name + "(?:/\(name)/\(name))+"]
      : types.map { type in
        let words = type.split(separator: "/").map { String($0).patternIgnoringCase }
        return words[0] + words.dropFirst().map { "/\($0)/\(name)" }.joined()
      }
    let pattern =
      "^/\("subscriptions".patternIgnoringCase)/\(name)/\("resourceGroups".patternIgnoringCase)/"
      + "\(name)/\("providers".patternIgnoringCase)/(?:\(ends.joined(separator: "|")))/?$"
    return SchemaForms(["type": "string", "pattern": .text(pattern)])
  }

  /// Whatever YAML can say, without references.
  ///
  /// The schema that uses it needs `anythingDefinition` among its definitions.
  static let anything = SchemaForms(["$ref": "#/$defs/anything"])
  static let anythingDefinition: AttributeValue = [
    "not": ["type": "string", "pattern": .text(referencePattern)],
    "items": ["$ref": "#/$defs/anything"],
    "additionalProperties": ["$ref": "#/$defs/anything"],
  ]

  /// A regular expression for one of some texts as a whole, whatever its case.
  static func wholly(_ words: [String]) -> String {
    "^(?:" + words.map(\.patternIgnoringCase).joined(separator: "|") + ")$"
  }

  /// What variables and commands are called.
  static let referenceName = "[A-Za-z_][A-Za-z0-9_-]{0,63}"
  /// A reference to a variable somewhere in a text.
  private static let variablePattern = #"(?<!\$)\$\{var:\#(referenceName)\}"#
  /// What is meant as a variable and is none.
  private static let misspeltVariable =
    #"(?!var:\#(referenceName)\})[vV][aA][rR](?:[sS]|[iI][aA][bB][lL][eE][sS]?)?[:.]"#
  /// A reference somewhere in a text that only secrets may have, or nothing.
  private static let referencePattern =
    #"(?<!\$)\$\{(?:(?:env|file|command):|\#(misspeltVariable))"#
  /// A reference somewhere in a text where none but to variables may stand.
  private static let strayPattern = #"(?<!\$)\$\{(?!var:\#(referenceName)\})"#
  private static let notNewline = #"[^\n\u000B\f\r\u0085\u2028\u2029]"#
}
