/// The values of a target's fields, one slot for each field of its kind.
///
/// Slots instead of names: reading, comparing and copying ten thousand targets touches arrays
/// only. Nil is "not given", which differs from an explicit `.null`.
public struct Attributes: Hashable, Sendable {
  private var slots: [AttributeValue?]

  /// No values, for a kind with so many fields.
  public init(slotCount: Int) {
    slots = Array(repeating: nil, count: slotCount)
  }

  /// The values of all slots.
  public init(_ slots: [AttributeValue?]) { self.slots = slots }

  /// No values yet.
  public init(for kind: KindDescriptor) {
    self.init(slotCount: kind.fields.count)
  }

  /// The value in a slot.
  public subscript(slot: Int) -> AttributeValue? {
    get { slots[slot] }
    set { slots[slot] = newValue }
  }

  /// The slots.
  public var indices: Range<Int> { slots.indices }
}

extension KindDescriptor {
  /// The value at a path, or nil where it is absent or the kind has no such field.
  public func value(_ path: AttributePath, in attributes: Attributes) -> AttributeValue? {
    slot(path).flatMap { attributes[$0] }
  }
}
