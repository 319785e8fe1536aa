internal import BackendInterface
internal import ComputeKinds
internal import Diagnostics
internal import Digests
internal import EmbeddedBackend
internal import Manifests
internal import SimulatorBackend
internal import Storage
internal import TargetModel

/// A stack's workspace and its secrets' fingerprints: what planning and applying look at.
extension LoadedStack {
  /// Opens the embedded workspace; nil, with a finding, if that is not possible.
  func openWorkspace(
    for access: EmbeddedWorkspace.Access, in context: CommandContext,
    reporting findings: inout DiagnosticList
  ) -> EmbeddedWorkspace? {
    let simulator = SimulatorConfiguration(
      workspace: configuration.workspace, catalog: .azureML,
      operationMilliseconds: Int64(configuration.backend.operationMilliseconds))
    do {
      return try EmbeddedWorkspace(
        at: storePath, configuration: simulator, access: access, now: context.now)
    } catch {
      findings.append(error.diagnostic)
      return nil
    }
  }

  /// The targets with fingerprints of what the service never tells.
  ///
  /// The key is `BERTH_FINGERPRINT_KEY` where it is set, so that machines can share it; otherwise it
  /// is kept in the stack's own folder. A command that must not write and finds none works with a
  /// key of the moment, by which nothing can be compared.
  func fingerprinted(
    mayWrite: Bool, in context: CommandContext, reporting findings: inout DiagnosticList
  ) -> [ComputeTarget] {
    let needsKey = targets.contains { target in
      target.kind.fields.enumerated().contains { slot, field in
        field.isWriteOnly && target.attributes[slot] != nil
      }
    }
    guard needsKey else { return targets }
    do {
      let key = try fingerprintKey(mayWrite: mayWrite, in: context)
      return withFingerprints(
        targets, by: SecretFingerprinter(key: key), in: configuration.workspace)
    } catch {
      findings.append(.fingerprintKeyFailed(error.reason))
      return targets
    }
  }

  private func fingerprintKey(
    mayWrite: Bool, in context: CommandContext
  ) throws(FileFailure) -> [UInt8] {
    if let shared = context.environment["BERTH_FINGERPRINT_KEY"], !shared.isEmpty {
      return Array(shared.utf8)
    }
    if mayWrite {
      return try FingerprintKey.loadOrCreate(
        in: folder.ownFolder, randomBytes: context.randomBytes)
    }
    return try FingerprintKey.load(from: folder.ownFolder)
      ?? context.randomBytes(FingerprintKey.length)
  }
}

extension Rule {
  static let fingerprintKey = Rule("fingerprint-key")
  static let backendFailed = Rule("backend-failed")
}

extension Diagnostic {
  fileprivate static func fingerprintKeyFailed(_ reason: String) -> Diagnostic {
    Diagnostic(
      .error, .fingerprintKey, "Fingerprint key can't be used",
      detail: """
        The file .berth/fingerprint-key \(reason). Without it a changed secret is not seen. Mend \
        it, or give a key in BERTH_FINGERPRINT_KEY.
        """)
  }

  /// A call to the service that failed before anything was planned.
  static func backend(_ failure: BackendFailure, doing what: String) -> Diagnostic {
    let advice = failure.advice.map { " " + $0 } ?? ""
    let request = failure.requestID.map { " Request id: \($0)." } ?? ""
    return Diagnostic(
      .error, .backendFailed, "Workspace can't be reached",
      detail: "\(what) failed: \(failure.message.sentence(withCode: failure.code))\(advice)\(request)")
  }
}
