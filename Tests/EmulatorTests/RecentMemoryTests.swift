import TestSupport
import Testing

@testable import Emulator

struct RecentMemoryTests {
  @Test func `what came first is forgotten first, and nothing else`() {
    var memory = RecentMemory<Int>(count: 3, size: 100)
    for number in 1...3 { memory.keep(number, of: 10, as: "\(number)") }
    // One that comes again is the last.
    memory.keep(10, of: 10, as: "1")
    memory.keep(4, of: 10, as: "4")
    #expect(memory["2"] == nil)
    #expect([memory["1"], memory["3"], memory["4"]] == [10, 3, 4])
    memory.keep(5, of: 85, as: "5")
    #expect([memory["1"], memory["3"], memory["4"], memory["5"]] == [nil, nil, 4, 5])
    memory.keep(6, of: 101, as: "6")
    #expect(memory["6"] == nil && memory["5"] == 5, "what never fits drives nothing out")
    memory.forget("5")
    #expect(memory["5"] == nil)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `it agrees with a list that is searched`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var memory = RecentMemory<Int>(count: 20, size: 200)
    var plain: [(key: String, value: Int, size: Int)] = []
    for value in 0..<2_000 {
      let key = "\(Int.random(in: 0..<40, using: &random))"
      plain.removeAll { $0.key == key }
      if Int.random(in: 0..<4, using: &random) == 0 {
        memory.forget(key)
      } else {
        let size = Int.random(in: 0..<30, using: &random)
        memory.keep(value, of: size, as: key)
        plain.append((key, value, size))
        while plain.count > 20 || plain.reduce(0, { $0 + $1.size }) > 200 { plain.removeFirst() }
      }
      for number in 0..<40 {
        #expect(memory["\(number)"] == plain.first { $0.key == "\(number)" }?.value)
      }
    }
  }
}
