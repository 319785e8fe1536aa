internal import Storage

/// The commit that a stack's manifests come from, as Git tells it.
///
/// Asked of `git` and not read from `.git`, whose form (worktrees, packed or table-kept references)
/// is Git's own, and since a commit's time stands inside packed objects. A shallow clone and a detached head, as
/// pipelines have them, are enough.
struct SourceCommit: Hashable, Sendable {
  /// The id, in hexadecimal digits.
  let id: String
  /// When it was committed, in seconds since 1970.
  let committedAt: Int64

  /// The commit at the head of the repository in which a stack lies.
  ///
  /// Nil if the stack's `berth.yaml` is not part of that commit, if there is no `git`, or if that does
  /// not trust the repository.
  static func of(_ stack: LoadedStack, in context: CommandContext) -> SourceCommit? {
    let git = Git(folder: stack.folder.path, context: context)
    // A folder that only lies inside a repository is not of it.
    guard git?.output("rev-parse", "HEAD:./" + StackFolder.configurationName) != nil,
      let line = git?.output("rev-list", "--max-count=1", "--timestamp", "HEAD")
    else { return nil }
    let words = line.split(separator: " ")
    guard words.count == 2, let time = Int64(words[0]), isID(words[1]) else { return nil }
    return SourceCommit(id: String(words[1]), committedAt: time)
  }

  /// True if Git knows that another commit came before this one.
  ///
  /// A shallow clone does not.
  func follows(_ id: String, in stack: LoadedStack, _ context: CommandContext) -> Bool {
    guard Self.isID(id[...]) else { return false }
    let git = Git(folder: stack.folder.path, context: context)
    return git?.output("merge-base", "--is-ancestor", id, self.id) != nil
  }

  private static func isID(_ text: Substring) -> Bool {
    (40...64).contains(text.utf8.count) && text.allSatisfy { $0.isASCII && $0.isHexDigit }
  }
}
