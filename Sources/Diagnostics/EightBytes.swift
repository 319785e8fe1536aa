/// Eight bytes that are looked at together.
///
/// A question about them is answered by flags: the highest bit of each byte of which it is true. The
/// first flag is always right. Those behind it need not be: what one byte borrows from the next, or
/// carries into it, can set a flag there, but only a byte with a flag does so. Answers are joined by
/// `|`, and the first flag of them all is right as well.
@usableFromInline
package struct EightBytes {
  /// The bytes, the first one lowest.
  @usableFromInline let bits: UInt64

  @inlinable package init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    bits = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inlinable static func each(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// What is below a blank: control characters.
  @inlinable package var controls: UInt64 { (bits &- Self.each(0x20)) & ~bits & Self.each(0x80) }

  /// What is not ASCII.
  @inlinable package var notASCII: UInt64 { bits & Self.each(0x80) }

  /// What does not stand for itself in a string of JSON, or is not ASCII: quotes, backslashes and
  /// control characters.
  @inlinable package var notPlainInJSON: UInt64 {
    // A quote is the one printable character that is below 0x21 once its second bit is turned.
    let controlOrQuote = (bits ^ Self.each(0x02)) &- Self.each(0x21)
    let backslash = (bits ^ Self.each(UInt8(ascii: "\\"))) &- Self.each(1)
    return (controlOrQuote | backslash | bits) & Self.each(0x80)
  }

  /// What is no printable ASCII: control characters, DEL among them, and what is not ASCII.
  @inlinable package var unprintable: UInt64 {
    // A DEL is one below what is not ASCII.
    (bits | (bits &- Self.each(0x20)) | (bits &+ Self.each(1))) & Self.each(0x80)
  }

  /// The letters from A to Z.
  @inlinable package var capitals: UInt64 {
    // What is not ASCII is left out, so nothing is carried.
    let ascii = bits & ~Self.each(0x80)
    let fromA = ascii &+ Self.each(0x80 - 0x41)
    let beyondZ = ascii &+ Self.each(0x80 - 0x5B)
    return fromA & ~beyondZ & ~bits & Self.each(0x80)
  }

  /// The bytes, with small letters for capitals.
  @inlinable var inLowerCase: UInt64 { bits | capitals >> 2 }

  /// What is this byte.
  @inlinable package func equal(to byte: UInt8) -> UInt64 {
    // Zero where they are the same, and only below a zero does one less set the highest bit.
    let difference = bits ^ Self.each(byte)
    return (difference &- Self.each(1)) & ~difference & Self.each(0x80)
  }
}

extension UnsafeRawBufferPointer {
  /// Passes bytes, eight at a time, up to the first one with a flag, or to where fewer than eight are
  /// left.
  @inlinable package func passed(
    from start: Int = 0, until flags: (EightBytes) -> UInt64
  ) -> Int {
    var index = start
    while index + 8 <= count {
      let flags = flags(EightBytes(self, at: index))
      if flags != 0 { return index + flags.trailingZeroBitCount / 8 }
      index += 8
    }
    return index
  }

  /// True if a byte is among them.
  @inlinable package func holds(_ byte: UInt8) -> Bool {
    holdsAny(eight: { $0.equal(to: byte) }, byte: { $0 == byte })
  }

  /// True if a byte of some sort is among them.
  @inlinable package func holdsAny(
    eight: (EightBytes) -> UInt64, byte: (UInt8) -> Bool
  ) -> Bool {
    firstIndex(eight: eight, byte: byte) < count
  }

  /// Where the first byte of some sort is, or their end; eight are asked at once, and those at the
  /// end alone.
  @inlinable package func firstIndex(
    from start: Int = 0, eight: (EightBytes) -> UInt64, byte: (UInt8) -> Bool
  ) -> Int {
    var index = passed(from: start, until: eight)
    while index < count, !byte(self[index]) { index += 1 }
    return index
  }

  /// True if both hold the same bytes.
  @inlinable package func holdsSame(as other: UnsafeRawBufferPointer) -> Bool {
    holdsSame(as: other, byte: { $0 }, eight: { $0.bits })
  }

  /// True if both hold the same bytes, letters from A to Z in either case.
  @inlinable package func holdsSameLetters(as other: UnsafeRawBufferPointer) -> Bool {
    holdsSame(as: other, byte: { $0.inLowerCase }, eight: { $0.inLowerCase })
  }

  /// True if both hold the same, once their bytes are brought into a form: one alone, or eight.
  @inlinable func holdsSame(
    as other: UnsafeRawBufferPointer, byte: (UInt8) -> UInt8, eight: (EightBytes) -> UInt64
  ) -> Bool {
    guard count == other.count else { return false }
    guard count >= 8 else {
      for index in 0..<count where byte(self[index]) != byte(other[index]) { return false }
      return true
    }
    func areSame(at index: Int) -> Bool {
      eight(EightBytes(self, at: index)) == eight(EightBytes(other, at: index))
    }
    var index = 0
    while index + 8 < count {
      guard areSame(at: index) else { return false }
      index += 8
    }
    // The last eight, of which some may have been looked at.
    return areSame(at: count - 8)
  }
}

extension UInt8 {
  /// True for the letters from A to Z.
  @inlinable package var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }

  /// A capital from A to Z as a small letter.
  @inlinable var inLowerCase: UInt8 { isCapital ? self | 0x20 : self }

  /// False for what does not stand for itself in a string of JSON, or is not ASCII.
  @inlinable package var isPlainInJSON: Bool {
    self >= 0x20 && self < 0x80 && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
  }
}
