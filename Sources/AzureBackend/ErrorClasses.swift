internal import BackendInterface
internal import HTTPExchange

/// What a failed call means: the one table of the service's codes and statuses (api.md section 11).
///
/// A code counts before its status, since one status stands for several things: 409 is a quota that
/// is used up as well as another operation in progress.
struct ErrorClass: Sendable {
  let failureClass: BackendFailure.Class
  /// What the user can do about it; nil where the service's words say it all.
  let advice: String?

  /// The class of a failed answer.
  static func of(
    _ error: ServiceError, status: Int, retryAfter: Duration? = nil
  ) -> ErrorClass {
    if status == 429 { return throttled(retryAfter) }
    guard let found = of(error) else { return of(status: status) }
    if case .throttled = found.failureClass { return throttled(retryAfter) }
    return found
  }

  /// The class that the service's words alone tell of; nil if they tell of none.
  static func of(_ error: ServiceError) -> ErrorClass? {
    if isAboutQuota(code: error.code, message: error.message) { return quota }
    return error.code.flatMap { code in rows.first { $0.matches(code) }?.class }
  }

  /// True for the codes of a quota that is used up.
  ///
  /// One of them is also that of operations that do not fit the target's state: then the words speak
  /// of no quota.
  static func isAboutQuota(code: String?, message: String?) -> Bool {
    guard let code = code?.lowercased() else { return false }
    if quotaCodes.contains(code) { return true }
    let words = (message ?? "").lowercased()
    return code == "operationnotallowed"
      && ["quota", "cores", "limit"].contains { words.contains($0) }
  }

  private static let quotaCodes: Set<String> = [
    "quotaexceeded", "clustercorequotareached", "computequotaexceeded", "skunotavailable",
    "overconstrainedallocationrequest",
  ]

  private static func throttled(_ retryAfter: Duration?) -> ErrorClass {
    ErrorClass(
      .throttled(retryAfter: retryAfter),
      "The subscription's limit on calls is used up; others who use the same account count too.")
  }

  private static func of(status: Int) -> ErrorClass {
    switch status {
    case 401: signIn
    case 403: role
    case 404: scope
    case 408, 500...599: passing
    case 409: ErrorClass(.conflict, nil)
    case 300..<400:
      ErrorClass(.fatal, "Redirects are not followed. Look at 'backend.endpoint'.")
    case 400..<500: ErrorClass(.invalid, nil)
    default: ErrorClass(.fatal, nil)
    }
  }

  private init(_ failureClass: BackendFailure.Class, _ advice: String?) {
    self.failureClass = failureClass
    self.advice = advice
  }

  private struct Row: Sendable {
    let codes: [String]
    let `class`: ErrorClass

    func matches(_ code: String) -> Bool { codes.contains(code.lowercased()) }
  }

  private static func row(_ codes: String..., is class: ErrorClass) -> Row {
    Row(codes: codes.map { $0.lowercased() }, class: `class`)
  }

  // MARK: The classes

  private static let signIn = ErrorClass(
    .denied, "Sign in again, and look at 'backend.auth' and at the tenant.")
  private static let role = ErrorClass(
    .denied,
    "Whoever Berth signs in as needs a role on the workspace that allows it; docs/azure.md names the "
      + "least of them. A role that was just given takes some minutes.")
  private static let scope = ErrorClass(
    .absent,
    "Look at 'workspace' in berth.yaml: the subscription, the resource group and the name must be "
      + "those of a workspace that exists, and 'backend.cloud' the cloud it is in.")
  private static let passing = ErrorClass(.retryable, nil)
  static let quota = ErrorClass(
    .invalid,
    "Ask for more quota, choose another size or region, or let something else go first.")

