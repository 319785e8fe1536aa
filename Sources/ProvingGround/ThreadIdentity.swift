#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Tells one thread from another.
struct ThreadIdentity: Sendable, Equatable {
  private let number: UInt

  /// That of the thread at hand.
  init() {
    #if canImport(Glibc)
      number = UInt(pthread_self())
    #else
      number = UInt(bitPattern: pthread_self())
    #endif
  }
}
