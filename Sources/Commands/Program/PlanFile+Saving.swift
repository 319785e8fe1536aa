internal import Reporting
internal import Storage

extension PlanFile {
  /// Writes the file, for nobody but its owner.
  ///
  /// - Parameter limit: the most bytes that it may have.
  /// - Returns: its digest.
  func save(
    to path: String, mayReplace: Bool, limit: Int = .max
  ) throws(FileFailure) -> String {
    var size = 0
    return try AtomicFile.write(to: path, permissions: 0o600, mayReplace: mayReplace) {
      draft throws(FileFailure) in
      try write { piece throws(FileFailure) in
        switch piece {
        case .text(let bytes):
          size += bytes.count
          guard size <= limit else { throw .tooLarge(limit) }
          try draft.append(bytes)
        case .digest(let digest, let offset): try draft.overwrite(digest, at: offset)
        }
      }
    }
  }
}
