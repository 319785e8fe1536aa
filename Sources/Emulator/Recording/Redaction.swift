internal import TargetModel

/// Takes out of traffic what must not leave the machine: secrets, tokens, keys.
///
/// What is known to be harmless stays; of the rest only the names do. A recording is sent to
/// strangers, so a doubt is a reason to take out.
struct Redaction: Sendable {
  let catalog: KindCatalog

  static let placeholder = "(redacted)"

  // MARK: Headers and URLs

  private static let plainHeaders: Set<String> = [
    "accept", "azure-asyncoperation", "cache-control", "content-type", "location", "retry-after",
    "retry-after-ms", "user-agent", "x-ms-client-request-id", "x-ms-correlation-request-id",
    "x-ms-request-id", "x-ms-retry-after-ms",
  ]

  /// The headers that help, in their order.
  func headers(_ headers: MessageHeaders) -> [(name: String, value: String)] {
    headers.lines.filter { line in
      let name = line.name.lowercased()
      return Self.plainHeaders.contains(name) || name.hasPrefix("x-ms-ratelimit-")
    }
  }

  private static let plainParameters: Set<String> = [
    "api-version", "$skip", "underlyingresourceaction", "expandchildren", "compute-type",
    "resource",
  ]

  /// A query as it is shown and compared: sorted, unknown values taken out.
  func query(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { pair in
      let isPlain = Self.plainParameters.contains(pair.name.lowercased())
      let value = isPlain ? pair.value : Self.placeholder
      return "\(PercentEncoding.encoded(pair.name))=\(PercentEncoding.encoded(value))"
    }.sorted().joined(separator: "&")
  }

  // MARK: Bodies

  /// A body as JSON without secrets; what is no JSON is told by its length only.
  func body(_ bytes: [UInt8], of operation: EmulatedOperation, isAnswer: Bool) -> AttributeValue {
    guard !bytes.isEmpty else { return .null }
    guard let json = try? AttributeValue(json: bytes) else {
      return ["redacted": .text("\(bytes.count) bytes that are no JSON")]
    }
    switch operation {
    case .token, .listKeys: return onlyNames(json)
    default: break
    }
    return cleaned(withoutSecrets(json))
  }

  /// Texts alone are taken out, since the rest is too short to hold a secret.
  private func onlyNames(_ value: AttributeValue) -> AttributeValue {
    switch value {
    case .map(let entries):
      .map(
        Dictionary(
          uniqueKeysWithValues: entries.map { key, value in
            let isPlain = ["computeType", "token_type", "expires_in"].contains(key)
            return (key, isPlain ? value : onlyNames(value))
          }))
    case .list(let elements): .list(elements.map(onlyNames))
    case .text, .secret: .text(Self.placeholder)
    case .null, .bool, .integer, .number: value
    }
  }

  // MARK: Computes

  /// A compute's body, or a list of them, without what its kind says is secret; of a kind that is
  /// not known nothing within is shown.
  private func withoutSecrets(_ value: AttributeValue) -> AttributeValue {
    if let list = value["value"]?.list {
      var page = value
      page["value"] = .list(list.map(withoutSecrets))
      return page
    }
    let inner: AttributePath = "properties.properties"
    guard let type = value[AttributePath("properties.computeType")]?.text else { return value }
    guard let kind = catalog.kind(computeType: type) else {
      var body = value
      if let properties = body[inner] { body[inner] = onlyNames(properties) }
      return body
    }
    var body = value
    for field in kind.fields {
      guard let wire = field.wire, let found = body[wire], found != .null else { continue }
      if field.isSecret {
        body[wire] = .text(Self.placeholder)
      } else {
        body[wire] = within(found, field.type)
      }
    }
    return body
  }

  private func within(_ value: AttributeValue, _ type: FieldType) -> AttributeValue {
    switch (type, value) {
    case (.object(let fields), .map):
      var kept = value
      for field in fields {
        guard let wire = field.wire, let found = kept[wire], found != .null else { continue }
        kept[wire] = field.isSecret ? .text(Self.placeholder) : within(found, field.type)
      }
      return kept
    case (.list(let element, _), .list(let elements)):
      return .list(elements.map { within($0, element) })
    case (.map(let element), .map(let entries)):
      return .map(entries.mapValues { within($0, element) })
    default: return value
    }
  }

  // MARK: Anything

  /// Words that a key has which holds a secret, whatever it is part of.
  private static let secretWords = [
    "password", "passphrase", "secret", "token", "privatekey", "connectionstring", "kubeconfig",
    "accountkey", "accesskey", "sharedkey", "credential", "scriptdata", "scriptarguments",
    "assertion", "sas", "sshpublickey", "adminpublickey", "environmentvariables",
  ]
  private static let secretKeys: Set<String> = [
    "authorization", "key", "cert", "certificate", "pwd",
  ]

  private func cleaned(_ value: AttributeValue) -> AttributeValue {
    switch value {
    case .map(let entries):
      .map(
        Dictionary(
          uniqueKeysWithValues: entries.map { key, value in
            (key, isSecret(key) ? onlyNames(value) : cleaned(value))
          }))
    case .list(let elements): .list(elements.map(cleaned))
    case .secret: .text(Self.placeholder)
    case .null, .bool, .integer, .number, .text: value
    }
  }

  private func isSecret(_ key: String) -> Bool {
    let key = key.lowercased().filter { $0.isLetter || $0.isNumber }
    return Self.secretKeys.contains(key) || Self.secretWords.contains { key.contains($0) }
  }
}
