internal import ArgumentParser
internal import BackendInterface
internal import Diagnostics
internal import EmbeddedBackend
internal import TargetModel

/// The command `berth lock`.
struct LockCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock",
    abstract: "Look at who is applying.",
    discussion: """
      An apply holds a lock on the workspace, so that no other one changes it
      meanwhile. A lock ends with its apply, however that ends.
      """,
    subcommands: [LockListCommand.self, LockShowCommand.self])
}

/// The command `berth lock list`.
struct LockListCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the locks that are held, a line each.",
    usage: "berth lock list [<options>]",
    discussion: """
      Example:
        berth lock list --json

      Exit codes: 0 done, 1 error.
      """)

  @OptionGroup var common: CommonOptions

  @Flag(name: .customLong("json"), help: "Print one JSON object.")
  var printsJSON = false

  func run(in context: CommandContext) async -> ExitStatus {
    await withLeases(context, common, access: .readIfPresent) {
      leases, presenter throws(BackendFailure) in
      let records = try await leases.leases()
      let texts = records.map { LockText(record: $0, now: context.now()) }
      if printsJSON {
        let object: AttributeValue = ["locks": .list(texts.map(\.json))]
        context.output.write(object.prettyJSON + "\n")
      } else if texts.isEmpty {
        presenter.say("Nobody holds a lock.\n")
      } else {
        let rows = texts.map { text in
          let holder = text.record.holder
          return [
            text.record.lease.id, holder.path, holder.operation, holder.who, text.created,
            text.heartbeat,
          ].map(\.visible)
        }
        let heads = ["ID", "PATH", "OPERATION", "WHO", "CREATED", "HEARTBEAT"]
        presenter.say(TextTable([heads] + rows).text())
      }
      return .success
    }
  }
}

/// The command `berth lock show`.
struct LockShowCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Tell all about a lock.",
    usage: "berth lock show [<options>] [<id>]",
    discussion: """
      Without an id it shows every lock that is held.

      Example:
        berth lock show

      Exit codes: 0 done, 1 error, also if there is no such lock.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The lock, as 'berth lock list' names it.", valueName: "id"))
  var id: String?

  @Flag(name: .customLong("json"), help: "Print JSON.")
  var printsJSON = false

  func run(in context: CommandContext) async -> ExitStatus {
    await withLeases(context, common, access: .readIfPresent) {
      leases, presenter throws(BackendFailure) in
      let all = try await leases.leases()
      let records = id.map { id in all.filter { $0.lease.id == id } } ?? all
      if let id, records.isEmpty {
        presenter.show(.lockUnknown(id, all))
        return .failure
      }
      let texts = records.map { LockText(record: $0, now: context.now()) }
      if printsJSON {
        let objects = texts.map(\.json)
        let object = id == nil ? AttributeValue.list(objects) : objects.first ?? .null
        context.output.write(object.prettyJSON + "\n")
      } else if texts.isEmpty {
        presenter.say("Nobody holds a lock.\n")
      } else {
        let blocks = texts.map { text in text.allLines.map { $0 + "\n" }.joined() }
        presenter.say(blocks.joined(separator: "\n"))
      }
      return .success
    }
  }
}

/// The command `berth force-unlock`.
struct ForceUnlockCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "force-unlock",
    abstract: "End a lock whose apply hangs.",
    usage: "berth force-unlock [<options>] <id>",
    discussion: """
      If that apply is alive after all, it stops before its next write. A lock whose
      process is gone need not be ended: it ends by itself.

      Example:
        berth force-unlock 9f2c0d4e5b6a78901122334455667788

      Exit codes: 0 done, 1 error, also if there is no such lock or nobody confirms.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The lock, as 'berth lock list' names it.", valueName: "id"))
  var id: String

  @Flag(name: .long, help: "Do not ask.")
  var force = false

  func run(in context: CommandContext) async -> ExitStatus {
    await withLeases(context, common, access: .readAndWrite) {
      leases, presenter throws(BackendFailure) in
      let all = try await leases.leases()
      guard let record = all.first(where: { $0.lease.id == id }) else {
        presenter.show(.lockUnknown(id, all))
        return .failure
      }
      let text = LockText(record: record, now: context.now())
      presenter.say("Lock Info:\n" + text.allLines.map { "  \($0)\n" }.joined())
      if !force, let refusal = await refusal(in: context, presenter) { return refusal }
      guard try await leases.revoke(id) else {
        presenter.show(.lockUnknown(id, []))
        return .failure
      }
      let lasts = try await leases.leases().contains { $0.lease.id == id }
      presenter.say(lasts ? Self.lasting : Self.free)
      return .success
    }
  }

  private static let free = """

    The lock is free. If its apply is alive, it stops before its next write.

    """

  private static let lasting = """

    The lock can't be renewed any more, and is free in a minute at most. If its apply is alive, it
    stops before its next write.

    """

  /// Asks; nil if the answer is yes.
  private func refusal(in context: CommandContext, _ presenter: Presenter) async -> ExitStatus? {
    guard common.mayAsk(in: context) else {
      presenter.show(.unlockNotConfirmed())
      return .failure
    }
    let answer = await Question.ask(
      """

      Do you really want to force-unlock?
        The apply that holds the lock may be alive. Only 'yes' will be accepted to confirm.

        Enter a value: \

      """, in: context)
    if case .yes = answer { return nil }
    presenter.say("Unlock cancelled.\n")
    if case .signal(let signal) = answer { return signal.exitStatus }
    return .failure
  }
}

extension Diagnostic {
  fileprivate static func unlockNotConfirmed() -> Diagnostic {
    Diagnostic(
      .error, .notApproved, "Nobody can confirm it",
      detail: """
        There is no terminal to ask on, or questions are switched off. Nothing was done. Look at \
        'berth lock show', and run the command with '--force'.
        """)
  }
}
