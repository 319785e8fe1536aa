public import Diagnostics
internal import ManifestSyntax
internal import TargetModel

/// A variable that `berth.yaml` declares.
public struct VariableDeclaration: Hashable, Sendable {
  /// What values it takes.
  public enum ValueType: String, Hashable, Sendable, CaseIterable {
    /// Any text.
    case string
    /// A whole number or one with a fraction.
    case number
    /// `true` or `false`.
    case bool
  }

  /// Its name: letters, digits, `_` and `-`, no digit first.
  public let name: String
  /// What values it takes; nil for any scalar, read as YAML reads it.
  public let type: ValueType?
  /// Its value where none is given; nil if one must be.
  public let defaultValue: VariableValue?
  /// What it is for.
  public let description: String?
  /// Where it is declared.
  public let location: SourceLocation
}

/// The value of a variable.
public struct VariableValue: Hashable, Sendable {
  /// The value as a text.
  public let text: String
  /// False for a value that is a text whatever it looks like.
  public let isPlain: Bool

  var scalar: YAMLScalar { isPlain ? YAMLScalar(plain: text) : .text(text) }

  /// Why it can't be a variable's value, as the end of the sentence "The value ..."; nil if it can.
  ///
  /// A variable's value never refers to anything: it is shown in plans, and whoever may give one
  /// must not reach secrets by it.
  func fault(for type: VariableDeclaration.ValueType?) -> String? {
    if text.utf8.count > YAMLLimits.standard.scalarLength {
      return "has more than \(YAMLLimits.standard.scalarLength) bytes"
    }
    if text.holds("${") {
      return "has '${': a variable refers to nothing, and to no secret. Refer to secrets where "
        + "they belong, in the document's field"
    }
    let isTroubling = text.unicodeScalars.contains {
      $0.value != 0x0A && $0.value != 0x09 && $0.properties.generalCategory == .control
    }
    if isTroubling { return "has control characters" }
    switch (type, scalar) {
    case (nil, .null), (.string, .null): return "is nothing"
    case (nil, _), (.string, _), (.number, .integer), (.number, .number), (.bool, .bool):
      return nil
    case (.number, _): return "is not a number"
    case (.bool, _): return "is neither true nor false"
    }
  }
}

extension VariableValue {
  /// A scalar's value for a variable.
  init(_ node: YAMLNode, as type: VariableDeclaration.ValueType?) {
    switch node.scalar {
    case .text, .null, nil: self.init(text: node.text, isPlain: node.isPlain && type != .string)
    case .bool, .integer, .number: self.init(text: node.text, isPlain: type != .string)
    }
  }
}

/// The variables that `berth.yaml` declares: `name: value`, or `name: {type, default, description}`.
func variableDeclarations(
  in root: YAMLNode, reporting findings: inout DiagnosticList
) -> [VariableDeclaration] {
  guard let node = root["variables"], node.scalar != .null else { return [] }
  guard node.kind == .mapping else {
    findings.append(.wrongType("variables", "a mapping", node, nil))
    return []
  }
  return node.entries.compactMap { key, value in
    guard key.text.utf8.isReferenceName else {
      findings.append(.badVariableName(key))
      return nil
    }
    return declaration(key, value, reporting: &findings)
  }
}

private func declaration(
  _ key: YAMLNode, _ node: YAMLNode, reporting findings: inout DiagnosticList
) -> VariableDeclaration? {
  var type: VariableDeclaration.ValueType?
  var value = node
  if node.kind == .mapping {
    for (key, _) in node.entries where !["type", "default", "description"].contains(key.text) {
      findings.append(.badVariableKey(key))
    }
    if let word = node["type"] {
      type = VariableDeclaration.ValueType(rawValue: word.text)
      if type == nil {
        let words = VariableDeclaration.ValueType.allCases.map(\.rawValue)
        let path = AttributePath(["variables", key.text, "type"])
        findings.append(.unknownWord(path, word, words, nil, nil))
        return nil
      }
    }
    value = node["default"] ?? YAMLNode(text: "", isPlain: true, at: node.location)
  }
  guard value.kind == .scalar else {
    findings.append(.variableValue(key.text, "is no scalar: a text, a number or a bool", value))
    return nil
  }
  var result: VariableValue?
  if let scalar = value.scalar, scalar != .null {
    type = type ?? scalar.variableType
    let value = VariableValue(value, as: type)
    if let fault = value.fault(for: type) {
      findings.append(.variableValue(key.text, fault, node))
      return nil
    }
    result = value
  }
  return VariableDeclaration(
    name: key.text, type: type, defaultValue: result, description: node["description"]?.text,
    location: key.location)
}

extension YAMLScalar {
  fileprivate var variableType: VariableDeclaration.ValueType {
    switch self {
    case .null, .text: .string
    case .bool: .bool
    case .integer, .number: .number
    }
  }
}

extension String.UTF8View {
  /// Letters, digits, `_` and `-`, and no digit or `-` first; at most 64 of them.
  var isReferenceName: Bool { Substring.UTF8View.isReferenceName(self) }
}

extension Substring.UTF8View {
  /// The same.
  var isReferenceName: Bool { Self.isReferenceName(self) }

  fileprivate static func isReferenceName(_ bytes: some Collection<UInt8>) -> Bool {
    guard let first = bytes.first, first != UInt8(ascii: "-"), !(0x30...0x39).contains(first),
      bytes.count <= 64
    else { return false }
    return bytes.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "_")
        || $0 == UInt8(ascii: "-")
    }
  }
}

extension Rule {
  /// A value that a variable can't have.
  package static let variableValue = Rule("variable-value")
}

extension Diagnostic {
  static func variableValue(_ name: String, _ fault: String, _ node: YAMLNode?) -> Diagnostic {
    let place = node.map { $0.kind == .scalar ? $0.location : $0.location.firstLine }
    return Diagnostic(
      .error, .variableValue, "Value does not fit the variable",
      detail: "The value of the variable '\(name.shortened)' \(fault).", at: place)
  }

  fileprivate static func badVariableName(_ key: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Name does not fit",
      detail: """
        '\(key.text.shortened)' can't be a variable's name: it has at most 64 letters, digits, '_' \
        and '-', and no digit first.
        """,
      at: key.location)
  }

  fileprivate static func badVariableKey(_ key: YAMLNode) -> Diagnostic {
    let known = ["type", "default", "description"]
    guard key.text == "sensitive" else {
      return .unknownKey(
        key, meant: nearest(to: key.text, among: known), known: known, in: "a variable", nil)
    }
    return Diagnostic(
      .error, .unknownKey, "Key is not known",
      detail: """
        Variables are shown in plans, so none is sensitive. Write '${env:NAME}' in the document's \
        secret field instead.
        """,
      at: key.location)
  }
}
