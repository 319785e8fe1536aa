internal import Diagnostics
internal import Storage

/// The files that are not as they were where a branch began: those of its commits, and what is not
/// committed yet, staged or not, untracked files included.
struct ChangesInGit: Sendable {
  /// Their paths as seen from the repository's root, those that are gone included.
  let paths: Set<String>
  /// Those among them that are gone.
  let deleted: [String]
  /// Where the folder that was asked about lies in the repository.
  let folder: [Substring]
  /// That folder's absolute path.
  private let place: [Substring]

  /// What changed since the last commit that a revision and the checked out commit have in common.
  ///
  /// - Parameter place: an absolute path of a folder in the repository.
  static func since(
    _ revision: String, in place: String, _ context: CommandContext
  ) -> Result<ChangesInGit, NoChangesKnown> {
    guard let git = Git(folder: place, context: context) else { return .failure(.noGit) }
    guard let prefix = git.output("rev-parse", "--show-prefix") else {
      return .failure(.noRepository)
    }
    guard
      let commit = git.output(
        "rev-parse", "--quiet", "--verify", "--end-of-options", revision + "^{commit}")
    else { return .failure(.noRevision) }
    guard let base = git.output("merge-base", commit, "HEAD") else {
      let isShallow = git.output("rev-parse", "--is-shallow-repository") == "true"
      return .failure(isShallow ? .shallow : .unrelated)
    }
    guard
      let changed = git.withoutFilters().records(
        "diff", "--name-status", "-z", "--no-renames", "--no-ext-diff", "--no-textconv",
        "--no-relative", "--ignore-submodules=dirty", base, "--"),
      let untracked = git.records(
        "ls-files", "-z", "--others", "--exclude-standard", "--full-name", "--", ":/")
    else { return .failure(.noAnswer) }
    let statuses = stride(from: 0, to: changed.count - 1, by: 2).map {
      (letter: changed[$0], path: changed[$0 + 1])
    }
    return .success(
      ChangesInGit(
        paths: Set(statuses.map(\.path) + untracked),
        deleted: statuses.filter { $0.letter == "D" }.map(\.path).sorted(),
        folder: prefix.split(separator: "/"), place: RepositoryFolder.components(of: place)))
  }

  /// The path of a file or folder as seen from the repository's root; nil for one outside of it.
  func path(of absolute: String) -> String? {
    let root = place.dropLast(folder.count)
    let parts = RepositoryFolder.components(of: absolute)
    guard parts.starts(with: root) else { return nil }
    return parts.dropFirst(root.count).joined(separator: "/")
  }
}

/// Why Git could not say what changed.
enum NoChangesKnown: Error {
  case noGit, noRepository, noRevision, shallow, unrelated, noAnswer
}

extension Rule {
  static let changedSince = Rule("changed-since")
}

extension Diagnostic {
  static func changesUnknown(_ reason: NoChangesKnown, since revision: String) -> Diagnostic {
    let words =
      switch reason {
      case .noGit:
        """
        There is no 'git' in an absolute folder of PATH. Install it, or leave the option out to be \
        about all stacks.
        """
      case .noRepository:
        """
        This is no folder of a Git repository, or 'git' does not trust the repository because it \
        belongs to somebody else ('git status' tells). Leave the option out to be about all stacks.
        """
      case .noRevision:
        """
        There is no '\(revision)' here. Look for a slip of the pen; in a pipeline, the clone may not \
        have it: fetch it first, with 'git fetch origin BRANCH' or, on GitHub, 'fetch-depth: 0'.
        """
      case .shallow:
        """
        The clone is shallow, and its history ends before it meets '\(revision)'. Fetch more of it, \
        with 'git fetch --unshallow' or, on GitHub, 'fetch-depth: 0'.
        """
      case .unrelated:
        """
        '\(revision)' and what is checked out have no commit in common, or nothing is committed yet. \
        Name a commit that this one comes from.
        """
      case .noAnswer: "'git diff' or 'git ls-files' failed here. Run 'git status' to see why."
      }
    return Diagnostic(
      .error, .changedSince, "Nobody knows what changed", detail: words)
  }
}
