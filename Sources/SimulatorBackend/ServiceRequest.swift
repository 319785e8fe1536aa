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

  /// True if the request changes nothing by itself.
  public var isRead: Bool {
    switch self {
    case .list, .get, .operation: true
    case .put, .patch, .delete, .action: false
    }
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
}

/// The service's no, with its usual body (Azure Resource Manager, common types).
struct ServiceRefusal: Error {
  let response: ServiceResponse

  init(_ status: Int, _ code: String, _ message: String, target: AttributePath? = nil) {
    var error: AttributeValue = ["code": .text(code), "message": .text(message)]
    error["target"] = target.map { .text($0.description) }
    response = ServiceResponse(status, ["error": error])
  }

  static func notFound(_ name: String, in workspace: WorkspaceIdentity) -> ServiceRefusal {
    ServiceRefusal(
      404, "ResourceNotFound",
      "The resource '\(workspace.name)/computes/\(name)' was not found.")
  }

  static func busy(_ name: String) -> ServiceRefusal {
    ServiceRefusal(
      409, "AnotherOperationInProgress",
      "There is already an active operation submitted for '\(name)'.")
  }
}
