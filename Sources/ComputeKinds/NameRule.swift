public import Diagnostics
public import TargetModel

/// Checks a target's name as the service does (Azure ML REST API, computeName; domain.md R76, R77).
///
/// The pattern is `^[a-zA-Z](?![a-zA-Z0-9-]*-\d+$)[a-zA-Z0-9\-]{2,23}$`: 3 to 24 letters, digits
/// and hyphens, a letter first, and not a hyphen followed by digits only at the end.
public func checkName(
  _ name: String, of kind: KindDescriptor, at location: SourceLocation,
  reporting findings: inout DiagnosticList
) {
  if let fault = nameFault(name) {
    findings.append(.invalidName(name, fault, at: location))
  } else if kind.origin != .attached, reservedNames.contains(name.lowercased()) {
    findings.append(
      .invalidName(name, "it is reserved by the service for a target of its own", at: location))
  } else if (kind.name == "aks" || kind.name == "synapsespark") && name.count > 16 {
    findings.append(.longName(name, kind, at: location))
  }
}

/// Names that mean something else where a job names its target (Azure ML SDK v1, create only).
private let reservedNames: Set<String> = ["amlcompute", "local", "containerinstance"]

/// What is wrong with a name, as the end of a sentence; nil if nothing is.
private func nameFault(_ name: String) -> String? {
  let characters = Array(name.unicodeScalars)
  if let odd = characters.first(where: { !$0.isNameCharacter }) {
    return "'\(String(odd).visible)' is not a letter from a to z, a digit or a hyphen"
  }
  if characters.count < 3 || characters.count > 24 {
    return "it has \(characters.count) character\(characters.count == 1 ? "" : "s")"
  }
  if let first = characters.first, !first.isNameLetter { return "it does not begin with a letter" }
  if let hyphen = characters.lastIndex(of: "-"), hyphen + 1 < characters.count,
    characters[(hyphen + 1)...].allSatisfy(\.isNameDigit)
  {
    return "it ends in a hyphen and digits; put a letter behind the last hyphen"
  }
  return nil
}

extension Unicode.Scalar {
  fileprivate var isNameLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
  fileprivate var isNameDigit: Bool { ("0"..."9").contains(self) }
  fileprivate var isNameCharacter: Bool { isNameLetter || isNameDigit || self == "-" }
}

extension Rule {
  /// A name that the service accepts.
  package static let invalidName = Rule("invalid-name")
  /// A name that some of the service's faces find too long.
  package static let longName = Rule("long-name")
}

extension Diagnostic {
  fileprivate static func invalidName(
    _ name: String, _ fault: String, at location: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .error, .invalidName, "Name is not allowed",
      detail: """
        The service does not accept '\(name.prefix(64))': \(fault). A name has 3 to 24 letters, \
        digits and hyphens, and begins with a letter.
        """,
      at: location)
  }

  fileprivate static func longName(
    _ name: String, _ kind: KindDescriptor, at location: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .warning, .longName, "Name may be too long",
      detail: """
        '\(name)' has \(name.count) characters. The service's studio and its older client take at \
        most 16 for a \(kind.name).
        """,
      at: location)
  }
}
