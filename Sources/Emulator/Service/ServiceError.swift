internal import ComputeService
internal import TargetModel

/// A refusal with the body that Azure Resource Manager gives it.
struct ServiceError: Error {
  let status: Int
  let code: String
  let message: String
  var target: String?
  var headers = MessageHeaders()

  init(_ status: Int, _ code: String, _ message: String, target: String? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.target = target
  }

  var response: EmulatedResponse {
    var error: AttributeValue = ["code": .text(code), "message": .text(message)]
    if let target { error["target"] = .text(target) }
    var response = EmulatedResponse(status, json: ["error": error])
    for line in headers.lines { response.headers.add(line.name, line.value) }
    return response
  }
}

extension ServiceError {
  static let missingVersion = ServiceError(
    400, "MissingApiVersionParameter",
    "The api-version query parameter (?api-version=) is required for all requests.")

  static func unknownVersion(_ text: String) -> ServiceError {
    ServiceError(
      400, "InvalidApiVersionParameter",
      "The api-version '\(text)' is invalid. The supported versions are "
        + "'\(APIVersion.known.joined(separator: ","))'.")
  }

  static func badSubscription(_ text: String) -> ServiceError {
    ServiceError(
      400, "InvalidSubscriptionId",
      "The provided subscription identifier '\(text)' is malformed or invalid.")
  }

  static func noWorkspace(_ path: WorkspacePath) -> ServiceError {
    ServiceError(
      404, "ParentResourceNotFound",
      "Can not perform requested operation on nested resource. Parent resource "
        + "'\(path.name)' not found.")
  }

  static func workspaceNotFound(_ path: WorkspacePath) -> ServiceError {
    ServiceError(
      404, "ResourceNotFound",
      "The Resource 'Microsoft.MachineLearningServices/workspaces/\(path.name)' under resource "
        + "group '\(path.group)' was not found. For more details please go to "
        + "https://aka.ms/ARMResourceNotFoundFix")
  }

  static func noType(_ type: String, _ version: String?) -> ServiceError {
    ServiceError(
      404, "InvalidResourceType",
      "The resource type '\(type)' could not be found in the namespace "
        + "'Microsoft.MachineLearningServices' for api version '\(version ?? "")'.")
  }

  static func noNamespace(_ name: String) -> ServiceError {
    ServiceError(
      404, "InvalidResourceNamespace", "The resource namespace '\(name)' is invalid.")
  }

  static func noPath(_ path: String) -> ServiceError {
    ServiceError(
      404, "NotFound",
      "The emulator has nothing at '\(path)'; it serves the computes of machine "
        + "learning workspaces, and signing in.")
  }

  static func badMethod(_ method: String, _ allowed: [String]) -> ServiceError {
    var error = ServiceError(
      405, "MethodNotAllowed",
      "The requested resource does not support http method '\(method)'.")
    error.headers["Allow"] = allowed.joined(separator: ", ")
    return error
  }

  static func badContent(_ reason: String) -> ServiceError {
    ServiceError(
      400, "InvalidRequestContent",
      "The request content was invalid and could not be deserialized: '\(reason)'.")
  }

  static func badMediaType(_ type: String) -> ServiceError {
    ServiceError(
      415, "UnsupportedMediaType",
      "The content media type '\(type)' is not supported. Only 'application/json' is supported.")
  }

  static let noUnderlyingAction = ServiceError(
    400, "InvalidParameter",
    "The query parameter 'underlyingResourceAction' is required: 'Delete' or 'Detach'.",
    target: "underlyingResourceAction")

  static let full = ServiceError(
    409, "QuotaExceeded",
    "The emulator keeps no more than this in memory. Remove computes, start it again, or give it "
      + "a file with --store.")

  static let tooManyWorkspaces = ServiceError(
    409, "QuotaExceeded",
    "The emulator keeps \(WorkspaceDirectory.most) workspaces, and there is something in each of "
      + "them. Remove the computes of some, or start it again.")
}
