import BackendInterface
import ComputeKinds
import HTTPExchange
import TargetModel
import TestSupport
import Testing

@testable import AzureBackend

/// Status, code, and what a caller can do about it.
private let verdicts: [(Int, String, BackendFailure.Class)] = [
  (400, "InvalidRequestContent", .invalid), (400, "PropertyChangeNotAllowed", .invalid),
  (401, "InvalidAuthenticationTokenTenant", .denied), (403, "AuthorizationFailed", .denied),
  (403, "RequestDisallowedByPolicy", .denied), (404, "ParentResourceNotFound", .absent),
  (404, "SubscriptionNotFound", .absent), (404, "ResourceGroupNotFound", .absent),
  (409, "Conflict", .conflict), (409, "AnotherOperationInProgress", .conflict),
  (409, "OperationNotAllowed", .conflict), (400, "OperationNotAllowed", .invalid),
  (409, "MissingSubscriptionRegistration", .denied),
  (409, "ScopeLocked", .denied), (429, "Anything", .throttled(retryAfter: .seconds(9))),
  (408, "Timeout", .retryable), (500, "InternalServerError", .retryable),
  (503, "ServerBusy", .retryable), (418, "Teapot", .invalid),
]

@Test(arguments: verdicts)
func `a code and a status have a class`(
  status: Int, code: String, expected: BackendFailure.Class
) throws {
  let answer = ServiceAnswer(
    .refusal(status, code, "Words of its own.", headers: ["Retry-After": "9"]))
  #expect(answer.failure.failureClass == expected)
  #expect(answer.failure.code == code)
  #expect(answer.failure.message == "Words of its own.")
  #expect(answer.failure.requestID == "r-refused")
}

@Test(arguments: [
  "Operation could not be completed as it results in exceeding approved standardDSv3Family Cores.",
  "The quota is used up.", "Exceeds the limit of 24.",
])
func `an operation that is not allowed for want of quota is told from one that comes too early`(
  words: String
) {
  let failure = ServiceAnswer(.refusal(409, "OperationNotAllowed", words)).failure
  #expect(failure.failureClass == .invalid && failure.advice?.contains("more quota") == true)
}

@Test(arguments: [401, 403, 404, 407, 302])
func `a proxy's own page is not believed`(status: Int) {
  let page = HTTPResponse(
    status, headers: ["Content-Type": "text/html"], body: Array("<html>No.</html>".utf8))
  let failure = ServiceAnswer(page).failure
  #expect(failure.code == "UnexpectedAnswer" && failure.failureClass == .fatal)
  #expect(failure.advice?.contains("proxy") == true)
}

@Test func `the service's own refusal of a token needs no body`() {
  let answer = ServiceAnswer(HTTPResponse(401, headers: ["WWW-Authenticate": "Bearer realm=x"]))
  #expect(answer.failure.failureClass == .denied)
}

@Test func `a failure has both ids of the service`() {
  let answer = ServiceAnswer(
    .refusal(400, "BadRequest", headers: ["x-ms-correlation-request-id": "c-1"]))
  #expect(answer.failure.requestID == "r-refused (correlation c-1)")
}

/// The irregular bodies of operations that were seen (api.md section 6).
@Test(arguments: [
  (#"{"error":{"code":"A","message":"b"}}"#, "A", "b"),
  (#"{"error":{"error":{"code":"A","message":"b"}}}"#, "A", "b"),
  (
    #"{"error":{"code":"OK","statusCode":200,"message":"failed with quota"}}"#, nil,
    "failed with quota"
  ),
  (#"{"error":{"statusCode":409,"message":"Conflict"}}"#, "HTTP 409", "Conflict"),
  (#"{"Code":"A","Message":"b"}"#, "A", "b"),
  (#"{"odata.error":{"code":"A","message":{"lang":"en","value":"b"}}}"#, "A", "b"),
  (#"{"error":"Words"}"#, nil, "Words"),
  (
    #"{"error":{"code":"A","message":"b","details":[{"message":"c"},{"message":"b"},7]}}"#, "A",
    "b c"
  ),
  (#"{"error":[1,2]}"#, nil, nil), ("[]", nil, nil), ("7", nil, nil),
])
func `irregular failures are understood`(
  json: String, code: String?, message: String?
) throws {
  let error = ServiceError(in: try AttributeValue(json: json))
  #expect(error.code == code)
  #expect(error.message == message)
}

@Test func `an absent target is told from an absent workspace`() async throws {
  let answers: [(String, String, isAbsent: Bool)] = [
    ("ResourceNotFound", "The resource 'work/computes/a' was not found.", true),
    ("ComputeNotFound", "No compute 'a'.", true),
    (
      "ResourceNotFound",
      "The Resource 'Microsoft.MachineLearningServices/workspaces/Work' under "
        + "resource group 'rg' was not found.", false
    ),
    ("ParentResourceNotFound", "No workspace.", false),
    ("InvalidResourceType", "No such type.", false),
  ]
  for (code, message, isAbsent) in answers {
    let azure = try AzureWorld(fault: { _ in .answer(.refusal(404, code, message)) })
    if isAbsent {
      #expect(try await azure.workspace.read("a") == nil)
    } else {
      let failure = try await failure { () async throws(BackendFailure) in
        try await azure.workspace.read("a")
      }
      #expect(failure.failureClass != .retryable && failure.message == message)
    }
  }
}

@Test func `a quota that is used up is told with what uses it`() async throws {
  let usages: AttributeValue = [
    "value": [
      [
        "currentValue": 24, "limit": 24,
        "name": ["value": "standardDSv2Family", "localizedValue": "Standard DSv2 Family"],
      ],
      // The one compute that uses it all tells the same again.
      [
        "currentValue": 24, "limit": 24,
        "name": ["value": "standardDSv2Family", "localizedValue": "Standard DSv2 Family"],
      ],
      ["currentValue": 1, "limit": 24, "name": ["value": "other"]],
      ["currentValue": "odd"],
    ]
  ]
  let azure = try AzureWorld(fault: { call in
    if call.path.hasSuffix("/usages") {
      return .answer(HTTPResponse(200, body: Array(usages.canonicalJSON.utf8)))
    }
    return call.request.method == .put
      ? .answer(.refusal(409, "OperationNotAllowed", "Not enough cores.")) : nil
  })
  let failure = try await failure { () async throws(BackendFailure) in
    try await azure.workspace.submit(
      .create(ComputeTarget(.inventedPool, "pool"), marks: OwnershipMarks()))
  }
  #expect(failure.failureClass == .invalid)
  #expect(failure.message == "Not enough cores. Standard DSv2 Family: 24 of 24 used.")
  #expect(failure.advice?.contains("quota") == true)
}