  private static let rows: [Row] = [
    row(
      "TooManyRequests", "SubscriptionRequestsThrottled", "ResourceRequestsThrottled",
      "RequestRateExceeded", is: throttled(nil)),
    row(
      "AnotherOperationInProgress", "Conflict", "OperationInProgress", "ResourceBusy",
      "ConflictingOperation", is: ErrorClass(.conflict, nil)),
    row(
      "AuthorizationFailed", "LinkedAuthorizationFailed", "Forbidden", "AccessDenied",
      is: role),
    row(
      "RequestDisallowedByPolicy",
      is: ErrorClass(
        .denied,
        "A policy of the subscription forbids it. Change the document so that it is allowed, "
          + "or ask who keeps the policies.")),
    row(
      "ScopeLocked",
      is: ErrorClass(
        .denied,
        "A lock of the resource manager is on the workspace or around it. Whoever set it can "
          + "take it away.")),
    row(
      "ReadOnlyDisabledSubscription",
      is: ErrorClass(
        .denied, "The subscription is switched off; its owner can switch it on.")),
    row(
      "InvalidAuthenticationTokenTenant",
      is: ErrorClass(
        .denied,
        "The subscription belongs to another tenant than the one that was signed in to. Name "
          + "the tenant of the subscription.")),
    row(
      "InvalidAuthenticationToken", "ExpiredAuthenticationToken", "AuthenticationFailed",
      is: signIn),
    row(
      "MissingSubscriptionRegistration", "SubscriptionNotRegistered",
      is: ErrorClass(
        .denied,
        "Register the provider once: az provider register --namespace "
          + "Microsoft.MachineLearningServices --wait")),
    row(
      "ParentResourceNotFound", "ResourceGroupNotFound", "SubscriptionNotFound",
      "InvalidSubscriptionId", "WorkspaceNotFound", is: scope),
    row(
      "NoRegisteredProviderFound", "InvalidApiVersionParameter", "InvalidResourceType",
      "UnsupportedApiVersion",
      is: ErrorClass(
        .invalid,
        "The service does not know this version of its API there. Look at "
          + "'backend.api_version' and at 'workspace.location'.")),
    row(
      "PropertyChangeNotAllowed",
      is: ErrorClass(
        .invalid,
        "The service does not change this on a living target. Set 'berth.allow_replace: "
          + "true' where the target may be made anew.")),
    row(
      "InternalServerError", "ServiceUnavailable", "ServerTimeout", "GatewayTimeout",
      "RetryableError", "ServerBusy", is: passing),
  ]
}

extension ServiceAnswer {
  /// An answer without success as a failure of its class, in the service's own words.
  var failure: BackendFailure {
    let error = ServiceError(in: json)
    let found = ErrorClass.of(error, status: status, retryAfter: retryAfter)
    if error.isSilent, mayBeSomebodyElses { return unexpected(otherwise) }
    return BackendFailure(
      found.failureClass, code: error.code ?? "HTTP \(status)",
      message: error.message ?? "The service answered with status \(status).",
      requestID: requestID, advice: found.advice)
  }

  /// True for an answer without the service's words that a proxy may have given in its place: its
  /// absence and its denial are not believed then.
  private var mayBeSomebodyElses: Bool {
    switch status {
    case 404, 300..<400: true
    case 401: json == nil && headers["www-authenticate"] == nil
    case 403, 407: json == nil
    default: false
    }
  }

  /// The failure of a call that was about one target or something that belongs to it.
  ///
  /// Its absence makes the call wrong, and says nothing of the workspace.
  func failure(in workspace: String) -> BackendFailure {
    let failure = failure
    guard saysAbsent(in: workspace) else { return failure }
    return BackendFailure(
      .invalid, code: failure.code, message: failure.message, requestID: failure.requestID)
  }

  /// True if the service says that one target is not there, everything around it being there.
  ///
  /// Whatever it calls that: only codes that tell of something else are told apart, and an answer
  /// that does not speak the service's language says nothing.
  func saysAbsent(in workspace: String) -> Bool {
    guard status == 404 else { return false }
    let error = ServiceError(in: json)
    guard let code = error.code else { return false }
    let isAboutTarget: Bool =
      switch ErrorClass.of(error, status: 400).failureClass {
      case .invalid: !Self.otherAbsences.contains(code.lowercased())
      case .absent, .denied, .conflict, .retryable, .throttled, .fatal: false
      }
    let isAboutWorkspace =
      error.message?.lowercased()
      .contains("/workspaces/\(workspace.lowercased())'") ?? false
    return isAboutTarget && !isAboutWorkspace
  }

  private static let otherAbsences: Set<String> = [
    "invalidresourcetype", "noregisteredproviderfound", "invalidapiversionparameter",
    "unsupportedapiversion",
  ]
}
