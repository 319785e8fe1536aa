public import TargetModel

/// A call to the compute service of one workspace, as an HTTP face would take it apart.
public enum ServiceRequest: Hashable, Sendable {
  case list
  case get(name: String)
  /// Create, attach or update: the service tells by what is there.
  case put(name: String, body: AttributeValue)
  /// Scale settings and identity of a cluster.
  case patch(name: String, body: AttributeValue)
  case delete(name: String, UnderlyingResourceAction)
  /// `start`, `stop`, `restart`, `updateSchedules`, `updateIdleShutdownSetting`.
  case action(name: String, action: String, body: AttributeValue)
  case operation(id: String)

  /// What happens to the resource behind a deleted target.
  public enum UnderlyingResourceAction: String, Hashable, Sendable {
    case delete = "Delete"
    case detach = "Detach"
  }
}

/// The service's answer.
public struct ServiceResponse: Hashable, Sendable {
  /// The HTTP status.
  public var status: Int
  /// The JSON body; `.null` where there is none.
  public var body: AttributeValue
  /// The id of the operation that was begun, if one was.
  public var operation: String?
  /// When to ask again, in milliseconds.
  public var retryAfter: Int64?

  /// A response.
  public init(
    _ status: Int, _ body: AttributeValue = .null, operation: String? = nil,
    retryAfter: Int64? = nil
  ) {
    self.status = status
    self.body = body
    self.operation = operation
    self.retryAfter = retryAfter
  }

  /// True for the statuses of success.
  public var isSuccess: Bool { (200..<300).contains(status) }

  /// An error with the service's usual body (Azure Resource Manager, common types).
  static func error(_ status: Int, _ code: String, _ message: String) -> ServiceResponse {
    ServiceResponse(status, ["error": ["code": .text(code), "message": .text(message)]])
  }
}
