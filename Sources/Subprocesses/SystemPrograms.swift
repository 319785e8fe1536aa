internal import Subprocess

#if canImport(System)
  internal import System
#else
  internal import SystemPackage
#endif

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Runs programs of this machine.
///
/// Each is the leader of a process group of its own. When it ends, by itself or because its time is
/// over, so does all that it started in that group.
package struct SystemPrograms: ProgramRunner {
  private let clock: any Clock<Duration>

  package init(clock: any Clock<Duration> = ContinuousClock()) {
    self.clock = clock
  }

  package func run(_ run: ProgramRun) async throws(ProgramFault) -> ProgramResult {
    let outcome = await withTaskGroup(
      of: Result<ProgramResult, ProgramFault>.self
    ) { group in
      group.addTask { await Self.outcome(of: run) }
      group.addTask { [clock] in
        do {
          try await clock.sleep(for: run.timeLimit)
          return .failure(.tooSlow)
        } catch {
          return .failure(.cancelled)
        }
      }
      let first = await group.next() ?? .failure(.cancelled)
      // Ends the sleeper, or the program; the group waits for either.
      group.cancelAll()
      return first
    }
    return try outcome.get()
  }

  private static func outcome(of run: ProgramRun) async -> Result<ProgramResult, ProgramFault> {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
    ]
    do {
      let result = try await Subprocess.run(
        .path(FilePath(run.program.text)), arguments: Arguments(run.arguments),
        environment: .custom(run.variables), workingDirectory: FilePath(run.folder),
        platformOptions: options, input: .none, output: .bytes(limit: run.limit),
        error: .bytes(limit: run.limit))
      // What it left running would keep what it was told.
      kill(-result.processIdentifier.value, SIGKILL)
      guard !Task.isCancelled else { return .failure(.cancelled) }
      return .success(
        ProgramResult(
          ProgramResult.Ending(result.terminationStatus), output: result.standardOutput,
          complaint: result.standardError))
    } catch let error as SubprocessError where error.code == .outputLimitExceeded {
      return .failure(.tooLong)
    } catch {
      return .failure(Task.isCancelled ? .cancelled : .notStarted)
    }
  }
}

extension ProgramRun {
  fileprivate var variables: [Environment.Key: String] {
    var variables: [Environment.Key: String] = [:]
    for (name, value) in environment {
      if let key = Environment.Key(rawValue: name) { variables[key] = value }
    }
    return variables
  }
}

extension ProgramResult.Ending {
  fileprivate init(_ status: TerminationStatus) {
    switch status {
    case .exited(let code): self = .exited(code)
    case .signaled(let signal): self = .signalled(signal)
    }
  }
}
