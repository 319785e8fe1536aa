/// A secret on its way from where it is kept to the service.
///
/// It can't be printed, dumped or encoded: every textual form of it is `(sensitive value)`. Whoever
/// really needs the text calls `reveal()`, which is easy to search for. Whether a secret changed is
/// told by a keyed fingerprint (`ComputeTarget.secretFingerprints`), never by showing it.
public struct SecretText: Hashable, Sendable {
  /// Where it came from, in a form that may be shown.
  public enum Origin: Hashable, Sendable {
    /// Written in the manifest itself.
    case literal
    /// `${env:NAME}`
    case environment(String)
    /// `${file:path}`, or a field that names a file
    case file(String)
    /// `${command:NAME}`
    case command(String)
  }

  /// Where it comes from.
  public let origin: Origin
  private let contents: String

  /// Makes a secret text of its parts.
  public init(_ contents: String, from origin: Origin) {
    self.contents = contents
    self.origin = origin
  }

  /// What stands for a secret that nobody looked up, where only the form of manifests is checked.
  public static let unresolved = "unresolved"

  /// False if nobody looked the secret up, so that nothing can be said of its content.
  public var isResolved: Bool { contents != Self.unresolved }

  /// The secret itself.
  ///
  /// Only for a request's body and for fingerprints.
  public func reveal() -> String { contents }
}

extension SecretText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// What people see in place of a secret.
  public static let placeholder = "(sensitive value)"

  /// The text that people read.
  public var description: String { Self.placeholder }
  /// The same: a secret has no other form.
  public var debugDescription: String { Self.placeholder }
  /// An empty mirror: nothing to look into.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
