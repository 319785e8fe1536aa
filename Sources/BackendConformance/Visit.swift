internal import BackendInterface
internal import Diagnostics
internal import TargetModel

/// One walk through a world, with what was found wrong on the way.
struct Visit {
  let backend: any Backend
  let letTimePass: @Sendable (Duration) async -> Void
  private(set) var violations: [String] = []

  init(backend: any Backend, letTimePass: @escaping @Sendable (Duration) async -> Void) {
    self.backend = backend
    self.letTimePass = letTimePass
  }

  mutating func blame(_ violation: String) { violations.append(violation) }

  mutating func expect(_ isAsDue: Bool, _ sentence: String) {
    if !isAsDue { blame("Not true: \(sentence).") }
  }

  /// Asks for a change and sees it through.
  mutating func carryOut(_ request: WriteRequest) async throws(BackendFailure) {
    await end(try await backend.submit(request), of: request)
  }

  /// Waits for the end of an operation, which must come and be a success.
  mutating func end(_ operation: OperationHandle, of request: WriteRequest) async {
    for _ in 0..<Self.patience {
      switch try? await backend.status(of: operation) {
      case .succeeded?: return
      case .failed(let failure)?:
        return blame(
          "The operation on '\(request.name)' failed: \(failure.code): \(failure.message)")
      case .running?, nil: await letTimePass(.milliseconds(50))
      }
    }
    blame("The operation on '\(request.name)' did not end.")
  }

  private static let patience = 1_000

  /// The target of a name, which must be there.
  mutating func target(_ name: String) async throws(BackendFailure) -> ObservedTarget? {
    let target = try await backend.read(name)
    if target == nil { blame("'\(name)' is not there.") }
    return target
  }

  /// A target must be there, at rest, and show what was asked for, as its fields compare.
  mutating func expectShown(
    _ desired: ComputeTarget, marks: OwnershipMarks
  ) async throws(BackendFailure) {
    guard let shown = try await target(desired.name) else { return }
    expect(shown.name == desired.name, "'\(desired.name)' is shown by the name it was given")
    expect(shown.kind == desired.kind.name, "'\(desired.name)' is of the kind it was given")
    expect(shown.state == .succeeded, "'\(desired.name)' succeeded, and is not \(shown.state.text)")
    expect(shown.errors.isEmpty, "'\(desired.name)' has no errors")
    expect(shown.isAttached == desired.isAttached, "'\(desired.name)' is attached or made")
    expect(shown.resource == desired.heldResource, "'\(desired.name)' holds its resource")
    expect(shown.marks == marks, "'\(desired.name)' has its marks")
    for (slot, field) in desired.kind.fields.enumerated() where !field.isWriteOnly {
      let wanted = field.comparable(desired.attributes[slot])
      let found = field.comparable(shown.attributes[slot])
      expect(
        wanted == found,
        "'\(desired.name)' has \(field.path) \(wanted.canonicalJSON), not \(found.canonicalJSON)")
    }
  }
}

extension Field {
  /// A value as it compares; absence is the default.
  fileprivate func comparable(_ value: AttributeValue?) -> AttributeValue {
    guard let value = value ?? defaultValue, value != .null else { return .null }
    return normalised(value)
  }
}

/// The resources that worlds attach.
func resource(_ name: String) -> String {
  "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/conformance"
    + "/providers/Microsoft.Invented/things/\(name)"
}
