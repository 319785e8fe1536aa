internal import CSpawn
internal import Subprocesses

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Why a program gave no output, as the end of the sentence "The command ...".
package struct ProgramFailure: Error, Hashable, Sendable {
  /// For example "ended with status 1".
  package let reason: String
}

/// What a program prints on its standard output.
///
/// The binding of manifests, which needs it, is synchronous: hence not `SystemPrograms`.
///
/// It runs without a shell, in a process group of its own, with nothing to read, and what it says
/// on its standard error is dropped. It and all that it started are ended when the time is over.
///
/// - Parameters:
///   - command: the program and its arguments. One whose name has no `/` is looked for in the
///     absolute folders of the environment's `PATH`; a path counts from `folder`.
///   - folder: where it runs.
///   - limit: the most bytes it may print.
package func programOutput(
  of command: [String], environment: [String: String], in folder: String, limit: Int,
  timeLimit: Duration
) throws(ProgramFailure) -> [UInt8] {
  guard let name = command.first,
    let program = name.contains("/")
      ? name : ProgramPath(finding: name, in: environment)?.text
  else { throw .notFound }
  var ends: [Int32] = [-1, -1]
  guard pipe(&ends) == 0 else { throw .system("can't be started", errno) }
  defer { for end in ends where end >= 0 { close(end) } }
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  let process = try start(program, command, environment, folder, output: ends[1])
  close(ends[1])
  ends[1] = -1
  let clock = ContinuousClock()
  let deadline = clock.now.advanced(by: timeLimit)
  var isOver = false
  defer {
    // Whatever it left running would keep what it was told.
    kill(-process, SIGKILL)
    if !isOver { _ = waitpid(process, nil, 0) }
  }
  let bytes = try output(of: ends[0], limit: limit, until: deadline, clock)
  while true {
    var status: Int32 = 0
    let ended = waitpid(process, &status, WNOHANG)
    if ended == process {
      isOver = true
      guard status == 0 else { throw .ended(status) }
      return bytes
    }
    if ended < 0, errno != EINTR {
      isOver = true
      throw .system("can't be waited for", errno)
    }
    guard clock.now < deadline else { throw .tooSlow }
    usleep(2_000)
  }
}

private func start(
  _ program: String, _ command: [String], _ environment: [String: String], _ folder: String,
  output: Int32
) throws(ProgramFailure) -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
  posix_spawn_file_actions_addchdir_np(&actions, folder)

  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  sigfillset(&signals)
  posix_spawnattr_setsigdefault(&attributes, &signals)
  posix_spawnattr_setpgroup(&attributes, 0)
  let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
  posix_spawnattr_setflags(&attributes, Int16(flags))

  let words = command.map { strdup($0) } + [nil]
  let variables =
    environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for text in words + variables { free(text) } }
  var process: pid_t = 0
  let fault = posix_spawn(&process, program, &actions, &attributes, words, variables)
  guard fault == 0 else { throw .system("can't be started", fault) }
  return process
}

private func output(
  of end: Int32, limit: Int, until deadline: ContinuousClock.Instant, _ clock: ContinuousClock
) throws(ProgramFailure) -> [UInt8] {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 16 << 10)
  while true {
    let left = clock.now.duration(to: deadline)
    guard left > .zero else { throw .tooSlow }
    var waiting = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
    let milliseconds = min(left / .milliseconds(1), 1_000)
    guard poll(&waiting, 1, Int32(milliseconds) + 1) > 0 else { continue }
    let count = read(end, &buffer, buffer.count)
    if count < 0, errno == EINTR || errno == EAGAIN { continue }
    guard count >= 0 else { throw .system("can't be read from", errno) }
    if count == 0 { return bytes }
    bytes += buffer[..<count]
    guard bytes.count <= limit else { throw .tooLong(limit) }
  }
}

extension ProgramFailure {
  fileprivate static let notFound = ProgramFailure(
    reason: "can't be started: it is in no absolute folder of PATH")

  fileprivate static let tooSlow = ProgramFailure(reason: "did not end in time")

  fileprivate static func tooLong(_ limit: Int) -> ProgramFailure {
    ProgramFailure(reason: "printed more than \(limit) bytes")
  }

  fileprivate static func ended(_ status: Int32) -> ProgramFailure {
    let signal = status & 0x7F
    return ProgramFailure(
      reason: signal == 0
        ? "ended with status \((status >> 8) & 0xFF)" : "was ended by signal \(signal)")
  }

  fileprivate static func system(_ what: String, _ number: Int32) -> ProgramFailure {
    ProgramFailure(reason: "\(what): \(String(cString: strerror(number)).lowercased())")
  }
}
