/// How much a YAML file may ask of its reader (reliability.md section 2).
///
/// Manifests come from whoever may open a pull request. Every limit is counted while reading, so
/// a hostile file is refused early and in bounded memory.
public struct YAMLLimits: Hashable, Sendable {
  /// Bytes in a file.
  public var fileSize = 64 << 20
  /// Bytes in one document of it.
  public var documentSize = 1 << 20
  /// Documents in a file.
  public var documentCount = 100_000
  /// Collections inside each other.
  public var depth = 64
  /// Bytes in a key.
  public var keyLength = 1_024
  /// Bytes in any other scalar.
  public var scalarLength = 256 << 10
  /// Nodes of a document once aliases and merges are expanded, however few were written.
  public var expandedNodes = 100_000
  /// How many times more nodes that may be than were written; small documents may have 1,000.
  public var expansionFactor = 10
  /// Lines that begin with `%`.
  ///
  /// The library below is quadratic in directives.
  public var directives = 64
  /// Findings in a file, after which the rest of it is not read.
  public var findings = 1_000

  /// The limits of reliability.md.
  public static let standard = YAMLLimits()

  /// The standard limits, to be changed one by one.
  public init() {}
}
