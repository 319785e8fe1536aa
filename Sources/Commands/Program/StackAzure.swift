internal import AzureBackend
internal import AzureSignIn
internal import BackendInterface
internal import ComputeKinds
internal import Diagnostics
internal import Digests
internal import HTTPExchange
internal import Manifests
internal import Storage
internal import TargetModel

extension StackConfiguration {
  /// The version of Azure's interface that the stack asks for; nil where its workspace is elsewhere.
  var azureAPIVersion: String? {
    backend.azure.map { $0.apiVersion ?? AzureConfiguration.defaultAPIVersion }
  }
}

/// A stack's workspace in Azure: cloud, sign-in and network come together here and nowhere else.
extension LoadedStack {
  /// Finds out where the workspace is and who asks; nil, with a finding, if that is not possible.
  func openAzureWorkspace(
    mayWrite: Bool, in context: CommandContext, reporting findings: inout DiagnosticList
  ) async -> AzureWorkspace? {
    guard let settings = configuration.backend.azure else { return nil }
    do {
      return try await azureWorkspace(settings, mayWrite: mayWrite, in: context)
    } catch let failure as SignInFailure {
      findings.append(placed(failure.diagnostic))
    } catch let failure as NetworkSettingsFailure {
      findings.append(placed(failure.diagnostic))
    } catch let failure as BackendFailure {
      findings.append(.backend(failure, doing: "Opening the workspace"))
    } catch let failure as FileFailure {
      findings.append(.fingerprintKeyFailed(failure.reason))
    } catch {
      findings.append(
        .backend(
          BackendFailure(.fatal, code: "Unexpected", message: "\(error)"),
          doing: "Opening the workspace"))
    }
    return nil
  }

  private func azureWorkspace(
    _ settings: AzureBackendConfiguration, mayWrite: Bool, in context: CommandContext
  ) async throws -> AzureWorkspace {
    let transport = try azureTransport(in: context)
    let cloud = try await CloudEnvironment.find(
      named: settings.cloud, endpoint: settings.endpoint.flatMap(HTTPURL.init(parsing:)),
      environment: context.environment, transport: transport)
    let credentials = try Credentials(
      SignInConfiguration(settings.signIn), for: cloud, environment: context.environment,
      transport: transport,
      clock: context.clock, now: context.now)
    var azure = AzureConfiguration(
      workspace: configuration.workspace, catalog: .azureML, endpoint: cloud.resourceManager,
      apiVersion: configuration.azureAPIVersion ?? AzureConfiguration.defaultAPIVersion)
    azure.userAgent = "berth/\(BerthVersion.text)"
    if settings.readsCredentials {
      azure.fingerprint = try credentialFingerprint(mayWrite: mayWrite, in: context)
    }
    return try AzureWorkspace(
      azure,
      in: AzureSurroundings(
        transport: transport, authorization: SignedIn(as: credentials), clock: context.clock,
        randomBytes: context.randomBytes,
        warn: { context.messages.writeLine("Warning: " + $0.visible) }))
  }

  /// The way to the network, with the certificates that `berth.yaml` names.
  func azureTransport(
    in context: CommandContext
  ) throws(NetworkSettingsFailure) -> any HTTPTransport {
    var network = try NetworkSettings(environment: context.environment)
    if network.authorities == nil, let file = configuration.backend.azure?.caFile {
      network.authorities = context.path(file, from: folder.path)
    }
    return try context.network.transport(network)
  }

  private func credentialFingerprint(
    mayWrite: Bool, in context: CommandContext
  ) throws -> AzureConfiguration.CredentialFingerprint {
    let fingerprinter = SecretFingerprinter(
      key: try fingerprintKey(mayWrite: mayWrite, in: context))
    let workspace = configuration.workspace
    return { address, path, secret in
      Manifests.fingerprint(of: secret, at: path, of: address, by: fingerprinter, in: workspace)
    }
  }

  /// A finding at the place of `berth.yaml` that it is about.
  private func placed(_ finding: Diagnostic) -> Diagnostic {
    let key =
      switch finding.rule {
      case .endpointNotAllowed: "endpoint"
      case .cloudUnknown: "cloud"
      case .networkSettings: "ca_file"
      case .signInNeeded, .noCredentials, .signInFailed: "auth.type"
      default: ""
      }
    var placed = finding
    placed.location = finding.location ?? place(key)
    return placed
  }

  private func place(_ key: String) -> SourceLocation? {
    configuration.places["backend.\(key)"] ?? configuration.places["backend"]
  }
}
