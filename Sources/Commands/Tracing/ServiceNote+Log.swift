internal import AzureBackend
internal import HTTPExchange
internal import Logs

extension RunLog {
  /// Tells what happens between the calls to a service.
  func tell(_ note: ServiceNote) {
    switch note {
    case .retry(let method, let path, let failedTries, let code, let delay):
      tell(
        .warn, "retry",
        [
          .name("method", method.rawValue), .path("path", path),
          .number("attempt", failedTries + 1), .code("code", code),
        ] + (delay.map { [.milliseconds("delay_ms", $0)] } ?? []))
    case .heldBack(let delay):
      tell(.debug, "held_back", [.milliseconds("delay_ms", delay)])
    }
  }
}
