package import Diagnostics
internal import ManifestSyntax
internal import TargetModel

extension ValueBinding {
  /// A secret: a reference that is looked up, a file's content, or, with a warning, a literal.
  mutating func secret(_ node: YAMLNode, of field: Field) -> AttributeValue? {
    guard node.kind == .scalar else {
      findings.append(.secretFault(field.path, "It must be a text or a reference.", node, address))
      return nil
    }
    if case .secretFile = field.type { return file(node.text, field, node) }
    guard let reference = Reference(node.text) else {
      if node.text.contains("${") {
        findings.append(
          .secretFault(
            field.path,
            "A reference stands alone: '${env:NAME}' or '${file:path}', with nothing around it.",
            node, address))
        return nil
      }
      findings.append(.literalSecret(field.path, node, address))
      return .secret(SecretText(node.text, from: .literal))
    }
    switch reference {
    case .environment(let name): return variable(name, field, node)
    case .file(let path): return file(path, field, node)
    case .unknown(let word):
      findings.append(
        .secretFault(
          field.path, "'${\(word):...}' is not known; write '${env:NAME}' or '${file:path}'.",
          node, address))
      return nil
    }
  }

  private mutating func variable(
    _ name: String, _ field: Field, _ node: YAMLNode
  ) -> AttributeValue? {
    guard name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
      findings.append(
        .secretFault(field.path, "'\(name)' is no name of a variable.", node, address))
      return nil
    }
    guard !isCredentialOfTheRunner(name) else {
      findings.append(.runnerCredential(field.path, name, node, address))
      return nil
    }
    guard let value = secrets.environment(name), !value.isEmpty else {
      findings.append(.unsetVariable(field.path, name, node, address))
      return nil
    }
    return .secret(SecretText(value, from: .environment(name)))
  }

  private mutating func file(_ path: String, _ field: Field, _ node: YAMLNode) -> AttributeValue? {
    switch secrets.file(path, namedIn: node.location.file) {
    case .failure(let failure):
      findings.append(.secretFile(field.path, path, failure.reason, node, address))
      return nil
    case .success(let file):
      if file.contents.isEmpty {
        findings.append(.secretFile(field.path, path, "is empty", node, address))
        return nil
      }
      if file.isReadableByOthers {
        findings.append(.exposedSecretFile(field.path, path, node, address))
      }
      return .secret(SecretText(file.contents, from: .file(path)))
    }
  }

  /// The runner's own credentials are never a target's: a manifest could send them anywhere
  /// (reliability.md T13).
  private func isCredentialOfTheRunner(_ name: String) -> Bool {
    let name = name.uppercased()
    return ["AZURE_", "ARM_", "IDENTITY_", "MSI_", "ACTIONS_"].contains { name.hasPrefix($0) }
      || ["GITHUB_TOKEN", "SYSTEM_ACCESSTOKEN", "BERTH_FINGERPRINT_KEY"].contains(name)
  }
}

/// `${env:NAME}` or `${file:path}` as the whole of a text.
private enum Reference {
  case environment(String)
  case file(String)
  case unknown(String)

  init?(_ text: String) {
    guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
    let inner = text.dropFirst(2).dropLast()
    guard !inner.contains("${"), let colon = inner.firstIndex(of: ":") else { return nil }
    let argument = String(inner[inner.index(after: colon)...])
    switch inner[..<colon] {
    case "env": self = .environment(argument)
    case "file": self = .file(argument)
    case let word: self = .unknown(String(word))
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
