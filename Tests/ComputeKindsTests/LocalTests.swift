import ComputeKinds
import TargetModel
import Testing

@Suite struct LocalTests {
  @Test func `nothing waits for the local computer, which must be declared`() {
    let cluster = "name: cpu\ntype: amlcompute\nberth: {depends_on: [Local.LOCAL]}\n"
    let alone = bound(cluster).targets
    #expect(alone.map(\.settings.dependsOn.count) == [1])
    let together = bound(cluster + "---\nname: local\ntype: local\n")
    #expect(together.findings == [])
    #expect(together.targets.map(\.settings.dependsOn) == [[]])
  }
}
