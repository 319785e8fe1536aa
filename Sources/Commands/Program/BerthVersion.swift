/// What this build calls itself.
package enum BerthVersion {
  /// The version, after semantic versioning.
  package static let text = "0.1.0"
  /// The format of plan files.
  package static let planFormat = "1.0"
  /// The format of the event stream.
  package static let eventFormat = "1.0"
}
