public import Diagnostics
public import TargetModel

/// Checks a target's name as the service does, and says which part of it is wrong.
///
/// The service's pattern (Azure ML REST API, computeName) is
/// `^[a-zA-Z](?![a-zA-Z0-9-]*-\d+$)[a-zA-Z0-9\-]{2,23}$`: 3 to 24 letters, digits and hyphens, a
/// letter first, and at the end no hyphen with nothing but digits behind it. Names are also unique
/// within a region, which only the service can tell (domain.md R76, R77).
public func checkName(
  _ name: String, of kind: KindDescriptor, at location: SourceLocation,
  reporting findings: inout DiagnosticList
) {
  let address = TargetAddress(kind: kind.name, name: name)
  if !kind.isInWorkspace {
    if name != kind.name.text { findings.append(.localName(address, at: location)) }
  } else if let fault = nameFault(name) {
    findings.append(.invalidName(address, fault, at: location))
  } else if let index = reservedTable[name.inLowerCase] {
    findings.append(.reservedName(address, reservedNames[index].meaning, at: location))
  } else if kindsWithShortNames.contains(kind.name), name.count > shortNameLimit {
    findings.append(.longName(address, kind, at: location))
  } else if name.hasSuffix("-") {
    findings.append(.hyphenAtEnd(address, at: location))
  }
}

/// Names that mean something else where a job names its target.
private let reservedNames: [(name: String, meaning: String)] = [
  ("amlcompute", "a cluster that is made for one run"),
  ("containerinstance", "a container that is made for one run"),
  ("local", "the computer a job is submitted from"),
]
private let reservedTable = NameTable(reservedNames.map(\.name))

/// The names of a kind that `checkName` finds no error in, as a regular expression for JSON Schema.
public func namePattern(of kind: KindDescriptor) -> String {
  kind.isInWorkspace ? computeNamePattern : kind.name.text
}

private let computeNamePattern: String = {
  let reserved = reservedNames.map(\.name.patternIgnoringCase).joined(separator: "|")
  return "(?!(?:\(reserved))$)[a-zA-Z](?![a-zA-Z0-9-]*-[0-9]+$)[a-zA-Z0-9-]{2,23}"
}()

/// Kinds for which the studio or an older client takes at most 16 characters (domain.md R77).
private let kindsWithShortNames: [KindName] = ["aks", "synapsespark"]
private let shortNameLimit = 16

/// What is wrong with a name, as the end of a sentence; nil if nothing is.
private func nameFault(_ name: String) -> String? {
  // By bytes: a name has nothing but ASCII.
  var text = name
  return text.withUTF8 { nameFault(name, $0) }
}

private func nameFault(
  _ name: String, _ characters: UnsafeBufferPointer<UInt8>
) -> String? {
  guard let first = characters.first else { return "it is empty" }
  if !characters.allSatisfy(\.isNameCharacter),
    let odd = name.unicodeScalars.first(where: {
      !$0.isASCII || !UInt8(ascii: $0).isNameCharacter
    })
  {
    return "'\(String(odd).visible)' is not a letter from a to z, a digit or a hyphen"
  }
  if !first.isNameLetter {
    return "it begins with '\(String(Unicode.Scalar(first)))', not with a letter"
  }
  let count = characters.count
  if count < 3 || count > 24 {
    return "it has \(count) character\(count == 1 ? "" : "s")"
  }
  if let hyphen = characters.lastIndex(of: UInt8(ascii: "-")), hyphen < count - 1,
    characters[(hyphen + 1)...].allSatisfy(\.isNameDigit)
  {
    return "it ends in a hyphen and digits; put a letter behind the last hyphen"
  }
  return nil
}

extension UInt8 {
  fileprivate var isNameLetter: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }
  fileprivate var isNameDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  fileprivate var isNameCharacter: Bool {
    isNameLetter || isNameDigit || self == UInt8(ascii: "-")
  }
}

extension Rule {
  /// A name that the service accepts.
  package static let invalidName = Rule("invalid-name")
  /// A name that means nothing else.
  package static let reservedName = Rule("reserved-name")
  /// A name that every face of the service accepts.
  package static let unportableName = Rule("unportable-name")
}

extension Diagnostic {
  fileprivate static func invalidName(
    _ address: TargetAddress, _ fault: String, at location: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .error, .invalidName, "Name is not allowed",
      detail: """
        The service does not accept '\(address.name.prefix(64))': \(fault). A name has 3 to 24 \
        letters, digits and hyphens, and begins with a letter.
        """,
      address: address.description, at: location)
  }

  fileprivate static func reservedName(
    _ address: TargetAddress, _ meaning: String, at location: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .error, .reservedName, "Name is reserved",
      detail: """
        Where a job names its target, '\(address.name)' means \(meaning), so no job could use this \
        one. Choose another name.
        """,
      address: address.description, at: location)
  }

  fileprivate static func longName(
    _ address: TargetAddress, _ kind: KindDescriptor, at location: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .warning, .unportableName, "Name may be refused",
      detail: """
        '\(address.name)' has \(address.name.count) characters. The service's API takes 24, but \
        its studio and older client at most \(shortNameLimit) for \(kind.title)s.
        """,
      address: address.description, at: location)
  }

  fileprivate static func hyphenAtEnd(
    _ address: TargetAddress, at location: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      .warning, .unportableName, "Name may be refused",
      detail: """
        '\(address.name)' ends in a hyphen. The service's API takes it, but its studio wants a \
        letter behind a hyphen.
        """,
      address: address.description, at: location)
  }
}
