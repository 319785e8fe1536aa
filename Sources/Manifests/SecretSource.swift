internal import TargetModel

/// Where references to secrets are looked up.
///
/// Given by whoever may touch the environment and the file system; binding itself touches neither.
public protocol SecretSource: Sendable {
  /// The value of a variable, or nil if it is not set.
  func environment(_ name: String) -> String?

  /// The content of a file.
  ///
  /// - Parameters:
  ///   - path: as the manifest writes it, counted from the folder of `manifest`.
  ///   - manifest: the path of the manifest, from the stack's folder.
  func file(_ path: String, namedIn manifest: String) -> Result<SecretFile, SecretFileFailure>

  /// What a program prints, without the end of its last line.
  ///
  /// Asked once for each command that the stack allows and a manifest refers to.
  ///
  /// - Parameter command: the program and its arguments.
  func output(of command: [String]) -> Result<String, SecretCommandFailure>
}

extension SecretSource {
  /// A source that runs nothing.
  public func output(of command: [String]) -> Result<String, SecretCommandFailure> {
    .failure(SecretCommandFailure("is not run here"))
  }
}

/// A file's content as a secret.
public struct SecretFile: Sendable {
  /// The content.
  public let contents: String
  /// True if others on the machine may read the file.
  public let isReadableByOthers: Bool

  /// A file that was read.
  public init(contents: String, isReadableByOthers: Bool) {
    self.contents = contents
    self.isReadableByOthers = isReadableByOthers
  }
}

/// Why a file can't be a secret, as the end of the sentence "The file ...".
public struct SecretFileFailure: Error, Hashable, Sendable {
  /// For example "does not exist".
  public let reason: String

  /// A failure.
  public init(_ reason: String) {
    self.reason = reason
  }
}

/// Why a command gave no secret, as the end of the sentence "The command ...".
public struct SecretCommandFailure: Error, Hashable, Sendable {
  /// For example "ended with status 1".
  public let reason: String

  /// A failure.
  public init(_ reason: String) {
    self.reason = reason
  }
}

/// Checks the form of references and looks nothing up, for `berth validate` on a machine that has
/// no secrets.
public struct UnresolvedSecrets: SecretSource {
  /// A source that knows nothing.
  public init() {}

  /// Always a placeholder.
  public func environment(_ name: String) -> String? { SecretText.unresolved }

  /// A placeholder for every file that may lie in the stack, whether it is there or not.
  public func file(
    _ path: String, namedIn manifest: String
  ) -> Result<SecretFile, SecretFileFailure> {
    var depth = manifest.split(separator: "/").count - 1
    for part in path.split(separator: "/") where part != "." {
      depth += part == ".." ? -1 : 1
      if depth < 0 { break }
    }
    if path.hasPrefix("/") || depth < 0 {
      return .failure(SecretFileFailure("lies outside the stack"))
    }
    return .success(SecretFile(contents: SecretText.unresolved, isReadableByOthers: false))
  }

  /// Always a placeholder; nothing is run.
  public func output(of command: [String]) -> Result<String, SecretCommandFailure> {
    .success(SecretText.unresolved)
  }
}
