import Planning
import TargetModel
import Testing

struct AddressPatternTests {
  private func matches(_ pattern: String, _ address: String) throws -> Bool {
    try #require(AddressPattern(pattern)).matches(try #require(TargetAddress(address)))
  }

  @Test(arguments: [
    ("amlcompute.gpu", "amlcompute.gpu"), ("AMLCompute.GPU", "amlcompute.gpu"),
    ("amlcompute.*", "amlcompute.gpu"), ("*.gpu", "amlcompute.gpu"), ("*.gpu-*", "aks.gpu-a100"),
    ("**", "aks.x"), ("aks**", "aks.x"), ("**x", "aks.x"), ("*.*", "aks.x"), ("a*s.*x*", "aks.x"),
    ("amlcompute.gpu*", "amlcompute.gpu"), ("***", "aks.x"),
  ])
  func `these match`(pattern: String, address: String) throws {
    #expect(try matches(pattern, address))
  }

  @Test(arguments: [
    ("amlcompute.gpu", "amlcompute.gpu-2"), ("*", "aks.x"), ("aks*", "aks.x"), ("*x", "aks.x"),
    ("amlcompute.", "amlcompute.gpu"), ("*.a*b", "aks.ba"), ("gpu", "amlcompute.gpu"),
  ])
  func `these do not`(pattern: String, address: String) throws {
    #expect(try !matches(pattern, address))
  }

  @Test func `nothing, and what is longer than any address, is no pattern`() {
    #expect(AddressPattern("") == nil)
    #expect(AddressPattern(".") == nil)
    #expect(AddressPattern(String(repeating: "a", count: 513)) == nil)
  }

  @Test func `a pattern of many stars is no work`() throws {
    let pattern = String(repeating: "*a", count: 250)
    #expect(try !matches(pattern, "aks." + String(repeating: "a", count: 200) + "b"))
  }
}
