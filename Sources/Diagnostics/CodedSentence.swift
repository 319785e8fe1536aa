extension String {
  /// A message of the service's, which may end in a full stop or not, as one sentence with its
  /// code: `The target is gone (ResourceNotFound).`
  package func sentence(withCode code: String) -> String {
    "\(hasSuffix(".") ? String(dropLast()) : self) (\(code))."
  }
}
