internal import Diagnostics

/// The values of a target's fields, one slot for each field of its kind.
///
/// Slots instead of names: reading, comparing and copying ten thousand targets touches arrays
/// only. Nil is "not given", which differs from an explicit `.null`.
public struct Attributes: Hashable, Sendable {
  /// The slots that have a value, a bit for each: few of them do, and they are counted in one
  /// instruction.
  private var given: UInt128 = 0
  /// Their values, in the order of the slots.
  private var values: [AttributeValue] = []
  private let slotCount: Int

  /// No values, for a kind with so many fields: at most 128.
  public init(slotCount: Int) {
    precondition(slotCount <= UInt128.bitWidth, "a kind has at most \(UInt128.bitWidth) fields")
    self.slotCount = slotCount
  }

  /// No values yet.
  public init(for kind: KindDescriptor) {
    self.init(slotCount: kind.fields.count)
  }

  /// The value in a slot.
  public subscript(slot: Int) -> AttributeValue? {
    get { holds(slot) ? values[position(of: slot)] : nil }
    set {
      guard let newValue else {
        guard holds(slot) else { return }
        values.remove(at: position(of: slot))
        given &= ~(1 &<< slot)
        return
      }
      if holds(slot) {
        values[position(of: slot)] = newValue
        return
      }
      let position = position(of: slot)
      // Fields are mostly given in their order.
      if position == values.count {
        values.append(newValue)
      } else {
        values.insert(newValue, at: position)
      }
      given |= 1 &<< slot
    }
  }

  /// True if both give a slot the same value, and that is not null.
  package func agrees(with other: Attributes, in slot: Int) -> Bool {
    guard holds(slot), other.holds(slot) else { return false }
    let (place, otherPlace) = (position(of: slot), other.position(of: slot))
    return values.withUnsafeBufferPointer { values in
      other.values.withUnsafeBufferPointer { others in
        if case .null = values[place] { return false }
        return values.hasSameBytes(at: place, as: others, at: otherPlace)
          || values[place] == others[otherPlace]
      }
    }
  }

  /// Does something with each value that is given, in the order of the slots.
  package func forEachGiven(_ act: (_ slot: Int, _ value: AttributeValue) -> Void) {
    var rest = given
    for value in values {
      act(rest.trailingZeroBitCount, value)
      rest &= rest &- 1
    }
  }

  /// True if a slot has a value.
  public func holds(_ slot: Int) -> Bool {
    precondition(indices.contains(slot))
    return given & 1 &<< slot != 0
  }

  /// Where a slot's value is, or would be.
  private func position(of slot: Int) -> Int { (given & ((1 &<< slot) - 1)).nonzeroBitCount }

  /// Makes room for so many values.
  public mutating func reserveCapacity(_ count: Int) { values.reserveCapacity(count) }

  /// Gives back the room for values that are not there.
  mutating func giveRoomBack() {
    guard values.capacity > values.count + 2 else { return }
    var exact: [AttributeValue] = []
    exact.reserveCapacity(values.count)
    exact += values
    values = exact
  }

  /// The slots.
  public var indices: Range<Int> { 0..<slotCount }
}

extension UnsafeBufferPointer<AttributeValue> {
  /// True if two values are kept in the same bytes, as equal numbers and equal short texts are.
  ///
  /// Most values of most targets are compared, and to look at one as what it is counts a reference.
  fileprivate func hasSameBytes(at place: Int, as other: Self, at otherPlace: Int) -> Bool {
    guard let own = baseAddress, let others = other.baseAddress else { return false }
    let size = MemoryLayout<AttributeValue>.size
    return UnsafeRawBufferPointer(start: own + place, count: size)
      .holdsSame(as: UnsafeRawBufferPointer(start: others + otherPlace, count: size))
  }
}

extension KindDescriptor {
  /// The value at a path, or nil where it is absent or the kind has no such field.
  public func value(_ path: AttributePath, in attributes: Attributes) -> AttributeValue? {
    slot(path).flatMap { attributes[$0] }
  }
}
