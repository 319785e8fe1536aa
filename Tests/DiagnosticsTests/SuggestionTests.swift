import Diagnostics
import Testing

@Suite("Suggestions")
struct SuggestionTests {
  private let fields = ["max_instances", "min_instances", "size", "tier", "name"]

  @Test(arguments: [
    ("max_instance", "max_instances"), ("mxa_instances", "max_instances"), ("SIZE", "size"),
    ("siez", "size"), ("teir", "tier"), ("min_instnaces", "min_instances"),
  ])
  func `a slip finds what was meant`(typed: String, meant: String) {
    #expect(nearest(to: typed, among: fields) == meant)
  }

  @Test(arguments: ["", "zebra", "description", "sz", "instances"])
  func `what is far from everything finds nothing`(typed: String) {
    #expect(nearest(to: typed, among: fields) == nil)
  }

  @Test func `ties go to the first in order, whatever the order given`() {
    #expect(nearest(to: "cat", among: ["car", "bat"]) == "bat")
    #expect(nearest(to: "cat", among: ["bat", "car"]) == "bat")
  }

  @Test func `swapped neighbours are one mistake`() {
    #expect(nearest(to: "vmSzie", among: ["vmSize"]) == "vmSize")
  }

  @Test func `a very long word is no trouble`() {
    let long = String(repeating: "a", count: 100_000)
    #expect(nearest(to: long, among: fields) == nil)
  }
}
