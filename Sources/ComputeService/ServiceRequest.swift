public import TargetModel

/// A call to the compute service of one workspace, as an HTTP face would take it apart.
public enum ServiceRequest: Hashable, Sendable {
  case list
  /// So many of the list, in the order of their names in lower case, behind one of them.
  case page(after: String?, limit: Int)
  /// Those of the list that hold a resource, by its canonical key: found by an index here, by
  /// reading the whole list from a service that has none.
  case holders(resource: String)
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
    case .list, .page, .holders, .get, .operation: true
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
