internal import BackendInterface
internal import Diagnostics
internal import Reporting

/// Runs a command and writes its reports when it ends, however it ends.
struct ReportedRun {
  let command: RunReport.Command
  let requests: [ReportRequest]
  /// True if the standard output holds JSON and nothing else.
  let printsJSON: Bool
  let context: CommandContext

  /// - Parameter work: the command, in a world whose standard output may be the standard error, since
  ///   a report takes the place of what is said to people.
  func run(
    _ work: (CommandContext, RunRecord?) async -> ExitStatus
  ) async -> ExitStatus {
    let writer = ReportWriter(requests: requests, printsJSON: printsJSON, context: context)
    guard writer.isNeeded else { return await work(context, nil) }
    let began = context.now()
    let elapsed = stopwatch(context.clock)
    let record = RunRecord(
      RunReport(command, berthVersion: BerthVersion.text, startedAt: began))
    let finish = { @Sendable (status: ExitStatus) -> ExitStatus in
      var report = record.state(endingWith: status)
      report.duration = elapsed()
      let isWritten = context.trace.within(.report) { [report] in writer.write(report) }
      return isWritten ? status : status.orFailure
    }
    let leave = { @Sendable [context] (code: Int32) in
      if let status = ExitStatus(rawValue: code) { _ = finish(status) }
      context.leaveAtOnce(code)
    }
    let relay = SignalRelay()
    var world = writer.worldOfCommand
    world.signals = relay.source
    world.leaveAtOnce = leave
    let signals = context.signals.listen()
    return await withTaskGroup(of: Void.self) { group in
      group.addTask {
        // What does not end in order ends here, with what is known of it.
        for await signal in signals where !relay.deliver(signal) {
          leave(signal.exitStatus.rawValue)
        }
      }
      let status = await work(world, record)
      group.cancelAll()
      await group.waitForAll()
      return finish(status)
    }
  }
}
