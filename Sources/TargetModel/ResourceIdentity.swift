/// The underlying resource that an attachment holds, in the form in which holders compare.
///
/// One resource is never held by two targets of a workspace at the same time: a second attachment
/// breaks the first (domain.md R10). `share` is the exception: `kubernetes` attachments of one
/// cluster live side by side when their namespaces differ (api.md 5.4).
public struct ResourceIdentity: Hashable, Sendable, CustomStringConvertible {
  /// The canonical id of an Azure resource, or `host:` and a host name in lower case.
  public let key: String
  /// What sets holders of one resource apart, or nil for a kind that needs the whole of it.
  public let share: String?
  /// The resource as people wrote it.
  public let shown: String

  /// An Azure resource.
  public init(_ id: ARMResourceID, share: String? = nil) {
    self.key = id.canonical
    self.share = share
    self.shown = id.text
  }

  /// A machine reached by its address.
  ///
  /// Host names compare as hosts: without regard to case or to a full stop at the end.
  public init(host: String) {
    // By scalars: a letter of some scripts makes one character with the full stop behind it.
    var lowercased = host.lowercased().unicodeScalars
    if lowercased.last == "." { lowercased.removeLast() }
    self.key = "host:" + String(lowercased)
    self.share = nil
    self.shown = host
  }

  /// An identity as it was stored.
  package init(key: String, share: String?, shown: String) {
    self.key = key
    self.share = share
    self.shown = shown
  }

  /// True if the two can't be attached at the same time.
  public func clashes(with other: ResourceIdentity) -> Bool {
    guard key == other.key else { return false }
    guard let share, let otherShare = other.share else { return true }
    return share == otherShare
  }

  /// The text that people read.
  public var description: String { shown }

  /// True if the two mean the same.
  public static func == (left: ResourceIdentity, right: ResourceIdentity) -> Bool {
    left.key == right.key && left.share == right.share
  }

  /// Feeds what makes two values equal.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(key)
    hasher.combine(share)
  }
}
