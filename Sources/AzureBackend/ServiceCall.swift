internal import BackendInterface
internal import ComputeService
internal import HTTPExchange
internal import TargetModel

/// A call to the service, complete but for who asks.
struct ServiceCall: Sendable {
  let method: HTTPRequest.Method
  /// Path and query.
  let target: String
  let body: AttributeValue?

  /// Reads what is at a path of the configured host.
  static func get(_ target: String) -> ServiceCall {
    ServiceCall(method: .get, target: target, body: nil)
  }

  /// The form of a request on the wire.
  init(_ request: ServiceRequest, at address: ServiceAddress) throws(BackendFailure) {
    switch request {
    // The service can't be asked by resource, and chooses its pages itself.
    case .list, .page, .holders: self = .get(address.computes)
    case .get(let name): self = .get(try address.compute(name))
    case .operation(let id): self = .get(id)
    case .put(let name, let body):
      self.init(method: .put, target: try address.compute(name), body: body)
    case .patch(let name, let body):
      self.init(method: .patch, target: try address.compute(name), body: body)
    case .delete(let name, let action):
      let target = try address.removal(name, underlying: action.rawValue)
      self.init(method: .delete, target: target, body: nil)
    case .action(let name, let action, let body):
      let target = try address.action(action, of: name)
      self.init(method: .post, target: target, body: body == .null ? nil : body)
    }
  }

  init(method: HTTPRequest.Method, target: String, body: AttributeValue?) {
    self.method = method
    self.target = target
    self.body = body
  }

  /// Which of the service's limits it counts against.
  var kind: CallKind {
    switch method {
    case .get, .head: .read
    case .put, .patch, .post: .write
    case .delete: .delete
    }
  }
}
