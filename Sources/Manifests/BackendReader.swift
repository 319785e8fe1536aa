internal import Diagnostics
internal import ManifestSyntax

/// What `berth.yaml` says under `backend`.
extension ConfigurationReader {
  mutating func backend(in root: YAMLNode) -> BackendConfiguration? {
    guard root["backend"] != nil else { return BackendConfiguration() }
    guard let node = mapping("backend", in: root, isRequired: false) else { return nil }
    guard let type = node["type"], type.text != "local" else { return localBackend(node) }
    guard type.kind == .scalar, type.text == "azure" else {
      findings.append(.unknownBackend(type))
      return nil
    }
    return azureBackend(node)
  }

  private mutating func localBackend(_ node: YAMLNode) -> BackendConfiguration? {
    checkKeys(of: node, known: ["type", "store", "operation_milliseconds"], in: "backend")
    var backend = BackendConfiguration()
    if node["store"] != nil {
      backend.store = text(
        "store", in: node, at: "backend.store", matching: /[^\x00]{1,4096}/, "a path")
    }
    if let time = node["operation_milliseconds"] {
      guard case .integer(let milliseconds) = time.scalar, (0...60_000).contains(milliseconds)
      else {
        findings.append(
          .configurationValue(
            "backend.operation_milliseconds", "a whole number from 0 to 60000", time))
        return nil
      }
      places["backend.operation_milliseconds"] = time.location
      backend.operationMilliseconds = milliseconds
    }
    return backend
  }

  // MARK: Azure

  private mutating func azureBackend(_ node: YAMLNode) -> BackendConfiguration? {
    checkKeys(
      of: node,
      known: ["type", "cloud", "endpoint", "api_version", "auth", "ca_file", "read_credentials"],
      in: "backend")
    places["backend"] = node.location.firstLine
    var azure = AzureBackendConfiguration()
    azure.cloud = optional(
      "cloud", in: node, at: "backend.cloud", matching: AzureForms.cloud,
      "one of \(AzureForms.clouds.joined(separator: ", "))")
    azure.endpoint = optional(
      "endpoint", in: node, at: "backend.endpoint", matching: AzureForms.endpoint,
      "the address of a service, such as https://management.azure.com, or http://127.0.0.1:8080 on "
        + "this machine")
    azure.apiVersion = optional(
      "api_version", in: node, at: "backend.api_version", matching: AzureForms.apiVersion,
      "a version of the API such as 2025-12-01")
    azure.caFile = optional(
      "ca_file", in: node, at: "backend.ca_file", matching: #"[^\x00]{1,4096}"#, "a path")
    if let answer = node["read_credentials"] {
      guard case .bool(let reads) = answer.scalar else {
        findings.append(.configurationValue("backend.read_credentials", "true or false", answer))
        return nil
      }
      azure.readsCredentials = reads
    }
    if let auth = node["auth"], let choice = signIn(auth, at: "backend.auth") {
      (azure.authType, azure.tenantID, azure.clientID) =
        (choice.type, choice.tenantID, choice.clientID)
    }
    let isLoopback = azure.endpoint.map(AzureForms.isLoopback) ?? false
    if azure.authType == "none", !isLoopback, let place = places["backend.auth.type"] {
      findings.append(.signInNeeded(at: place))
    }
    var backend = BackendConfiguration()
    backend.azure = azure
    return backend
  }

  /// How to sign in; nil, with a finding, if it is said in no way that could be understood.
  mutating func signIn(_ auth: YAMLNode, at path: String) -> SignInChoice? {
    guard auth.kind == .mapping else {
      findings.append(.configurationValue(path, "a mapping", auth))
      return nil
    }
    checkKeys(of: auth, known: ["type", "tenant_id", "client_id"], in: path)
    return SignInChoice(
      type: text(
        "type", in: auth, at: "\(path).type", matching: AzureForms.regex(AzureForms.signIn),
        "one of \(AzureForms.signIns.joined(separator: ", "))"),
      tenantID: optional(
        "tenant_id", in: auth, at: "\(path).tenant_id", matching: AzureForms.guid,
        "a GUID such as 00000000-0000-0000-0000-000000000000"),
      clientID: optional(
        "client_id", in: auth, at: "\(path).client_id", matching: AzureForms.guid,
        "a GUID such as 00000000-0000-0000-0000-000000000000"))
  }

  private mutating func optional(
    _ key: String, in node: YAMLNode, at path: String, matching pattern: String, _ expected: String
  ) -> String? {
    guard node[key] != nil else { return nil }
    return text(
      key, in: node, at: path, matching: AzureForms.regex(pattern), expected)
  }
}

/// How the values of the azure backend look: for the reader and for the schema.
enum AzureForms {
  /// The clouds that are built in; another one is for the operator of a run to name.
  static let clouds = ["AzureCloud", "AzureUSGovernment", "AzureChinaCloud"]
  static let cloud = clouds.joined(separator: "|")
  static let signIns = [
    "client_secret", "client_certificate", "workload_identity", "github", "managed_identity",
    "azure_cli", "none",
  ]
  static let signIn = signIns.joined(separator: "|")
  static let guid = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
  static let apiVersion = "[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?"
  static let loopback =
    #"https?://(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?/?"#
  static let secure = #"https://[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?/?"#
  static let endpoint = "\(loopback)|\(secure)"

  static func isLoopback(_ endpoint: String) -> Bool {
    endpoint.wholeMatch(of: regex(loopback)) != nil
  }

  /// The patterns above; one that were none would match nothing.
  static func regex(_ pattern: String) -> Regex<AnyRegexOutput> {
    (try? Regex(pattern)) ?? Regex(verbatim: "\u{0}")
  }
}

extension Diagnostic {
  fileprivate static func unknownBackend(_ node: YAMLNode) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Backend is not known",
      detail: """
        'backend.type' is \(node.typeInWords), and that is no backend. Write 'type: local' for the \
        embedded workspace, or 'type: azure' for one in Azure.
        """,
      at: node.kind == .scalar ? node.location : node.location.firstLine)
  }

  fileprivate static func signInNeeded(at place: SourceLocation) -> Diagnostic {
    Diagnostic(
      .error, .invalidConfiguration, "Nobody would sign in",
      detail: """
        'type: none' is for a service on this machine, such as 'berth emulate': name it as \
        'backend.endpoint', for example http://127.0.0.1:8080, or sign in.
        """,
      at: place)
  }
}
