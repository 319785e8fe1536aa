import Diagnostics
import TestSupport
import Testing

/// Each question, held against a look at one byte after the other.
@Suite struct EightBytesTests {
  private static let questions:
    [(flags: @Sendable (EightBytes) -> UInt64, isMeant: @Sendable (UInt8) -> Bool)] = [
      (\.controls, { $0 < 0x20 }), (\.notASCII, { $0 >= 0x80 }),
      (\.unprintable, { !(0x20..<0x7F).contains($0) }),
      (\.notPlainInJSON, { !(0x20..<0x80).contains($0) || $0 == 0x22 || $0 == 0x5C }),
      (\.capitals, { (0x41...0x5A).contains($0) }),
      ({ $0.equal(to: 0) }, { $0 == 0 }), ({ $0.equal(to: 0x23) }, { $0 == 0x23 }),
      ({ $0.equal(to: 0xFF) }, { $0 == 0xFF }),
      ({ $0.controls | $0.equal(to: 0x3A) }, { $0 < 0x20 || $0 == 0x3A }),
    ]

  private func expectFirst(_ bytes: [UInt8], from start: Int = 0) {
    for (number, (flags, isMeant)) in Self.questions.enumerated() {
      let passed = bytes.withUnsafeBytes { $0.passed(from: start, until: flags) }
      let end = start + (bytes.count - start) / 8 * 8
      let first = bytes[start..<end].firstIndex(where: isMeant) ?? end
      #expect(passed == first, "question \(number) about \(bytes) from \(start)")
      let found = bytes.withUnsafeBytes { $0.firstIndex(from: start, eight: flags, byte: isMeant) }
      let firstOfAll = bytes[start...].firstIndex(where: isMeant) ?? bytes.count
      #expect(found == firstOfAll, "question \(number) about \(bytes) from \(start)")
    }
  }

  @Test func `each byte is found in each place`() {
    for byte in UInt8.min...UInt8.max {
      for place in 0..<24 {
        var bytes = Array(repeating: UInt8(ascii: "a"), count: 24)
        bytes[place] = byte
        expectFirst(bytes)
      }
    }
  }

  @Test func `a byte alone is asked what eight are`() {
    for byte in UInt8.min...UInt8.max {
      let eight = Array(repeating: byte, count: 8).withUnsafeBytes { EightBytes($0, at: 0) }
      #expect(byte.isPlainInJSON == (eight.notPlainInJSON == 0), "\(byte)")
      #expect(byte.isCapital == (eight.capitals != 0), "\(byte)")
    }
  }

  @Test func `bytes are the same where each of them is`() {
    for count in 0..<20 {
      let bytes = (0..<count).map { UInt8($0) }
      func isSame(_ other: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in other.withUnsafeBytes { bytes.holdsSame(as: $0) } }
      }
      #expect(isSame(bytes))
      #expect(!isSame(bytes + [0]))
      for place in bytes.indices {
        var other = bytes
        other[place] ^= 0x80
        #expect(!isSame(other), "byte \(place) of \(count)")
      }
    }
  }

  @Test func `letters are the same in either case, and nothing else is`() {
    func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
      left.withUnsafeBytes { left in right.withUnsafeBytes { left.holdsSameLetters(as: $0) } }
    }
    for left in UInt8.min...UInt8.max {
      for right in UInt8.min...UInt8.max {
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(left | 0x20)
        let isDue = left == right || (isLetter && left ^ right == 0x20)
        // Among eight, and alone.
        for place in [0, 7, 8] {
          var (first, second) = (Array("aBcDeFgHi".utf8), Array("AbCdEfGhI".utf8))
          (first[place], second[place]) = (left, right)
          #expect(isSame(first, second) == isDue, "\(left) and \(right) at \(place)")
        }
      }
    }
    #expect(!isSame([0x61], [0x61, 0x61]))
  }

  @Test func `the first of several is found, wherever one begins to look`() {
    for seed in UInt64(0)..<2_000 {
      var random = SeededRandom(seed: seed)
      let odd: [UInt8] = [
        0, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x3A, 0x5B, 0x5C, 0x5D, 0x7E, 0x7F, 0x80, 0x9F, 0xA0, 0xFF,
      ]
      let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
        Int.random(in: 0..<3, using: &random) == 0
          ? odd.randomElement(using: &random) ?? 0 : UInt8(ascii: "a")
      }
      expectFirst(bytes, from: Int.random(in: 0...bytes.count, using: &random))
    }
  }
}
