public import Diagnostics
public import TargetModel

/// A manifest as read from disk.
public struct ManifestFile: Sendable {
  /// Its path, from the stack's folder.
  public let path: String
  /// Its content.
  public let bytes: [UInt8]

  /// A file.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// What binding needs to know of kinds.
public struct KindRules: Sendable {
  /// The kinds there are.
  public let catalog: KindCatalog
  /// Checks a target's name.
  public let checkName:
    @Sendable (String, KindDescriptor, SourceLocation, inout DiagnosticList) -> Void
  /// Looks at how a target fits its workspace.
  public let checkWorkspace:
    @Sendable (ComputeTarget, WorkspaceIdentity, inout DiagnosticList) -> Void
  /// What to tell of a type that is no kind in the catalog; nil for one that is no kind at all.
  public let advice: @Sendable (String) -> String?
  /// What to tell of a key that a kind's documents have not, and other clients do; nil for one that
  /// nobody knows.
  public let keyAdvice: @Sendable (String, KindDescriptor) -> String?
  /// The finding about a type that is known and refused on purpose; nil for any other type.
  ///
  /// Given are the type, what the document says at a path such as `scale.max` (nil for nothing and
  /// for what is no scalar), and the place of the type.
  public let refusal: @Sendable (String, (String) -> String?, SourceLocation) -> Diagnostic?
  /// Rules besides those of the kinds' own checks whose warnings a stack may silence.
  public let silenceable: [Rule]

  /// Rules.
  public init(
    catalog: KindCatalog,
    checkName:
      @escaping @Sendable (String, KindDescriptor, SourceLocation, inout DiagnosticList) -> Void = {
        _, _, _, _ in
      },
    checkWorkspace:
      @escaping @Sendable (ComputeTarget, WorkspaceIdentity, inout DiagnosticList) -> Void = {
        _, _, _ in
      },
    advice: @escaping @Sendable (String) -> String? = { _ in nil },
    keyAdvice: @escaping @Sendable (String, KindDescriptor) -> String? = { _, _ in nil },
    refusal:
      @escaping @Sendable (String, (String) -> String?, SourceLocation) -> Diagnostic? = {
        _, _, _ in nil
      },
    silenceable: [Rule] = []
  ) {
    self.catalog = catalog
    self.checkName = checkName
    self.checkWorkspace = checkWorkspace
    self.advice = advice
    self.keyAdvice = keyAdvice
    self.refusal = refusal
    self.silenceable = silenceable
  }
}
