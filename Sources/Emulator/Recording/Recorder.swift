internal import Synchronization
public import TargetModel

/// Writes the traffic down, a line each, without secrets.
public final class Recorder: Sendable {
  private let redaction: Redaction
  private let now: @Sendable () -> Int64
  private let start: Int64
  private let write: Mutex<@Sendable (String) -> Void>

  /// The first line of every recording.
  static let heading: AttributeValue = ["format": "berth-recording", "version": 1]

  /// - Parameters:
  ///   - now: the time in milliseconds since 1970.
  ///   - write: takes a line, its end included.
  public init(
    catalog: KindCatalog, now: @escaping @Sendable () -> Int64,
    write: @escaping @Sendable (String) -> Void
  ) {
    redaction = Redaction(catalog: catalog)
    self.now = now
    start = now()
    write(Self.heading.canonicalJSON + "\n")
    self.write = Mutex(write)
  }

  /// Writes a request and its answer.
  public func record(_ request: EmulatedRequest, _ answer: EmulatedAnswer) {
    let exchange = Exchange(request, answer, after: now() - start, redaction)
    let line = exchange.json.canonicalJSON + "\n"
    write.withLock { $0(line) }
  }
}
