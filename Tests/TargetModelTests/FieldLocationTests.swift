import Diagnostics
import TargetModel
import TestSupport
import Testing

@Suite struct FieldLocationTests {
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `each place is found as it was noted, short or long, near or far`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    func number() -> Int {
      let most = [2, 255, 256, 65_535, 65_536, 1_000_000].randomElement(using: &random) ?? 2
      return Int.random(in: 0...most, using: &random)
    }
    var places: [Int: Diagnostics.SourceLocation] = [:]
    var locations = FieldLocations()
    for slot in (0..<128).shuffled(using: &random).prefix(Int.random(in: 0..<20, using: &random)) {
      let start = SourcePosition(line: 1 + number(), column: 1 + number(), offset: number())
      let end = SourcePosition(
        line: start.line + number(), column: 1 + number(), offset: start.offset + number())
      let file = ["a.yml", "b.yml"].randomElement(using: &random) ?? ""
      places[slot] = Diagnostics.SourceLocation(file: file, start: start, end: end)
      if let place = places[slot] { locations.append(place, of: slot) }
    }
    for slot in 0..<128 { #expect(locations[slot] == places[slot]) }
  }
}
