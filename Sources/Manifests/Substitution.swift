package import Diagnostics
internal import ManifestSyntax

/// Puts the values of variables where a document says `${var:NAME}`.
///
/// Values only, never keys. A value is put in once and not looked at again, so that nothing refers
/// to itself. `$${` is a `${` that means nothing.
struct Substitution {
  let variables: Variables
  /// The variables that some document refers to.
  private(set) var used: Set<String> = []
  /// How many references could not be replaced.
  private var failures = 0
  /// Where those stand: what a value there comes to, nobody knows.
  private(set) var unknownPlaces: Set<SourceLocation> = []
  /// Variables about which it was said already that they have no value.
  private var reported: Set<String> = []
  /// Bytes that values have brought into documents.
  private var expandedBytes = 0
  private var isExhausted = false

  /// The most bytes that values may bring into a stack's documents.
  static let limit = 16 << 20

  init(_ variables: Variables) {
    self.variables = variables
  }

  /// A node with values in place of references; nil if one of them can't be replaced.
  ///
  /// Why is reported, once for a variable that has no value.
  mutating func apply(
    to node: YAMLNode, reporting findings: inout DiagnosticList
  ) -> YAMLNode? {
    let (result, isKnown) = applied(to: node, reporting: &findings)
    return isKnown ? result : nil
  }

  /// A node with values in place of references, as far as they are known, and whether all are.
  mutating func applied(
    to node: YAMLNode, reporting findings: inout DiagnosticList
  ) -> (node: YAMLNode, isKnown: Bool) {
    let failuresBefore = failures
    let result = changed(node, &findings) ?? node
    return (result, failures == failuresBefore)
  }

  private mutating func fail(at node: YAMLNode) {
    failures += 1
    unknownPlaces.insert(node.location)
  }

  /// Nil for a node in which nothing refers to anything.
  private mutating func changed(
    _ node: YAMLNode, _ findings: inout DiagnosticList
  ) -> YAMLNode? {
    switch node.kind {
    case .scalar: return replaced(node, &findings)
    case .sequence:
      var elements = node.elements
      var isChanged = false
      for index in elements.indices {
        guard let other = changed(elements[index], &findings) else { continue }
        elements[index] = other
        isChanged = true
      }
      return isChanged ? YAMLNode(elements: elements, at: node.location) : nil
    case .mapping:
      var entries = Array(node.entries)
      var isChanged = false
      for index in entries.indices {
        guard let other = changed(entries[index].value, &findings) else { continue }
        entries[index].value = other
        isChanged = true
      }
      return isChanged ? YAMLNode(entries: entries, at: node.location) : nil
    }
  }

  private mutating func replaced(
    _ node: YAMLNode, _ findings: inout DiagnosticList
  ) -> YAMLNode? {
    guard node.text.holds("${") else { return nil }
    let pieces = TextPiece.pieces(of: node.text)
    guard pieces.contains(where: { !$0.isLiteral }) else { return nil }
    var text = ""
    var hasEscape = false
    for piece in pieces {
      switch piece {
      case .literal(let literal): text += literal
      case .escape:
        hasEscape = true
        text += "${"
      case .malformed:
        findings.append(.variableReference(node))
        fail(at: node)
        return nil
      case .variable(let name):
        guard let value = value(of: name, for: node, &findings),
          hasRoom(for: value, after: text, node, &findings)
        else {
          fail(at: node)
          return nil
        }
        if pieces.count == 1 {
          return YAMLNode(text: value.text, isPlain: value.isPlain, at: node.location)
        }
        text += value.text
      }
    }
    let isVerbatim =
      hasEscape
      && !pieces.contains { if case .literal(let text) = $0 { text.holdsReference } else { false } }
    return YAMLNode(text: text, isPlain: false, isVerbatim: isVerbatim, at: node.location)
  }

  private mutating func value(
    of name: String, for node: YAMLNode, _ findings: inout DiagnosticList
  ) -> VariableValue? {
    guard let declaration = variables.declarations[name] else {
      findings.append(.unknownVariable(name, among: variables.names, at: node.location))
      return nil
    }
    used.insert(name)
    if let value = variables.values[name] { return value }
    if !variables.refused.contains(name), reported.insert(name).inserted {
      findings.append(.variableUnset(declaration, node))
    }
    return nil
  }

