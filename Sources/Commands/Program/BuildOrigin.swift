/// Which commit this build is of.
///
/// `git archive` writes it here (`.gitattributes` asks it to), and releases are built from nothing
/// else. A build in a working tree, which may hold what no commit has, says that it does not know.
enum BuildOrigin {
  private static let archived = "$Format:%H$"

  /// The commit's id; nil if nobody vouches for it.
  static var commit: String? { archived.hasPrefix("$") ? nil : archived }
}
