internal import BackendInterface
internal import ComputeService
internal import TargetModel

/// Looks at the credentials that the service keeps, where the user wants that: they are never in an
/// answer to a GET (api.md section 9).
struct CredentialReading: Sendable {
  let client: ServiceClient
  let address: ServiceAddress
  let configuration: AzureConfiguration

  /// Puts the fingerprints of the credentials that are there in place of those last applied.
  ///
  /// A difference then shows as any other change of a secret does. What the service does not tell
  /// stays as it was applied.
  func compareCredentials(of target: inout ObservedTarget) async throws(BackendFailure) {
    guard let fingerprint = configuration.fingerprint, target.isAttached,
      !target.state.isTransitional, let kind = configuration.catalog[target.kind]
    else { return }
    let paths = target.marks.secrets.keys.sorted().filter { path in
      kind.slot(path).map { kind.fields[$0].isSecret && kind.fields[$0].wire != nil } ?? false
    }
    guard !paths.isEmpty, Self.kinds.contains(kind.computeType) else { return }
    let body = try await keys(of: target.name)
    for path in paths {
      guard let slot = kind.slot(path), let wire = kind.fields[slot].wire,
        let text = body[Self.place(of: wire)]?.text
      else { continue }
      client.redaction.remember(text)
      let secret = SecretText(text, from: .literal)
      if let found = fingerprint(target.address, path, secret) {
        target.marks.secrets[path] = found
      }
    }
  }

  /// Those whose answer is described; of others nobody knows what `listKeys` says.
  private static let kinds: Set<String> = ["VirtualMachine", "Databricks"]

  /// Credentials stand in the answer as they do in a target's own properties.
  private static func place(of wire: AttributePath) -> AttributePath {
    AttributePath(Array(wire.segments.drop { $0 == "properties" }))
  }

  private func keys(of name: String) async throws(BackendFailure) -> AttributeValue {
    // It changes nothing, so it may be repeated.
    let call = try ServiceCall(
      .action(name: name, action: "listKeys", body: .null), at: address)
    let answer = try await client.read(call)
    guard answer.isSuccess else {
      var failure = client.told(answer.failure)
      failure.advice =
        "'backend.read_credentials' needs the right to 'listKeys'. Give it, or leave that out."
      throw failure
    }
    guard let body = answer.json, body.map != nil else {
      throw client.told(answer.unexpected(answer.otherwise))
    }
    return body
  }
}