  private mutating func hasRoom(
    for value: VariableValue, after text: String, _ node: YAMLNode,
    _ findings: inout DiagnosticList
  ) -> Bool {
    if isExhausted { return false }
    let most = YAMLLimits.standard.scalarLength
    guard text.utf8.count + value.text.utf8.count <= most else {
      findings.append(
        .expansionLimit("This value would have more than \(most) bytes.", node.location))
      return false
    }
    expandedBytes += value.text.utf8.count
    guard expandedBytes <= Self.limit else {
      isExhausted = true
      findings.append(
        .expansionLimit(
          "Variables bring more than \(Self.limit >> 20) MiB into the documents.", node.location))
      return false
    }
    return true
  }
}

/// False for a file in which no value can refer to anything, whatever its values are.
///
/// An escape in quotes can be a `$` too.
func mayHoldReferences(_ bytes: [UInt8]) -> Bool {
  bytes.withUnsafeBytes { bytes in
    var index = 0
    while index < bytes.count {
      index = bytes.passed(from: index) {
        $0.equal(to: UInt8(ascii: "\\")) | $0.equal(to: UInt8(ascii: "$"))
      }
      guard index < bytes.count else { break }
      switch bytes[index] {
      case UInt8(ascii: "\\"): return true
      case UInt8(ascii: "$") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "{"):
        return true
      default: index += 1
      }
    }
    return false
  }
}

/// A part of a scalar's text.
private enum TextPiece {
  case literal(String)
  /// `$${`
  case escape
  /// `${var:NAME}`
  case variable(String)
  /// Something that was meant as a variable and is none.
  case malformed

  var isLiteral: Bool { if case .literal = self { true } else { false } }

  /// The parts of a text, in one pass.
  static func pieces(of text: String) -> [TextPiece] {
    var pieces: [TextPiece] = []
    var literal = ""
    var rest = text[...]
    func ended() -> [TextPiece] { literal.isEmpty ? [] : [.literal(literal)] }
    while let dollar = rest.utf8.firstIndex(of: UInt8(ascii: "$")) {
      literal += rest[..<dollar]
      rest = rest[dollar...]
      if rest.utf8.starts(with: "$${".utf8) {
        pieces += ended() + [.escape]
        literal = ""
        rest = rest[rest.utf8.index(rest.startIndex, offsetBy: 3)...]
      } else if let reference = variable(at: rest) {
        pieces += ended() + [reference.piece]
        literal = ""
        rest = reference.rest
      } else {
        literal += "$"
        rest = rest[rest.utf8.index(after: dollar)...]
      }
    }
    literal += rest
    return pieces + ended()
  }

  /// The reference that a text begins with; nil if it begins with none.
  private static func variable(at text: Substring) -> (piece: TextPiece, rest: Substring)? {
    guard text.utf8.starts(with: "${".utf8) else { return nil }
    let inner = text.dropFirst(2)
    let word = inner.prefix { $0.isLetter }
    guard ["var", "vars", "variable", "variables"].contains(word.lowercased()) else { return nil }
    let after = inner[word.endIndex...]
    guard let mark = after.first, mark == ":" || mark == "." else { return nil }
    let name = after.dropFirst().prefix { $0 != "}" }
    guard word == "var", mark == ":", name.utf8.isReferenceName,
      name.endIndex < text.endIndex
    else { return (.malformed, text[text.endIndex...]) }
    return (.variable(String(name)), text[text.index(after: name.endIndex)...])
  }
}

extension Rule {
  /// A variable without a value.
  package static let variableUnset = Rule("variable-unset")
  /// A reference to a variable that can't be understood.
  package static let variableReference = Rule("variable-reference")
  /// Variables, defaults or overlays make more of a stack than it may have.
  package static let expansionLimit = Rule("expansion-limit")
}

extension Diagnostic {
  fileprivate static func variableUnset(
    _ declaration: VariableDeclaration, _ node: YAMLNode
  ) -> Diagnostic {
    Diagnostic(
      .error, .variableUnset, "Variable has no value",
      detail: """
        '${var:\(declaration.name)}' stands here, and the variable has neither a value nor a \
        default. Give one: --var \(declaration.name)=...
        """,
      at: node.location, related: [.init("declared here", at: declaration.location)])
  }

  fileprivate static func variableReference(_ node: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .variableReference, "Reference is not understood",
      detail: """
        A reference to a variable is '${var:NAME}', and its name has letters, digits, '_' and '-'. \
        For a text with '${' in it, write '$${'.
        """,
      at: node.location)
  }

  static func expansionLimit(_ what: String, _ place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .expansionLimit, "Documents grow too large",
      detail: "\(what) Write less in variables and defaults, or split the stack.", at: place)
  }
}
