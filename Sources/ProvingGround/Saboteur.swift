internal import ApplyJournal
internal import BackendInterface
internal import Execution
internal import Planning
internal import Synchronization
internal import TargetModel
internal import TestSupport

/// A line to the service on which one bug sits.
final class Saboteur: Backend, Sendable {
  private struct State {
    var planned: [String: ObservedTarget] = [:]
    var desired: [String: ComputeTarget] = [:]
    var submitted: [String: Act] = [:]
    var failed: Set<String> = []
    var succeeded: Set<String> = []
    var names: [String: String] = [:]
    var hasPlan = false
  }

  private let line: any Backend
  private let sabotage: Sabotage
  private let state = Mutex(State())

  init(_ line: any Backend, _ sabotage: Sabotage, _ run: Run) {
    self.line = line
    self.sabotage = sabotage
  }

  func begin(
    _ plan: Plan, _ observed: [String: ObservedTarget], _ desired: [String: ComputeTarget]
  ) {
    state.withLock { state in
      state.planned = observed
      state.desired = desired
      state.hasPlan = true
    }
  }

  // MARK: Reads

  func list() async throws(BackendFailure) -> [ObservedTarget] { try await line.list() }

  func read(_ name: String) async throws(BackendFailure) -> ObservedTarget? {
    let key = name.lowercased()
    let now = state.withLock { $0 }
    switch sabotage {
    case .noReread where now.submitted[key] == nil && now.hasPlan: return now.planned[key]
    case .detachTrusted where now.submitted[key]?.isRemoval == true:
      return nil
    case .successTrusted where now.succeeded.contains(key),
      .conflictIsDone where now.succeeded.contains(key),
      .lossIsDone where now.succeeded.contains(key):
      if now.submitted[key]?.isRemoval == true { return nil }
      if now.submitted[key]?.isMaking == true, let wanted = now.desired[key] {
        return converged(wanted, stack: Scene.stack)
      }
    case .failureTrusted, .statusErrorIsFailure, .unknownWordIsFailure:
      // What the monitor said is all that counts.
      guard now.failed.contains(key) else { break }
      var target = try await line.read(name) ?? now.planned[key]
      target?.state = .failed
      return target
    case .goneByFailure, .goneByNotFound:
      do throws(BackendFailure) {
        return try await line.read(name)
      } catch {
        if sabotage == .goneByFailure || error.failureClass == .absent { return nil }
        throw error
      }
    default: break
    }
    return try await translated { () throws(BackendFailure) in try await line.read(name) }
  }

  func holders(of resource: ResourceIdentity) async throws(BackendFailure) -> [ObservedTarget] {
    switch sabotage {
    case .noHolderCheck: return []
    case .noReread:
      return state.withLock { state in
        state.planned.values.filter {
          $0.resource?.clashes(with: resource) == true
            && state.submitted[$0.address.nameKey] == nil
        }.sorted { $0.name < $1.name }
      }
    case .idsComparedAsText:
      return try await line.holders(of: resource).filter { $0.resource?.shown == resource.shown }
    default:
      return try await translated { () throws(BackendFailure) in
        try await line.holders(of: resource)
      }
    }
  }

  func status(of operation: OperationHandle) async throws(BackendFailure) -> OperationStatus {
    let key = operation.reference.flatMap { reference in
      state.withLock { $0.names[reference] }
    }
    do {
      let status = try await line.status(of: operation)
      switch (sabotage, status) {
      case (.detachTrusted, .running): return .succeeded
      case (.successTrusted, .succeeded):
        if let key { state.withLock { _ = $0.succeeded.insert(key) } }
      case (.unknownWordIsFailure, .failed(.unknownWord)), (.failureTrusted, .failed):
        if let key { state.withLock { _ = $0.failed.insert(key) } }
      default: break
      }
      return status
    } catch {
      if sabotage == .statusErrorIsFailure, error.failureClass == .invalid, let key {
        state.withLock { _ = $0.failed.insert(key) }
      }
      throw spoilt(error)
    }
  }

  func preflight(_ request: WriteRequest) async throws(BackendFailure) {
    if sabotage != .secondHalfUnasked { try await line.preflight(request) }
  }

  // MARK: Writes

