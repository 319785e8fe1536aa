/// What goes wrong, and when.
public struct FaultPlan: Sendable {
  /// The rules, in the order in which they are asked.
  var rules: [FaultRule] = []
  /// Decides where a rule says `chance`.
  public var seed: UInt64 = 0
  /// How long what was deleted still lies under its name, in milliseconds: a creation finds it.
  public var remainsMilliseconds: Int64 = 0
  /// The limits of calls that the file sets; nil for the usual ones.
  public var limits: CallLimits?

  /// Nothing goes wrong.
  public init() {}
}

/// One kind of fault, and which requests it meets.
struct FaultRule: Sendable {
  /// Which operations.
  var operations: Set<EmulatedOperation>
  /// Which computes and which workspaces; nil for any.
  var name: NamePattern?
  var workspace: NamePattern?
  /// Which of the requests that match.
  var occurrence: Occurrence = .each
  /// With which probability; nil for always.
  var chance: Double?
  var effect: Effect

  enum Occurrence: Sendable, Equatable {
    case each
    case nth(Set<Int>)
    case first(Int)
    case every(Int)

    func includes(_ count: Int) -> Bool {
      switch self {
      case .each: true
      case .nth(let counts): counts.contains(count)
      case .first(let limit): count <= limit
      case .every(let period): count.isMultiple(of: period)
      }
    }
  }

  enum Effect: Sendable {
    /// The request is answered so and reaches nobody.
    case answer(FaultAnswer)
    case connection(ConnectionFault)
    case operation(OperationFault)
    /// A read shows the workspace as it was before so many writes.
    case stale(writes: Int)
    /// The answer is held back so many milliseconds.
    case delay(Int64)
  }
}

/// What a connection suffers.
enum ConnectionFault: String, Sendable, CaseIterable {
  /// It breaks before the request has any effect.
  case reset
  /// It breaks after the effect: the answer is lost.
  case loseAnswer = "lose-answer"
}

/// An answer in place of the right one.
struct FaultAnswer: Sendable {
  var status: Int
  var code: String?
  var message: String?
  var retryAfter: RetryAfter?
  var body: Body = .usual

  enum Body: String, Sendable, CaseIterable {
    /// `{"error": {"code", "message"}}`.
    case usual
    case html
    case empty
    case text
    /// JSON that ends in the middle.
    case truncated
  }

  /// How long a client is told to wait, and in which form.
  struct RetryAfter: Sendable {
    var milliseconds: Int64
    var form: Form

    enum Form: String, Sendable, CaseIterable {
      case seconds
      case date
      case milliseconds
      case nonsense
    }
  }
}

/// How an operation goes otherwise.
struct OperationFault: Sendable {
  var end: End
  var form: FailureForm = .usual

  enum End: Sendable {
    /// After so many milliseconds, or as long as an operation takes.
    case fails(code: String, message: String, after: Int64?)
    case takes(Int64)
    case never
  }
}

/// A name with `*` for any letters, compared without case.
struct NamePattern: Sendable, Equatable {
  private let parts: [Substring]
  private let text: String

  init(_ text: String) {
    self.text = text.lowercased()
    parts = self.text.split(separator: "*", omittingEmptySubsequences: false)
  }

  func matches(_ name: String) -> Bool {
    let name = name.lowercased()
    guard parts.count > 1, let first = parts.first, let last = parts.last else {
      return name == text
    }
    guard name.utf8.count >= first.utf8.count + last.utf8.count, name.hasPrefix(first),
      name.hasSuffix(last)
    else { return false }
    var rest = name.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }
}
