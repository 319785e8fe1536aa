#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Why bytes were not written.
public struct WriteFailure: Error, Hashable, Sendable {
  let number: Int32

  /// True if the reader of a pipe went away.
  public var isGoneReader: Bool { number == EPIPE }

  /// The end of the sentence "The file ...".
  public var reason: String { FileFailure.system(number).reason }
}

/// Writes text to an open file or stream; why it could not, if so.
package func write(_ text: String, to descriptor: Int32) -> WriteFailure? {
  let number = writeAll(Array(text.utf8), to: descriptor)
  return number == 0 ? nil : WriteFailure(number: number)
}

/// Writes all bytes, however often the kernel takes only a part.
///
/// - Returns: 0, or the number of the error.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count >= 0 {
      rest = rest.dropFirst(count)
    } else if errno == EAGAIN {
      // Somebody made the stream non-blocking: wait until it takes something again.
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&wait, 1, -1)
    } else if errno != EINTR {
      return errno
    }
  }
  return 0
}
