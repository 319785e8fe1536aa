internal import Reporting
internal import Storage

extension PlanFile {
  /// Writes the file, for nobody but its owner.
  ///
  /// - Returns: its digest.
  func save(to path: String, mayReplace: Bool) throws(FileFailure) -> String {
    try AtomicFile.write(to: path, permissions: 0o600, mayReplace: mayReplace) {
      draft throws(FileFailure) in
      try write { piece throws(FileFailure) in
        switch piece {
        case .text(let bytes): try draft.append(bytes)
        case .digest(let digest, let offset): try draft.overwrite(digest, at: offset)
        }
      }
    }
  }
}
