internal import ArgumentParser
internal import Diagnostics
internal import Storage

/// The command `berth init`.
struct InitCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a small stack to begin with, every line explained.",
    usage: "berth init [<options>]",
    discussion: """
      Writes berth.yaml and compute/cpu-cluster.yml into the folder, which is made
      if it is not there. Files that exist are never touched: if one of the two is
      there, nothing is written.

      Example:
        berth init --chdir ml

      Exit codes: 0 written, 1 a file exists or can't be written.
      """)

  @OptionGroup var common: CommonOptions

  func run(in context: CommandContext) async -> ExitStatus {
    let presenter = Presenter(context, common)
    let folder = common.folder(in: context)
    for (name, _) in Self.starter where AtomicFile.exists(folder + "/" + name) {
      presenter.show(.starterInTheWay(name))
      return .failure
    }
    do {
      try AtomicFile.makeFolders(folder)
      try AtomicFile.makeFolder(folder + "/compute")
    } catch {
      presenter.show(.unwritable(folder, error.reason))
      return .failure
    }
    for (name, text) in Self.starter {
      do {
        try AtomicFile.write(Array(text.utf8), to: folder + "/" + name, mayReplace: false)
      } catch {
        presenter.show(.unwritable(name, error.reason))
        return .failure
      }
      presenter.say("Wrote \(name)\n")
    }
    writeGitIgnore(in: folder, presenter)
    if !context.isInAutomation {
      presenter.say("\nLook at them, then run 'berth plan' and 'berth apply'.\n")
    }
    return .success
  }

  /// A repository mostly has one already, and its owner knows best what belongs into it.
  private func writeGitIgnore(in folder: String, _ presenter: Presenter) {
    let text = "# The embedded workspace, journals and the fingerprint key.\n.berth/\n"
    do {
      try AtomicFile.write(Array(text.utf8), to: folder + "/.gitignore", mayReplace: false)
      presenter.say("Wrote .gitignore\n")
    } catch {
      presenter.say("Left .gitignore as it is. Add this line to it: .berth/\n")
    }
  }

  private static let starter: [(name: String, text: String)] = [
    (
      StackFolder.configurationName,
      """
      # A stack: a folder of compute targets that belong together.

      # Who owns the targets. Berth writes this name on each of them, and never changes
      # a target that carries another.
      stack: my-stack

      # The machine-learning workspace that the targets are in.
      workspace:
        subscription_id: 00000000-0000-0000-0000-000000000000
        resource_group: my-group
        name: my-workspace
        location: westeurope

      # Where that workspace is. `local` is a simulated workspace, kept in .berth/ beside
      # this file: try whatever you like, it costs nothing.
      backend:
        type: local

      # Which files hold compute documents. Without this line: every .yml and .yaml file
      # below this folder.
      computes: ["compute/**/*.yml"]

      """
    ),
    (
      "compute/cpu-cluster.yml",
      """
      # A compute target. The fields are those of `az ml compute create --file`.

      # 3 to 24 letters, digits and hyphens, unique in the workspace.
      name: cpu-cluster

      # A pool of machines that grows and shrinks with its queue of jobs.
      type: amlcompute

      # The size of each machine. It can't be changed later without a replacement.
      size: STANDARD_DS3_V2

      # With 0, an idle cluster costs nothing.
      min_instances: 0
      max_instances: 4

      # Seconds until an idle machine is given back.
      idle_time_before_scale_down: 120

      # What is Berth's own stands under one key. While this is true, the cluster is never
      # deleted or replaced.
      berth:
        protect: false

      """
    ),
  ]
}

extension Diagnostic {
  fileprivate static func starterInTheWay(_ name: String) -> Diagnostic {
    Diagnostic(
      .error, .fileUnwritable, "File can't be written",
      detail: """
        \(name) exists already, and nothing was written. Begin in another folder with \
        '--chdir DIR', or move the file away.
        """)
  }
}
