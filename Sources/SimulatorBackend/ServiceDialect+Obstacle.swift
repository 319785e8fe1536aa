package import BackendInterface
package import ComputeService

extension ServiceDialect {
  /// Why the service would refuse to make a target; nil for other requests.
  package func obstacle<Store>(
    to request: WriteRequest, in service: SimulatedService<Store>
  ) -> BackendFailure? {
    switch request {
    case .create, .attach:
      for case .put(let name, let body) in requests(for: request, current: nil) {
        if let refusal = service.refusal(ofMaking: name, body) { return failure(refusal) }
      }
      return nil
    case .update, .detach, .delete, .start, .stop, .mark: return nil
    }
  }
}
