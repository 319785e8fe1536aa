/// Facts that several kinds share, as their pages tell them.
enum KindFact {
  /// Uniqueness within a region (domain.md R76).
  static let nameInRegion = """
    Its name is unique among all compute of the Azure region, not only in the workspace. Only the \
    service can tell whether a name is free.
    """

  /// Limits of a subscription (domain.md R13) and of a region (R30).
  static let quota = """
    Sizes differ by region, and cores count against the subscription's quota there; more are given \
    on request. The service tells when it makes machines that one or the other is lacking.
    """

  /// What a machine does with its identities (domain.md R29).
  static let defaultIdentity = """
    The system-assigned identity, or the first of the user-assigned ones, is the default: it mounts \
    storage, pulls images and opens data stores. Which is first is the service's affair; the order in \
    a document says nothing. Code uses any of them by its client id, and finds that of the default in \
    the variable `DEFAULT_IDENTITY_CLIENT_ID`.
    """

  /// What is a preview (domain.md R12).
  static func preview(_ what: String) -> String {
    "\(what) in preview: without a service agreement, and not for production."
  }
}