  func submit(_ request: WriteRequest) async throws(BackendFailure) -> OperationHandle {
    let key = request.name.lowercased()
    let sent = spoilt(request)
    do {
      let handle = try await line.submit(sent)
      if sabotage == .sentTwice { _ = try await line.submit(sent) }
      note(handle, key, request)
      return handle
    } catch {
      switch (sabotage, error.failureClass) {
      case (.repeatedWithoutRead, .retryable):
        let handle = try await line.submit(sent)
        note(handle, key, request)
        return handle
      case (.conflictIsDone, .conflict), (.lossIsDone, .retryable):
        state.withLock { state in
          state.submitted[key] = request.act
          state.succeeded.insert(key)
        }
        return .finished
      case (.lossIsFailure, .retryable):
        throw BackendFailure(.invalid, code: error.code, message: error.message)
      default: throw spoilt(error)
      }
    }
  }

  private func note(_ handle: OperationHandle, _ key: String, _ request: WriteRequest) {
    state.withLock { state in
      state.submitted[key] = request.act
      if let reference = handle.reference { state.names[reference] = key }
    }
  }

  private func spoilt(_ request: WriteRequest) -> WriteRequest {
    switch (sabotage, request) {
    case (.detachByDelete, .detach(let name)): .delete(name: name)
    case (.deleteByDetach, .delete(let name)): .detach(name: name)
    case (.marksForgotten, .create(let target, _)): .create(target, marks: OwnershipMarks())
    case (.marksForgotten, .attach(let target, _)): .attach(target, marks: OwnershipMarks())
    default: request
    }
  }

  // MARK: Failures

  private func translated<Value: Sendable>(
    _ body: () async throws(BackendFailure) -> Value
  ) async throws(BackendFailure) -> Value {
    do {
      return try await body()
    } catch {
      throw spoilt(error)
    }
  }

  private func spoilt(_ failure: BackendFailure) -> BackendFailure {
    switch (sabotage, failure.failureClass) {
    case (.retryAfterIgnored, .throttled):
      BackendFailure(.throttled(retryAfter: .zero), code: failure.code, message: failure.message)
    case (.othersDoNotWait, .throttled):
      BackendFailure(.retryable, code: failure.code, message: failure.message)
    case (.secretInError, _):
      BackendFailure(
        failure.failureClass, code: failure.code, message: "\(failure.message) \(secret)")
    default: failure
    }
  }

  private var secret: String {
    state.withLock { state in
      for target in state.desired.sorted(by: { $0.key < $1.key }).map(\.value) {
        if case .secret(let secret)? = target["password"] { return secret.reveal() }
      }
      return ""
    }
  }

  /// Reads a journal and believes whatever looks like the beginning of a record.
  static func readCarelessly(_ bytes: [UInt8]) -> [JournalEntry]? {
    guard var entries = (try? JournalCodec.read(bytes))?.entries else { return nil }
    if bytes.last != UInt8(ascii: "\n"), let last = entries.last { entries.append(last) }
    return entries
  }
}

/// A journal on which one bug sits.
final class SabotagedJournal: JournalWriting, Sendable {
  private let disk: Disk
  private let sabotage: Sabotage
  private let held = Mutex<[JournalEntry]>([])

  init(_ disk: Disk, _ sabotage: Sabotage) {
    self.disk = disk
    self.sabotage = sabotage
  }

  func append(_ entry: JournalEntry) throws(JournalWriteFailure) {
    switch sabotage {
    case .journalFailureIgnored:
      try? disk.append(entry)
    case .syncSkipped:
      // What was appended before is on its way to the disk; this is not yet.
      let former = held.withLock { held in
        let former = held
        held = [entry]
        return former
      }
      for entry in former { try disk.append(entry) }
    case .intentAfterEffect:
      if case .intended = entry.record { return held.withLock { $0.append(entry) } }
      let former = held.withLock { held in
        let former = held
        held = []
        return former
      }
      for entry in former { try disk.append(entry) }
      try disk.append(entry)
    case .recordForgotten:
      if case .finished = entry.record { return }
      try disk.append(entry)
    default: try disk.append(entry)
    }
  }

  func sync() throws(JournalWriteFailure) {
    if sabotage == .journalFailureIgnored { try? disk.sync() } else { try disk.sync() }
  }
}
