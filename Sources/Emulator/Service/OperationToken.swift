/// What the URL of an operation's monitor says of it.
///
/// It is all in the URL, so that the emulator need not remember it: clients take it as it is.
struct OperationToken: Hashable, Sendable {
  let workspace: WorkspacePath
  /// The compute's name.
  let name: String
  /// The operation's id in its workspace.
  let id: String
  /// What is found at the end, where a result is asked for.
  let outcome: Outcome
  /// The form in which a failure is told.
  var failureForm: FailureForm = .usual

  enum Outcome: String, Sendable {
    /// The compute as it stands then.
    case resource = "r"
    /// Nothing.
    case nothing = "n"
  }

  init(
    workspace: WorkspacePath, name: String, id: String, outcome: Outcome,
    failureForm: FailureForm = .usual
  ) {
    self.workspace = workspace
    self.name = name
    self.id = id
    self.outcome = outcome
    self.failureForm = failureForm
  }

  /// The operation of a URL's last segment; nil if it is none of the emulator's.
  init?(_ text: String) {
    guard let bytes = Base64URL.decoded(text), let plain = String(validating: bytes, as: UTF8.self)
    else { return nil }
    let parts = plain.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 7, let outcome = Outcome(rawValue: parts[5]),
      let form = FailureForm(rawValue: parts[6])
    else { return nil }
    self.init(
      workspace: WorkspacePath(subscription: parts[0], group: parts[1], name: parts[2]),
      name: parts[3], id: parts[4], outcome: outcome, failureForm: form)
  }

  var text: String {
    let parts = [
      workspace.subscription, workspace.group, workspace.name, name, id, outcome.rawValue,
      failureForm.rawValue,
    ]
    return Base64URL.encoded(parts.joined(separator: "\n").utf8)
  }
}
