/// The stable id of something Berth checks, such as `attach-once`.
///
/// Users search for it, silence it and read its page (`docs/diagnostics/<id>.md`), so an id never
/// changes its meaning. A rule is declared beside the code that enforces it:
///
///     extension Rule { static let unknownKey = Rule("unknown-key") }
public struct Rule: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The id: lower case, words joined by hyphens.
  public let id: String

  /// Names a rule.
  public init(_ id: String) {
    self.id = id
  }

  /// The text that people read.
  public var description: String { id }

  /// The order in which they are listed.
  public static func < (left: Rule, right: Rule) -> Bool { left.id < right.id }
}

/// How much a finding matters.
public enum Severity: String, Hashable, Sendable, Comparable {
  /// The command can't go on.
  case error
  /// The command goes on; somebody should look.
  case warning
  /// Worth knowing.
  case note

  /// The worst comes first.
  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .error: 0
    case .warning: 1
    case .note: 2
    }
  }
}

/// What a finding means for the exit code of the command that reports it.
public enum FindingClass: Hashable, Sendable {
  /// A mistake or a failure: exit code 1.
  case failure
  /// A safety rule said no: exit code 3.
  case refusal
  /// A saved plan that no longer fits: exit code 5.
  case stale
}

/// One finding, written for the tired person who reads it.
///
/// The summary names the problem without user data, so that people learn to recognise it. The
/// detail says what is wrong here, why it matters, and what to do.
public struct Diagnostic: Hashable, Sendable {
  /// How much it matters.
  public var severity: Severity
  /// The rule that was broken.
  public var rule: Rule
  /// A few words without user data, in sentence case and without a full stop.
  public var summary: String
  /// Full sentences: what, why, and a way out.
  public var detail: String
  /// The address of the target concerned, for example `kubernetes.k8s-b`.
  public var address: String?
  /// Where in the manifests.
  public var location: SourceLocation?
  /// Other places that matter, such as "first defined here".
  public var related: [Related]
  /// True where the source line must not be shown because it may hold a secret.
  public var hidesSource: Bool
  /// What it means for the exit code.
  public var findingClass: FindingClass

  /// Makes a diagnostic of its parts.
  public init(
    _ severity: Severity, _ rule: Rule, _ summary: String, detail: String,
    address: String? = nil, at location: SourceLocation? = nil, related: [Related] = [],
    hidesSource: Bool = false, findingClass: FindingClass = .failure
  ) {
    self.severity = severity
    self.rule = rule
    self.summary = summary
    self.detail = detail
    self.address = address
    self.location = location
    self.related = related
    self.hidesSource = hidesSource
    self.findingClass = findingClass
  }

  /// A second place, with what it has to do with the first.
  public struct Related: Hashable, Sendable {
    /// A few words, such as "first defined here".
    public let message: String
    /// The place in the manifest.
    public let location: SourceLocation

    /// Another place that matters.
    public init(_ message: String, at location: SourceLocation) {
      self.message = message
      self.location = location
    }
  }
}

extension Diagnostic: Comparable {
  /// The order in which findings are shown: by place, those without one last, then by rule.
  public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
    switch (left.location, right.location) {
    case (let left?, let right?) where left != right: left < right
    case (_?, nil): true
    case (nil, _?): false
    default:
      (left.severity, left.rule, left.address ?? "", left.detail)
        < (right.severity, right.rule, right.address ?? "", right.detail)
    }
  }
}
