package import Diagnostics
package import TargetModel

extension StackConfiguration {
  /// The shared access signature that `lock.sas` refers to.
  ///
  /// Nil, with a finding, if it is not to be had; nil without one if nothing refers to one.
  package func lockSignature(
    from source: any SecretSource, reporting findings: inout DiagnosticList
  ) -> SecretText? {
    guard let reference = lock?.signature else { return nil }
    switch lookUp(reference, in: source) {
    case .found(let secret): return secret
    case .fault(let why):
      findings.append(.lockSignature(why, at: places["lock.sas"]))
      return nil
    }
  }

  private enum Finding {
    case found(SecretText)
    /// Why there is none, as a sentence.
    case fault(String)
  }

  private func lookUp(_ reference: String, in source: any SecretSource) -> Finding {
    switch SecretReference(reference) {
    case .environment(let name):
      guard let value = source.environment(name), !value.isEmpty else {
        return .fault("The variable '\(name)' is not set or empty.")
      }
      return .found(SecretText(value, from: .environment(name)))
    case .file(let path):
      switch source.file(path, namedIn: "berth.yaml") {
      case .failure(let failure): return .fault("The file '\(path)' \(failure.reason).")
      case .success(let file):
        let text = String(file.contents.prefix { !$0.isNewline })
        return text.isEmpty
          ? .fault("The file '\(path)' is empty.") : .found(SecretText(text, from: .file(path)))
      }
    case .command(let name):
      guard let command = commands[name] else {
        return .fault("'commands' in berth.yaml has none of the name '\(name)'.")
      }
      switch source.output(of: command) {
      case .failure(let failure): return .fault("The command '\(name)' \(failure.reason).")
      case .success(let text): return .found(SecretText(text, from: .command(name)))
      }
    case .malformed(let why): return .fault(why)
    case nil: return .fault("It is no reference.")
    }
  }
}

extension Rule {
  /// A lock's shared access signature that is not to be had, or is none.
  package static let lockSignature = Rule("lock-signature")
}

extension Diagnostic {
  /// - Parameter why: a sentence, without any secret.
  package static func lockSignature(_ why: String, at place: SourceLocation?) -> Diagnostic {
    Diagnostic(
      .error, .lockSignature, "Lock's signature is not usable",
      detail: """
        'lock.sas' refers to the shared access signature by which Berth gets at the lock's blob. \
        \(why)
        """,
      at: place, hidesSource: true)
  }
}
