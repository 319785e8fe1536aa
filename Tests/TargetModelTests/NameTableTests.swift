import TargetModel
import TestSupport
import Testing

@Suite struct NameTableTests {
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `names are found where they stand first`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    func name() -> String {
      let count = Int.random(in: 0..<4, using: &random)
      return String((0..<count).map { _ in "abé".randomElement(using: &random) ?? "a" })
    }
    let names = (0..<Int.random(in: 0..<60, using: &random)).map { _ in name() }
    let table = NameTable(names)
    for _ in 0..<200 {
      let name = name()
      #expect(table[name] == names.firstIndex(of: name), "'\(name)'")
      let found = Array(name.utf8).withUnsafeBufferPointer { table[$0] }
      #expect(found == names.firstIndex(of: name), "'\(name)' by its bytes")
    }
  }
}
