import Diagnostics
import Reporting
import TargetModel
import TestSupport
import Testing

/// The targets of a workspace as `berth list` shows them.
struct TargetListTests {
  private let list = TargetList(
    Snapshot(
      workspace: testWorkspace,
      targets: [
        observed("pool", "gpu"),
        observed(
          "link", "k8s", ["resource_id": .resource("aks")], marks: OwnershipMarks(stack: "dev")),
        observed("box", "b", marks: OwnershipMarks(), state: .failed, power: .stopped),
        observed("Kusto", "k", marks: OwnershipMarks(), state: .unknown("Moving")),
      ]), stack: testStack)

  @Test func `a table`() {
    #expect(
      list.text() == """
        ADDRESS   STATE            OWNER       RESOURCE
        Kusto.k   Moving           -           -
        box.b     Failed, stopped  -           -
        link.k8s  Succeeded        dev         /subscriptions/s/resourceGroups/g/providers/Test.Things/things/aks
        pool.gpu  Succeeded        this stack  -

        """)
  }

  @Test func `on a narrow terminal a resource loses its beginning`() {
    let text = list.text(style: TerminalStyle(isTerminal: true, width: 70))
    #expect(
      text.contains("\nlink.k8s  Succeeded        dev         ...iders/Test.Things/things/aks\n"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 70 })
  }

  @Test func `the heading is bold where colours are shown`() {
    let text = list.text(style: TerminalStyle(usesColour: true))
    #expect(text.hasPrefix("\u{1B}[1mADDRESS "))
    #expect(text.replacing(/\u{1B}\[[0-9]+m/, with: "") == list.text())
  }

  @Test func `an empty workspace`() {
    let empty = TargetList(Snapshot(workspace: testWorkspace, targets: []), stack: testStack)
    #expect(empty.text() == "The workspace has no targets.\n")
    #expect(
      empty.json == """
        {
          "format_version": "1.0",
          "targets": []
        }

        """)
  }

  @Test func `the same as JSON`() {
    let list = TargetList(
      Snapshot(
        workspace: testWorkspace,
        targets: [observed("link", "k8s", ["resource_id": .resource("aks")])]), stack: testStack)
    #expect(
      list.json == """
        {
          "format_version": "1.0",
          "targets": [
            {
              "address": "link.k8s",
              "attached": true,
              "errors": [],
              "kind": "link",
              "known_kind": true,
              "name": "k8s",
              "owned": true,
              "owner": "prod",
              "power": null,
              "resource_id": "/subscriptions/s/resourceGroups/g/providers/Test.Things/things/aks",
              "state": "Succeeded"
            }
          ]
        }

        """)
  }

  @Test func `T31 texts of strangers stay in their cell`() {
    let evil = "x\n::error::\u{1B}[2J"
    let list = TargetList(
      Snapshot(
        workspace: testWorkspace,
        targets: [
          observed("::error::", evil, marks: OwnershipMarks(stack: evil), state: .unknown(evil))
        ]), stack: testStack)
    let text = list.text()
    #expect(text.split(separator: "\n").count == 2)
    #expect(!text.contains("\u{1B}"))
    #expect(text.split(separator: "\n").last?.hasPrefix("::") == false)
    #expect((try? AttributeValue(json: list.json)) != nil)
  }
}
