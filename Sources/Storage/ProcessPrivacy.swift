internal import CSpawn

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Keeps what a process holds in memory, secrets among it, from whoever looks at its end.
package enum ProcessPrivacy {
  /// The signals that Swift answers by printing registers and the memory they point to.
  private static let crashes = [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP]

  /// No core file, no debugger of another process, and no memory on the standard error after a
  /// crash, unless somebody asks for that in so many words (`SWIFT_BACKTRACE`).
  package static func protect(_ environment: [String: String]) {
    forbidMemoryDumps()
    guard environment["SWIFT_BACKTRACE"] == nil else { return }
    for number in crashes { signal(number, SIG_DFL) }
  }
}
