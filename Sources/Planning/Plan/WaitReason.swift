internal import Diagnostics

extension Wait {
  /// Why the step waits, as people are told; nil where no rule, or one of another version, asks for
  /// it.
  package var reason: String? {
    switch rule {
    case .detachFirst: "it holds the resource, and a second attachment would break the first"
    case .nameFree: "it bears the name"
    case .mendingFirst: "of a double attachment the one that stays goes first"
    case .dependsOn: "a document says that one depends on the other"
    case .sameTarget: "the acts on one target follow each other"
    default: nil
    }
  }
}
