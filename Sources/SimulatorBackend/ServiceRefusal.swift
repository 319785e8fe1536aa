internal import ComputeService
internal import TargetModel

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
