/// A part of a command's work, as timings and logs name it; in the order in which they are told.
///
/// Parts never lie within each other, so that their times add up.
package enum Phase: String, CaseIterable, Sendable {
  /// The command line, until the command begins.
  case start
  /// The stack's files, from the disk.
  case readManifests = "read-manifests"
  /// Their YAML, and the targets that it means.
  case bind
  /// What is checked of bound targets: certificates, ignored changes, safety rules.
  case validate
  /// The way to the workspace and its locks, signing in included.
  case openWorkspace = "open-workspace"
  /// Fingerprints of secrets.
  case fingerprint
  /// Getting the lock.
  case lock
  /// What is live; before an apply, until the service is done with it.
  case readWorkspace = "read-workspace"
  case plan
  /// Texts, events and saved plans.
  case render
  /// Waiting for a person's answer.
  case ask
  /// Carrying the plan out.
  case apply
  /// Reading and planning again what was touched.
  case verify
  /// Reports, in the end.
  case report
}
