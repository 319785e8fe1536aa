package import TargetModel

/// Why there is no signature, as a sentence without any secret.
package struct LockSignatureFault: Error, Hashable, Sendable {
  package let why: String

  init(_ why: String) { self.why = why }
}

extension StackConfiguration {
  /// The shared access signature that `lock.sas` refers to; nil if it refers to none.
  package func lockSignature(
    from source: any SecretSource
  ) -> Result<SecretText, LockSignatureFault>? {
    lock?.signature.map { lookUp($0, in: source) }
  }

  private func lookUp(_ reference: String, in source: any SecretSource) -> Result<
    SecretText, LockSignatureFault
  > {
    switch SecretReference(reference) {
    case .environment(let name):
      guard let value = source.environment(name), !value.isEmpty else {
        return .failure(.init("The variable '\(name)' is not set or empty."))
      }
      return .success(SecretText(value, from: .environment(name)))
    case .file(let path):
      switch source.file(path, namedIn: "berth.yaml") {
      case .failure(let failure): return .failure(.init("The file '\(path)' \(failure.reason)."))
      case .success(let file):
        let text = String(file.contents.prefix { !$0.isNewline })
        return text.isEmpty
          ? .failure(.init("The file '\(path)' is empty."))
          : .success(SecretText(text, from: .file(path)))
      }
    case .command(let name):
      guard let command = commands[name] else {
        return .failure(.init("'commands' in berth.yaml has none of the name '\(name)'."))
      }
      switch source.output(of: command) {
      case .failure(let failure): return .failure(.init("The command '\(name)' \(failure.reason)."))
      case .success(let text): return .success(SecretText(text, from: .command(name)))
      }
    case .malformed(let why): return .failure(.init(why))
    case nil: return .failure(.init("It is no reference."))
    }
  }
}
