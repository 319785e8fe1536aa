internal import ArgumentParser
internal import Diagnostics
internal import Planning
internal import Reporting
internal import Storage
internal import TargetModel

/// The command `berth show`.
struct ShowCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a saved plan; it may be stale.",
    usage: "berth show [<options>] <planfile>",
    discussion: """
      Example:
        berth show plan.json

      Exit codes: 0 done, 1 the file can't be read, 5 it was edited.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The plan, as 'berth plan --out' saved it.", valueName: "planfile"))
  var planFile: String

  @Flag(name: .customLong("json"), help: "Print the plan's JSON.")
  var printsJSON = false

  @Flag(name: .customLong("markdown"), help: "Print Markdown, as for a pull request's comment.")
  var printsMarkdown = false

  func validate() throws {
    if printsJSON && printsMarkdown {
      throw ValidationError("'--json' and '--markdown' exclude each other.")
    }
  }

  func run(in context: CommandContext) async -> ExitStatus {
    let presenter = Presenter(context, common)
    switch SavedPlan.read(planFile, in: context, folder: context.workingDirectory) {
    case .failure(let failure):
      presenter.show(failure.finding)
      return ExitStatus(of: failure.finding)
    case .success(let file):
      if printsJSON {
        context.output.write(file.shownJSON)
      } else if printsMarkdown {
        context.output.write(MarkdownReport(RunReport(of: file)).text)
      } else {
        presenter.say(PlanText(file.plan, style: presenter.style, isRefused: file.isErrored).text)
        presenter.say(
          "\nPlanned \(file.timestamp.visible) for the stack '\(file.plan.stack.visible)'.\n")
        presenter.say("Digest: \(file.digest)\n")
        if !file.plan.leftOut.isEmpty {
          let addresses = file.plan.leftOut.prefix(20).map(\.description.visible)
          let rest = file.plan.leftOut.count - addresses.count
          presenter.say(
            "Left out by the selection: \(addresses.joined(separator: ", "))"
              + (rest > 0 ? " and \(rest) more\n" : "\n"))
        }
        if !file.isRefreshed {
          presenter.say("It did not read the workspace, so it is never applied.\n")
        }
        if file.isErrored {
          presenter.say("A safety rule refused it, so it is never applied.\n")
        }
      }
      return .success
    }
  }
}

/// Reading saved plans, with findings for what is wrong with them.
enum SavedPlan {
  /// Why there is no plan.
  struct Unusable: Error {
    let finding: Diagnostic
  }

  static func read(
    _ path: String, in context: CommandContext, folder: String
  ) -> Result<PlanFile, Unusable> {
    let bytes: [UInt8]
    do {
      bytes = try SafeFile.read(context.path(path, from: folder), limit: PlanFile.sizeLimit).bytes
    } catch {
      return .failure(Unusable(finding: .planUnreadable(path, error.reason)))
    }
    do {
      return .success(try PlanFile(reading: bytes))
    } catch {
      switch error {
      case .unreadable(let reason):
        return .failure(Unusable(finding: .planUnreadable(path, reason)))
      case .version(let version):
        return .failure(Unusable(finding: .planVersion(path, version)))
      case .edited: return .failure(Unusable(finding: .planEdited(path)))
      }
    }
  }
}

extension ExitStatus {
  /// What a single finding means.
  init(of finding: Diagnostic) {
    var findings = DiagnosticList()
    findings.append(finding)
    self.init(of: findings)
  }
}

extension Rule {
  static let planFileUnreadable = Rule("plan-file-unreadable")
  static let planFileVersion = Rule("plan-file-version")
  static let planFileEdited = Rule("plan-file-edited")
}

extension Diagnostic {
  fileprivate static func planUnreadable(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .planFileUnreadable, "Saved plan can't be read",
      detail: "\(path) \(reason). Save the plan again with 'berth plan --out'.")
  }

  fileprivate static func planVersion(_ path: String, _ version: String) -> Diagnostic {
    Diagnostic(
      .error, .planFileVersion, "Saved plan has another format",
      detail: """
        \(path) has the format '\(version.prefix(20))', and this version reads 1.x. Save the plan \
        again with 'berth plan --out'.
        """,
      findingClass: .stale)
  }

  fileprivate static func planEdited(_ path: String) -> Diagnostic {
    Diagnostic(
      .error, .planFileEdited, "Saved plan was edited",
      detail: """
        \(path) is not what its digest says: it was changed after it was saved. Save the plan \
        again with 'berth plan --out', and review that.
        """,
      findingClass: .stale)
  }
}
