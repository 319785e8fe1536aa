internal import TargetModel

/// The form in which the monitor of a failed operation tells the failure; the irregular ones were
/// seen in the real service (api.md section 6).
enum FailureForm: String, Sendable, CaseIterable {
  /// `{"status": "Failed", "error": {"code", "message"}}`.
  case usual
  /// `{"error": {"error": {"code", "message"}}}`.
  case nested
  /// `{"error": {"code": "OK", "statusCode": 200, "message"}}`: the code says all is well.
  case codeOK = "code-ok"
  /// `{"error": {"statusCode": 409, "message": "Conflict"}}`: no code at all.
  case statusCode = "status-code"
  /// `{"error": "text"}`.
  case text
  /// `{"status": "Failed"}` and no reason.
  case bare
  /// A page of HTML.
  case html
  /// No body.
  case empty

  /// What the monitor answers, made of what it would usually answer.
  func response(_ usual: AttributeValue) -> EmulatedResponse {
    var body = usual
    let error = usual["error"] ?? .map([:])
    switch self {
    case .usual: break
    case .nested: body["error"] = ["error": error]
    case .codeOK:
      body["error"] = ["code": "OK", "statusCode": 200, "message": error["message"] ?? .null]
    case .statusCode: body["error"] = ["statusCode": 409, "message": "Conflict"]
    case .text: body["error"] = error["message"] ?? "Failed"
    case .bare: body["error"] = nil
    case .html: return .html(200, title: "Service Unavailable")
    case .empty: return EmulatedResponse(200)
    }
    return EmulatedResponse(200, json: body)
  }
}

extension EmulatedResponse {
  /// What a gateway in between answers.
  static func html(_ status: Int, title: String) -> EmulatedResponse {
    let page = "<html><head><title>\(title)</title></head><body><h2>\(title)</h2></body></html>"
    return EmulatedResponse(
      status, headers: ["Content-Type": "text/html"], body: Array(page.utf8))
  }
}
