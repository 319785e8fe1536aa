internal import Diagnostics
internal import Emulator
internal import Synchronization

/// An emulator that is ready to serve.
struct RunningEmulator: Sendable {
  let server: EmulatorServer
  /// What is made once it listens.
  let files: EmulatorFiles
  let access: AccessChoice
  let isReplaying: Bool

  /// After a signal, connections that do not end by themselves are cut.
  static let patience: Duration = .milliseconds(900)

  /// How one of the two that run ended.
  private enum End: Sendable {
    case listener(SignalSource.Signal?)
    /// Why the server could not go on, if it could not.
    case server(Diagnostic?)
  }

  /// Serves until a signal comes.
  func serve(in context: CommandContext, _ presenter: Presenter) async -> ExitStatus {
    let (stop, stopping) = AsyncStream.makeStream(of: Void.self)
    let signals = context.signals.listen()
    let ends = await withTaskGroup(of: End.self) { group in
      group.addTask { .server(await serve(until: stop, stopping, context)) }
      group.addTask { .listener(await listen(to: signals, context) { stopping.finish() }) }
      var ends: [End] = []
      for await end in group {
        ends.append(end)
        if case .server = end { group.cancelAll() }
      }
      return ends
    }
    return status(of: ends, presenter)
  }

  private func serve(
    until stop: AsyncStream<Void>, _ stopping: AsyncStream<Void>.Continuation,
    _ context: CommandContext
  ) async -> Diagnostic? {
    let obstacle = Obstacle()
    do throws(EmulatorServer.Failure) {
      try await server.run(until: stop) { url in
        if let finding = files.make() {
          obstacle.finding.withLock { $0 = finding }
          stopping.finish()
        } else {
          context.output.write(greeting(at: url))
        }
      }
      return obstacle.finding.withLock { $0 }
    } catch {
      return .emulatorFailed(error.reason)
    }
  }

  /// Why it must end although it listens.
  private final class Obstacle: Sendable {
    let finding = Mutex<Diagnostic?>(nil)
  }

  /// Waits for a signal, and then for the end of the server, which cancels the wait.
  private func listen(
    to signals: AsyncStream<SignalSource.Signal>, _ context: CommandContext, stop: () -> Void
  ) async -> SignalSource.Signal? {
    for await signal in signals {
      stop()
      try? await context.clock.sleep(for: Self.patience)
      if !Task.isCancelled { context.leave(signal.exitStatus) }
      return signal
    }
    return nil
  }

  private func status(of ends: [End], _ presenter: Presenter) -> ExitStatus {
    var status = ExitStatus.failure
    for end in ends {
      switch end {
      case .listener(let signal): status = signal?.exitStatus ?? status
      case .server(let finding):
        if let finding { presenter.show(finding) }
      }
    }
    if let reason = files.recording?.lostReason {
      presenter.show(.emulatorFailed("could not write the recording: the file \(reason)"))
      return status.orFailure
    }
    return status
  }

  // MARK: What to do next

  /// What a person reads who started it: where it is, and what to type elsewhere.
  private func greeting(at url: String) -> String {
    var text = isReplaying ? "Replaying at \(url)\n" : "Emulating Azure at \(url)\n"
    if let trustPath = files.trustPath {
      text += "\nIts certificate, for clients to trust, is \(trustPath.visible)\n"
    }
    text += """

      To plan and apply against it, write this in berth.yaml:

        backend:
          type: azure
          endpoint: \(url)
      \(signIn(url))\(elsewhere)
      Other clients: docs/emulator.md. Ctrl-C ends it.

      """
    return text
  }

  /// What clients on other machines need.
  private var elsewhere: String {
    guard !server.address.isLoopback else { return "" }
    let hint = server.tls == nil ? "; Berth signs in there over HTTPS only (--tls)" : ""
    return "\nOther machines reach it by this machine's name\(hint).\n"
  }

  private func signIn(_ url: String) -> String {
    switch access {
    case .none: "    auth: {type: none}\n"
    case .bearer, .issued:
      """
          auth: {type: client_secret}

      and set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET to any
      values, or start it with '--auth none' to do without signing in.

      """
    }
  }
}
