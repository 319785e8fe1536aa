internal import BackendInterface
internal import ComputeService
internal import Synchronization
internal import TargetModel

/// Looks at the credentials that the service keeps, where the user wants that: they are never in an
/// answer to a GET (api.md section 9).
///
/// They are asked for once in a command, and once more of what the command has written to: each answer
/// takes a call and a slow digest.
final class CredentialReading: Sendable {
  private typealias Fingerprints = [AttributePath: String]

  private let client: ServiceClient
  private let address: ServiceAddress
  private let configuration: AzureConfiguration
  /// What was found, by the names of targets.
  private let known = Mutex<[String: Fingerprints]>([:])

  /// How many targets are asked about at a time.
  private static let width = 8
  /// Those whose answer is described; of others nobody knows what `listKeys` says.
  private static let kinds: Set<String> = ["VirtualMachine", "Databricks"]

  init(client: ServiceClient, address: ServiceAddress, configuration: AzureConfiguration) {
    self.client = client
    self.address = address
    self.configuration = configuration
  }

  /// The targets with the fingerprints of the credentials that are there in place of those last
  /// applied.
  ///
  /// A difference then shows as any other change of a secret does. What the service does not tell
  /// stays as it was applied.
  func comparing(_ targets: [ObservedTarget]) async throws(BackendFailure) -> [ObservedTarget] {
    typealias Answer = (place: Int, result: Result<ObservedTarget, BackendFailure>)
    let marked = targets.indices.filter { !paths(of: targets[$0]).isEmpty }
    guard !marked.isEmpty else { return targets }
    let answers = await withTaskGroup(of: Answer.self) { group in
      var answers: [Answer] = []
      for (number, place) in marked.enumerated() {
        if number >= Self.width, let answer = await group.next() { answers.append(answer) }
        group.addTask { [self] in
          do throws(BackendFailure) {
            return (place, .success(try await comparing(targets[place])))
          } catch {
            return (place, .failure(error))
          }
        }
      }
      for await answer in group { answers.append(answer) }
      return answers
    }
    var compared = targets
    for answer in answers.sorted(by: { $0.place < $1.place }) {
      compared[answer.place] = try answer.result.get()
    }
    return compared
  }

  /// The same for one target.
  func comparing(_ target: ObservedTarget) async throws(BackendFailure) -> ObservedTarget {
    let paths = paths(of: target)
    guard !paths.isEmpty else { return target }
    var found = known.withLock { $0[target.address.nameKey] }
    if found == nil {
      // It may be gone since.
      guard let body = try await keys(of: target.name) else { return target }
      let fingerprints = fingerprints(in: body, paths, of: target)
      known.withLock { $0[target.address.nameKey] = fingerprints }
      found = fingerprints
    }
    var compared = target
    for path in paths {
      if let fingerprint = found?[path] { compared.marks.secrets[path] = fingerprint }
    }
    return compared
  }

  /// A target was written to, or may have been: what is known of it counts no more.
  func forget(_ name: String) { known.withLock { $0[name.lowercased()] = nil } }

  /// The marked secrets of a target that can be asked for.
  private func paths(of target: ObservedTarget) -> [AttributePath] {
    guard configuration.fingerprint != nil, target.isAttached, !target.state.isTransitional,
      let kind = configuration.catalog[target.kind], Self.kinds.contains(kind.computeType)
    else { return [] }
    return target.marks.secrets.keys.sorted().filter { path in
      kind.slot(path).map { kind.fields[$0].isSecret && kind.fields[$0].wire != nil } ?? false
    }
  }

  private func fingerprints(
    in body: AttributeValue, _ paths: [AttributePath], of target: ObservedTarget
  ) -> Fingerprints {
    guard let kind = configuration.catalog[target.kind] else { return [:] }
    var found: Fingerprints = [:]
    for path in paths {
      guard let slot = kind.slot(path), let wire = kind.fields[slot].wire,
        let text = body[Self.place(of: wire)]?.text
      else { continue }
      client.redaction.remember(text)
      found[path] = configuration.fingerprint?(
        target.address, path, SecretText(text, from: .literal))
    }
    return found
  }

  /// Credentials stand in the answer as they do in a target's own properties.
  private static func place(of wire: AttributePath) -> AttributePath {
    AttributePath(Array(wire.segments.drop { $0 == "properties" }))
  }

  /// What `listKeys` says; nil if the target is not there.
  private func keys(of name: String) async throws(BackendFailure) -> AttributeValue? {
    // It changes nothing, so it may be repeated.
    let call = try ServiceCall(
      .action(name: name, action: "listKeys", body: .null), at: address)
    let answer = try await client.read(call)
    if answer.saysAbsent(in: configuration.workspace.name) { return nil }
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
