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
    let environment = ProcessFacts.environment()
    ProcessPrivacy.protect(environment)
    return CommandContext(
      environment: environment,
      workingDirectory: ProcessFacts.workingDirectory(),
      output: Console { Storage.write($0, to: STDOUT_FILENO) },
      messages: Console { Storage.write($0, to: STDERR_FILENO) },
      readLine: { Swift.readLine(strippingNewline: true) },
      readInput: { limit in
        do throws(FileFailure) {
          return .success(try SafeFile.readAll(from: STDIN_FILENO, limit: limit))
        } catch {
          return .failure(error)
        }
      },
      canAsk: isatty(STDIN_FILENO) == 1,
      outputTerminal: ProcessFacts.terminal(STDOUT_FILENO),
      messageTerminal: ProcessFacts.terminal(STDERR_FILENO),
      clock: ContinuousClock(),
      now: { ProcessFacts.wallMilliseconds() },
      randomBytes: { count in
        var source = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &source) }
      },
      who: ProcessFacts.who(),
      signals: SignalSource { ProcessFacts.signals() },
      leaveAtOnce: { _exit($0) },
      usage: { ProcessFacts.usage() })
  }
}

/// What the operating system tells about this process.
private enum ProcessFacts {
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
    var size = winsize()
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return TerminalFacts(isTerminal: true, width: isKnown ? Int(size.ws_col) : nil)
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

  static func who() -> String {
    let user = getpwuid(getuid()).flatMap { String(cString: $0.pointee.pw_name) } ?? "unknown"
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return user }
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "\(user)@\(host)"
  }

  /// SIGINT and SIGTERM as they come, until nobody listens any more.
  static func signals() -> AsyncStream<SignalSource.Signal> {
    AsyncStream { continuation in
      let sources = [(SIGINT, SignalSource.Signal.interrupt), (SIGTERM, .terminate)].map {
        number, meaning in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler { continuation.yield(meaning) }
        source.resume()
        return source
      }
      continuation.onTermination = { _ in
        for source in sources { source.cancel() }
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
      }
    }
  }
}
