extension String {
  /// A message of the service's as one sentence with its code, whether it ends in a full stop or
  /// not.
  ///
  ///     The target is gone (ResourceNotFound).
  package func sentence(withCode code: String) -> String {
    "\(hasSuffix(".") ? String(dropLast()) : self) (\(code))."
  }
}
