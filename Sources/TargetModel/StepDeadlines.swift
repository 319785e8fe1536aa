/// How long a step of an apply may take before it is left as it stands, whatever it was doing.
public struct StepDeadlines: Hashable, Sendable {
  /// For every kind without one of its own.
  public var standard: Duration
  /// For single kinds.
  public var byKind: [KindName: Duration]

  /// The defaults: half an hour (reliability.md section 2).
  public init(standard: Duration = .seconds(30 * 60), byKind: [KindName: Duration] = [:]) {
    self.standard = standard
    self.byKind = byKind
  }

  /// How long a step on a target of this kind may take.
  public subscript(kind: KindName) -> Duration { byKind[kind] ?? standard }

  /// The longest that any step may take.
  public var longest: Duration { byKind.values.reduce(standard, max) }
}
