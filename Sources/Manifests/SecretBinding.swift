package import Diagnostics
internal import ManifestSyntax
internal import TargetModel

extension ValueBinding {
  /// A secret: a reference that is looked up, a file's content, or, with a warning, a literal.
  ///
  /// No finding about it says what stands there; a mistake may be the secret itself.
  mutating func secret(
    _ node: YAMLNode, of field: Field, at path: AttributePath
  ) -> AttributeValue? {
    guard node.kind == .scalar else {
      findings.append(.secretFault(path, "It must be a text or a reference.", node, address))
      return nil
    }
    switch node.isVerbatim ? nil : SecretReference(node.text) {
    case .environment(let name): return variable(name, path, node)
    case .file(let file): return self.file(file, path, node, isWhole: field.type.isFile)
    case .command(let name): return output(of: name, path, node)
    case .malformed(let why):
      findings.append(.secretFault(path, why, node, address))
      return nil
    case nil: return field.type.isFile ? namedFile(path, node) : literal(path, node)
    }
  }

  private mutating func literal(_ path: AttributePath, _ node: YAMLNode) -> AttributeValue? {
    guard !node.text.isEmpty else {
      findings.append(
        .secretFault(
          path, "It is empty. Refer to it: '${env:NAME}' or '${file:path}'.", node, address))
      return nil
    }
    findings.append(.literalSecret(path, node, address))
    return .secret(SecretText(node.text, from: .literal))
  }

  private mutating func variable(
    _ name: String, _ path: AttributePath, _ node: YAMLNode
  ) -> AttributeValue? {
    guard !RunnerCredentials.contain(name) else {
      findings.append(.runnerCredential(path, name, node, address))
      return nil
    }
    guard let value = secrets.environment(name), !value.isEmpty else {
      findings.append(.unsetVariable(path, name, node, address))
      return nil
    }
    return .secret(SecretText(value, from: .environment(name)))
  }

  /// A field that names a file whose content is the secret.
  mutating func namedFile(_ path: AttributePath, _ node: YAMLNode) -> AttributeValue? {
    let name = node.text
    guard !name.isEmpty, name.utf8.count <= 1_024, !name.contains(where: \.isNewline) else {
      findings.append(
        .secretFault(
          path, "It names a file by its path; the content does not belong here.", node, address))
      return nil
    }
    return file(name, path, node, isWhole: true)
  }

  private mutating func file(
    _ name: String, _ path: AttributePath, _ node: YAMLNode, isWhole: Bool
  ) -> AttributeValue? {
    switch secrets.file(name, namedIn: node.location.file) {
    case .failure(let failure):
      findings.append(.secretFile(path, name, failure.reason, node, address))
      return nil
    case .success(let file):
      let contents = isWhole ? file.contents : file.contents.withoutEndOfOnlyLine
      if contents.isEmpty {
        findings.append(.secretFile(path, name, "is empty", node, address))
        return nil
      }
      // A certificate alone is no secret: its key is.
      if file.isReadableByOthers, !file.contents.isCertificate {
        findings.append(.exposedSecretFile(path, name, node, address))
      }
      return .secret(SecretText(contents, from: .file(name)))
    }
  }

  /// What a program that `berth.yaml` allows prints.
  private mutating func output(
    of name: String, _ path: AttributePath, _ node: YAMLNode
  ) -> AttributeValue? {
    guard let command = commands[name] else {
      findings.append(.commandNotAllowed(path, name, commands.keys.sorted(), node, address))
      return nil
    }
    let result = commandResults[name] ?? secrets.output(of: command)
    commandResults[name] = result
    switch result {
    case .failure(let failure):
      findings.append(.secretCommand(path, name, failure.reason, node, address))
      return nil
    case .success(let text) where text.isEmpty:
      findings.append(.secretCommand(path, name, "printed nothing", node, address))
      return nil
    case .success(let text): return .secret(SecretText(text, from: .command(name)))
    }
  }
}

/// The runner's own credentials are never a target's: a manifest could send them anywhere
/// (reliability.md T13).
package enum RunnerCredentials {
  /// What the names of such variables begin with, in capitals; case does not matter.
  static let prefixes = ["AZURE_", "ARM_", "IDENTITY_", "MSI_", "ACTIONS_"]
  /// Other such variables.
  static let names = ["GITHUB_TOKEN", "SYSTEM_ACCESSTOKEN", "BERTH_FINGERPRINT_KEY"]

  /// True for the name of a variable that may hold one.
  package static func contain(_ name: String) -> Bool {
    let name = name.uppercased()
    return prefixes.contains { name.hasPrefix($0) } || names.contains(name)
  }
}

/// `${env:NAME}`, `${file:path}` or `${command:NAME}` as the whole of a text.
enum SecretReference {
  case environment(String)
  case file(String)
  case command(String)
  /// It was meant as a reference and is none; the sentence says why.
  case malformed(String)

  /// Nil for a text without `${`.
  init?(_ text: String) {
    guard text.contains("${") else { return nil }
    guard text.hasPrefix("${"), text.hasSuffix("}"), !text.dropFirst(2).dropLast().contains("${")
    else {
      self = .malformed(
        "A reference stands alone: '${env:NAME}' or '${file:path}', with nothing around it.")
      return
    }
    let inner = text.dropFirst(2).dropLast()
    let argument = inner.drop { $0 != ":" }.dropFirst()
    switch inner.prefix(while: { $0 != ":" }) {
    case "env" where argument.utf8.isVariableName: self = .environment(String(argument))
    case "env":
      self = .malformed(
        "What follows 'env:' is no name of a variable: letters, digits and '_', and no digit first."
      )
    case "file" where !argument.isEmpty && !argument.contains(where: \.isNewline):
      self = .file(String(argument))
    case "file": self = .malformed("What follows 'file:' is no path.")
    case "command" where argument.utf8.isReferenceName: self = .command(String(argument))
    case "command":
      self = .malformed("What follows 'command:' is no name of a command in berth.yaml.")
    default: self = .malformed("A reference is '${env:NAME}' or '${file:path}'.")
    }
  }
}

