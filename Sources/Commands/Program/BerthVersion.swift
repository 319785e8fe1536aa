/// What this build calls itself.
package enum BerthVersion {
  /// The version, after semantic versioning.
  package static let text = "0.1.0"
  /// The day of this version, as its manuals have it.
  package static let date = "2026-11-21"
  /// The format of plan files.
  package static let planFormat = "1.0"
  /// The format of the event stream.
  package static let eventFormat = "1.0"
}
