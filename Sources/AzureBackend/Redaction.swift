internal import BackendInterface
internal import HTTPExchange
internal import Synchronization
internal import TargetModel

/// Keeps what is secret out of everything that is told (reliability.md T28).
///
/// The service's own words are passed on, and nobody can promise that they never repeat what was
/// sent.
final class Redaction: Sendable {
  private let secrets = Mutex<Set<String>>([])
  private static let shortest = 4

  /// Remembers the secrets of a request that is about to be sent.
  func remember(secretsOf request: WriteRequest) {
    switch request {
    case .create(let target, _), .attach(let target, _), .update(let target, _, _):
      for slot in target.kind.fields.indices {
        if let value = target.attributes[slot] { remember(value) }
      }
    case .detach, .delete, .start, .stop, .mark: break
    }
  }

  /// Remembers a secret, such as a token, with the forms in which words may repeat it.
  func remember(_ secret: String) {
    guard secret.utf8.count >= Self.shortest else { return }
    let isKnown = secrets.withLock { !$0.insert(secret).inserted }
    guard !isKnown else { return }
    let json = String(AttributeValue.text(secret).canonicalJSON.dropFirst().dropLast())
    let forms = [
      json, json.replacing("/", with: "\\/"), percentEncoded(secret),
      percentEncoded(secret).replacing("%20", with: "+"),
    ]
    secrets.withLock { $0.formUnion(forms) }
  }

  private func remember(_ value: AttributeValue) {
    switch value {
    case .secret(let secret): remember(secret.reveal())
    case .list(let elements): elements.forEach(remember)
    case .map(let entries): entries.values.forEach(remember)
    case .null, .bool, .integer, .number, .text: break
    }
  }

  /// The text without any secret that is known here.
  func hide(_ text: String) -> String {
    // The longest first, since one may be part of another.
    let known = secrets.withLock { Array($0) }
      .sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    return known.reduce(text) { text, secret in
      text.contains(secret) ? text.replacing(secret, with: SecretText.placeholder) : text
    }
  }
}
