internal import BackendInterface
internal import HTTPExchange
internal import TargetModel

/// Where to ask how far an operation is (api.md section 6).
///
/// It is kept as a URL, so that people can look at it and another process can go on asking; what
/// stands behind `#` says how its answers are read, and never travels.
struct OperationMonitor: Hashable, Sendable {
  /// Who tells.
  enum Teller: String, Hashable, Sendable {
    /// A status resource (`Azure-AsyncOperation`): its body has a `status`.
    case status
    /// A `Location`: 202 until it is over.
    case location
    /// The target itself, by its provisioning state.
    case target
  }

  let teller: Teller
  /// Path and query at the configured host.
  let target: String

  /// What to journal.
  func reference(at endpoint: HTTPURL) -> String {
    endpoint.at(target).description + "#" + teller.rawValue
  }

  /// Reads what was journaled; nil if it is about another host or another thing altogether.
  init?(reference: String, at endpoint: HTTPURL) {
    guard let mark = reference.lastIndex(of: "#"),
      let teller = Teller(rawValue: String(reference[mark...].dropFirst())),
      let url = HTTPURL(parsing: String(reference[..<mark])), url.hasOrigin(of: endpoint)
    else { return nil }
    self.init(teller: teller, target: url.target)
  }

  init(teller: Teller, target: String) {
    self.teller = teller
    self.target = target
  }
}

/// What an answer to a write says about the operation it began.
enum BegunOperation: Hashable, Sendable {
  /// It is over already.
  case none
  case monitored(OperationMonitor)
  /// The answer names a monitor that credentials are not for: the target is asked in its place.
  case foreignMonitor(URLText, instead: OperationMonitor)

  /// A URL as it was told; for people.
  typealias URLText = String

  /// - Parameters:
  ///   - endpoint: the only place to ask.
  ///   - target: the path of the target that the write was about.
  init(_ answer: ServiceAnswer, at endpoint: HTTPURL, target: String) {
    let fallback = OperationMonitor(teller: .target, target: target)
    let named: [(OperationMonitor.Teller, String?)] = [
      (.status, answer.headers["azure-asyncoperation"]),
      (.location, answer.headers["location"]),
    ]
    var foreign: URLText?
    for case (let teller, let text?) in named {
      // The `Location` of something made is where it is, not how far it is.
      if teller == .location, answer.status != 202 { continue }
      if let target = pinned(text, to: endpoint) {
        self = .monitored(OperationMonitor(teller: teller, target: target))
        return
      }
      foreign = foreign ?? text
    }
    if let foreign {
      self = .foreignMonitor(foreign, instead: fallback)
    } else if answer.status == 202 || answer.isAboutUnfinished {
      self = .monitored(fallback)
    } else {
      self = .none
    }
  }
}

/// Path and query of a link that the service gave, if it leads to the configured host and nowhere
/// else (reliability.md T23).
func pinned(_ link: String, to endpoint: HTTPURL) -> String? {
  if link.hasPrefix("/"), !link.hasPrefix("//") {
    return HTTPURL(parsing: endpoint.origin + link)?.target
  }
  guard let url = HTTPURL(parsing: link), url.hasOrigin(of: endpoint) else { return nil }
  return url.target
}

extension ServiceAnswer {
  /// True if it shows a target that the service is at work on.
  fileprivate var isAboutUnfinished: Bool {
    guard let state = json?[ProvisioningState.path]?.text else { return false }
    return ProvisioningState(state).isTransitional
  }
}

extension ProvisioningState {
  static let path: AttributePath = "properties.provisioningState"
}

extension ServiceAnswer {
  /// The failure of an operation that this answer tells of, with what the table knows about it.
  fileprivate func operationFailure(
    _ error: ServiceError, code: String, message: String
  ) -> BackendFailure {
    let found = ErrorClass.of(error)
    return BackendFailure(
      found?.failureClass ?? .fatal, code: error.code ?? code, message: error.message ?? message,
      requestID: requestID, advice: found?.advice)
  }
}

// MARK: - Answers

extension OperationMonitor {
  /// What an answer of the monitor says.
  ///
  /// - Throws: if it says nothing that can be trusted: the target itself must tell then.
  func status(_ answer: ServiceAnswer) throws(BackendFailure) -> OperationStatus {
    switch teller {
    case .status: try statusResource(answer)
    case .location: try location(answer)
    case .target: try targetState(answer)
    }
  }

  private func statusResource(_ answer: ServiceAnswer) throws(BackendFailure) -> OperationStatus {
    guard answer.isSuccess else { throw answer.failure }
    if answer.status == 202, answer.json == nil { return .running(retryAfter: answer.retryAfter) }
    guard let word = answer.json?["status"]?.text else { throw answer.unexpected(answer.otherwise) }
    return ended(by: word, answer) ?? .running(retryAfter: answer.retryAfter)
  }

  private func location(_ answer: ServiceAnswer) throws(BackendFailure) -> OperationStatus {
    switch answer.status {
    case 202: return .running(retryAfter: answer.retryAfter)
    case 204: return .succeeded
    case 200..<300:
      let word = answer.json?["status"]?.text
      return word.flatMap { ended(by: $0, answer) } ?? .succeeded
    // The operation's own end, told by the status; what follows says nothing of it.
    case 400, 409, 412, 422:
      return .failed(answer.failure)
    default: throw answer.failure
    }
  }

  private func targetState(_ answer: ServiceAnswer) throws(BackendFailure) -> OperationStatus {
    // Nothing is left of what was removed; of anything else, reading it again tells.
    if answer.status == 404, answer.json != nil { return .succeeded }
    guard answer.isSuccess else { throw answer.failure }
    guard let word = answer.json?[ProvisioningState.path]?.text else {
      throw answer.unexpected(answer.otherwise)
    }
    switch ProvisioningState(word) {
    case .creating, .updating, .deleting: return .running(retryAfter: answer.retryAfter)
    case .succeeded, .unknown: return .succeeded
    case .failed, .canceled:
      let errors = answer.json?["properties.provisioningErrors"]?.list
      return .failed(
        answer.operationFailure(
          ServiceError(in: errors?.first), code: word, message: "The service says \(word)."))
    }
  }

  /// An unknown word is no end.
  private func ended(by word: String, _ answer: ServiceAnswer) -> OperationStatus? {
    switch word.lowercased() {
    case "succeeded": return .succeeded
    case "failed", "canceled", "cancelled":
      return .failed(
        answer.operationFailure(
          ServiceError(in: answer.json), code: word,
          message: "The operation ended as \(word)."))
    default: return nil
    }
  }
}
