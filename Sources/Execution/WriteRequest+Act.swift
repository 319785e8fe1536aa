package import BackendInterface
package import Planning

extension WriteRequest {
  /// The act of a step that asks for such a change.
  package var act: Act {
    switch self {
    case .create: .create
    case .attach: .attach
    case .update: .update
    case .detach: .detach
    case .delete: .delete
    case .start: .start
    case .stop: .stop
    case .mark: .mark
    }
  }
}
