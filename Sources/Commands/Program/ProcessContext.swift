internal import Diagnostics
@preconcurrency internal import Dispatch
internal import Storage
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension CommandContext {
  /// The real world: this process's environment, streams, clocks and signals.
  package static func process() -> CommandContext {
    // A reader that went away is told by `write`, not by a signal that ends the process.
    signal(SIGPIPE, SIG_IGN)
    // The same for a file that may not grow.
    signal(SIGXFSZ, SIG_IGN)
    ProcessFacts.keepStreams()
    let environment = ProcessFacts.environment()
    ProcessMemory.keep()
    ProcessPrivacy.protect(environment)
    let (output, messages) = (
      ProcessFacts.terminal(STDOUT_FILENO), ProcessFacts.terminal(STDERR_FILENO)
    )
    let screen = ProcessFacts.screen(output, environment)
    let leave = { @Sendable (code: Int32) in
      screen?.close()
      _exit(code)
    }
    let signals = ProcessSignals { leave($0.exitStatus.rawValue) }
    // The first process of a container gets no signal that it does not take.
    if getpid() == 1 { signals.take() }
    var context = CommandContext(
      environment: environment,
      workingDirectory: ProcessFacts.workingDirectory(),
      output: ProcessFacts.console(STDOUT_FILENO, on: output.isTerminal ? screen : nil),
      messages: ProcessFacts.console(STDERR_FILENO, on: messages.isTerminal ? screen : nil),
      readLine: { await ProcessFacts.line() },
      readInput: { limit in
        do throws(FileFailure) {
          return .success(try SafeFile.readAll(from: STDIN_FILENO, limit: limit))
        } catch {
          return .failure(error)
        }
      },
      canAsk: isatty(STDIN_FILENO) == 1,
      outputTerminal: output, messageTerminal: messages, screen: screen,
      clock: ContinuousClock(),
      now: { ProcessFacts.wallMilliseconds() },
      randomBytes: { count in
        var source = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        // Each number is a call to the system.
        while bytes.count < count { withUnsafeBytes(of: source.next()) { bytes += $0 } }
        return Array(bytes.prefix(count))
      },
      who: { ProcessFacts.who },
      signals: signals.source,
      leaveAtOnce: leave,
      usage: { ProcessFacts.usage() })
    context.keepToEnd = { ProcessMemory.keepToEnd($0) }
    context.giveProgramBack = { ProcessMemory.giveProgramBack() }
    context.processorCount = { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
    return context
  }
}

/// What the operating system tells about this process.
private enum ProcessFacts {
  /// Sees to it that no file gets the number of a standard stream that was closed (`>&-`), and with it
  /// what is meant for people.
  ///
  /// What takes the place can't be used, so that lost output is told as ever.
  static func keepStreams() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      // The lowest number that is free is this one.
      _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  static func environment() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let parts = String(cString: text).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      entry += 1
    }
    return variables
  }

  static func workingDirectory() -> String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }

  static func terminal(_ descriptor: Int32) -> TerminalFacts {
    guard isatty(descriptor) == 1 else { return TerminalFacts(isTerminal: false) }
    return TerminalFacts(isTerminal: true) { size(of: descriptor) }
  }

  /// Nil if the terminal does not know.
  private static func size(of descriptor: Int32) -> TerminalSize? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
    else { return nil }
    return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// The terminal on the standard output; nil if it can't move its cursor.
  static func screen(_ output: TerminalFacts, _ environment: [String: String]) -> Screen? {
    guard output.isTerminal, let name = environment["TERM"], !name.isEmpty, name != "dumb"
    else { return nil }
    return Screen(size: { size(of: STDOUT_FILENO) }) { Storage.write($0, to: STDOUT_FILENO) }
  }

  /// A stream; one that ends on a screen shares it.
  static func console(_ descriptor: Int32, on screen: Screen?) -> Console {
    guard let screen else { return Console { Storage.write($0, to: descriptor) } }
    return Console { screen.pass($0) { Storage.write($0, to: descriptor) } }
  }

  /// A line of the standard input.
  static func line() async -> String? {
    let (lines, continuation) = AsyncStream.makeStream(of: String?.self)
    // On a thread of its own: nobody's thinking may hold up what else goes on, such as the lease.
    DispatchQueue.global().async {
      continuation.yield(readLine())
      continuation.finish()
    }
    for await line in lines { return line }
    return nil
  }

  /// Without the C library's `stdin`: whoever waits in there holds up the end of the process.
  private static func readLine() -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < 4_096 {
      let count = read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
      if byte == UInt8(ascii: "\n") { break }
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }

  static func wallMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  static func usage() -> ProcessUsage {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      let peakKiB = usage.ru_maxrss
    #elseif canImport(Musl)
      getrusage(RUSAGE_SELF, &usage)
      let peakKiB = usage.ru_maxrss
    #else
      getrusage(RUSAGE_SELF, &usage)
      let peakKiB = usage.ru_maxrss / 1_024
    #endif
    let processor = [usage.ru_utime, usage.ru_stime].reduce(Duration.zero) { sum, time in
      sum + .seconds(Int(time.tv_sec)) + .microseconds(Int(time.tv_usec))
    }
    return ProcessUsage(processor: processor, peakKiB: peakKiB)
  }

  /// Looked up once, however many stacks ask at the same time: the system's answer is one buffer.
  static let who: String = {
    let user = getpwuid(getuid()).flatMap { String(cString: $0.pointee.pw_name) } ?? "unknown"
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return user }
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "\(user)@\(host)"
  }()
}
