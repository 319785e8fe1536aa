package import Diagnostics
public import TargetModel

extension KindDescriptor {
  /// `local`: the computer that a job is submitted from.
  ///
  /// No resource of the service (api.md 5.11), so nothing is ever created or attached (domain.md R15
  /// to R18).
  public static let local = KindDescriptor(
    name: "local", computeType: "Local", title: "local computer",
    summary: """
      The computer that jobs are submitted from. Nothing of it is in the workspace: a document \
      says that jobs run here too, and others may depend on it.
      """,
    facts: [
      "To train on it, nothing is created or attached: submit the job.",
      "Jobs use the Python environment that is there, or one that is built for them.",
      "To serve a model on it takes Docker; the deployment says at which port.",
      "Whether jobs have a GPU there depends on its hardware and drivers.",
    ],
    origin: .created,
    fields: [.description],
    isInWorkspace: false, workloads: [.training, .automl, .realtimeInference],
    sample: """
      name: local
      type: local
      description: Quick runs on a developer's own computer.

      """)
}

extension Rule {
  /// The local computer goes by the name that jobs use.
  package static let localName = Rule("local-name")
}

extension Diagnostic {
  static func localName(_ address: TargetAddress, at location: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .localName, "Local computer has another name",
      detail: """
        Where a job names its target, the computer it is submitted from is 'local' and nothing \
        else. Write 'name: local'.
        """,
      address: address.description, at: location)
  }
}