extension Substring.UTF8View {
  /// Letters, digits and `_`, and no digit first.
  fileprivate var isVariableName: Bool {
    guard let first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return allSatisfy {
      switch $0 {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }
}

extension String {
  /// A file with one line is meant without the line's end; a key of many lines needs it.
  fileprivate var withoutEndOfOnlyLine: String {
    guard let end = firstIndex(where: \.isNewline), index(after: end) == endIndex else {
      return self
    }
    return String(self[..<end])
  }

  /// True for certificates in PEM form with no key beside them.
  fileprivate var isCertificate: Bool {
    holds("-----BEGIN CERTIFICATE-----") && !holds("PRIVATE KEY-----")
  }

  /// True if a reference stands somewhere in the text.
  var holdsReference: Bool {
    holds("${") && (holds("${env:") || holds("${file:") || holds("${command:"))
  }

  /// True if the bytes of another text stand in this one, whatever combines with them.
  func holds(_ part: StaticString) -> Bool {
    var text = self
    return text.withUTF8 { bytes in
      part.withUTF8Buffer { part in
        guard let first = part.first else { return true }
        var rest = bytes[...]
        while let index = rest.firstIndex(of: first) {
          rest = rest[index...]
          if rest.starts(with: part) { return true }
          rest = rest.dropFirst()
        }
        return false
      }
    }
  }
}

extension Rule {
  /// A secret is written in a manifest.
  package static let literalSecret = Rule("literal-secret")
  /// A reference that can't be understood.
  package static let secretReference = Rule("secret-reference")
  /// A variable that is not set.
  package static let secretUnset = Rule("secret-unset")
  /// A file that can't be a secret.
  package static let secretFile = Rule("secret-file")
  /// A secret file that others may read.
  package static let secretFileExposed = Rule("secret-file-exposed")
  /// A command that the stack does not allow.
  package static let commandNotAllowed = Rule("command-not-allowed")
  /// A command that gives no secret.
  package static let secretCommand = Rule("secret-command")
  /// References stand in secret fields only.
  package static let referenceNotAllowed = Rule("reference-not-allowed")
}

extension Diagnostic {
  fileprivate static func literalSecret(
    _ path: AttributePath, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .warning, .literalSecret, "Secret in a manifest",
      detail: """
        '\(path)' is written out, and everybody who can read the repository can read it. Refer to \
        it: '${env:NAME}' or '${file:path}'.
        """,
      address: address, at: node.location, hidesSource: true)
  }

  fileprivate static func secretFault(
    _ path: AttributePath, _ what: String, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .secretReference, "Reference is not understood",
      detail: "'\(path)' is a secret. \(what)", address: address, at: node.location,
      hidesSource: true)
  }

  fileprivate static func runnerCredential(
    _ path: AttributePath, _ name: String, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .secretReference, "Reference is not allowed",
      detail: """
        '\(path)' refers to '\(name)', which is a credential of the machine that runs Berth; a \
        target must not get it. Put the target's own secret under another name.
        """,
      address: address, at: node.location, hidesSource: true)
  }

  fileprivate static func unsetVariable(
    _ path: AttributePath, _ name: String, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .secretUnset, "Variable is not set",
      detail: """
        '\(path)' is '${env:\(name)}', and the variable is not set or empty. Set it where Berth \
        runs, for example: export \(name)=...
        """,
      address: address, at: node.location, hidesSource: true)
  }

  fileprivate static func secretFile(
    _ path: AttributePath, _ file: String, _ reason: String, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .secretFile, "Secret file can't be read",
      detail: """
        '\(path)' is the content of '\(file)', and that file \(reason). It must be a file of text \
        below the stack's folder, named from the folder of the manifest.
        """,
      address: address, at: node.location, hidesSource: true)
  }

  fileprivate static func commandNotAllowed(
    _ path: AttributePath, _ name: String, _ known: [String], _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    let way =
      nearest(to: name, among: known).map { "Did you mean \"\($0)\"?" }
      ?? "Add it there, if this program may run: commands: {\(name): [program, argument]}"
    return Diagnostic(
      .error, .commandNotAllowed, "Command is not allowed",
      detail: """
        '\(path)' is what the command '\(name)' prints, and 'commands' in berth.yaml has none of \
        that name. \(way)
        """,
      address: address, at: node.location, hidesSource: true)
  }

  fileprivate static func secretCommand(
    _ path: AttributePath, _ name: String, _ reason: String, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .secretCommand, "Command gives no secret",
      detail: """
        '\(path)' is what the command '\(name)' of berth.yaml prints, and the command \(reason). \
        Run it by hand to see why; nothing that it prints is shown here.
        """,
      address: address, at: node.location, hidesSource: true)
  }

  fileprivate static func exposedSecretFile(
    _ path: AttributePath, _ file: String, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .warning, .secretFileExposed, "Secret file is readable by others",
      detail: """
        Other users of this machine can read '\(file)'. Run: chmod 600 \(file)
        """,
      address: address, at: node.location, hidesSource: true)
  }

  static func referenceNotAllowed(
    _ path: AttributePath, _ node: YAMLNode, _ address: String?
  ) -> Diagnostic {
    Diagnostic(
      .error, .referenceNotAllowed, "Reference is not allowed here",
      detail: """
        '\(path)' is no secret and is shown in plans; a reference in it would show what it refers \
        to. Write the value itself.
        """,
      address: address, at: node.location)
  }
}
