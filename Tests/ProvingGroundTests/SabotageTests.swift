import Foundation
import ProvingGround
import Testing

/// Is the checker alive? Planted bugs are caught.
///
/// `docs/proof.md` tells how many worlds each takes; here are those that a few worlds show.
@Suite struct SabotageTests {
  private static let quick: [Sabotage] = [
    .nameFreeDropped, .attachOnceSilent, .foreignOwnerSilent, .protectedSilent, .losesDataSilent,
    .foreignMarkIgnored, .otherStackIgnored, .idsComparedAsText, .noReread, .noHolderCheck,
    .detachTrusted, .repeatedWithoutRead, .sentTwice, .detachByDelete, .deleteByDetach,
    .marksForgotten, .nameReusedAtOnce, .intentAfterEffect, .syncSkipped, .recordForgotten,
    .retryAfterIgnored, .leaseUnchecked, .heartbeatStops, .tokenRepeated, .takenAtOnce, .leaseKept,
    .secondHalfUnasked, .nothingReadBack, .destroyApplies, .selectionIgnored, .signalForgotten,
    .planHeldStale,
  ]

  @Test(arguments: quick)
  func `a planted bug is caught`(sabotage: Sabotage) {
    let caught = (1...600 as ClosedRange<UInt64>).contains { seed in
      !Proof.play(seed: seed, sabotage: sabotage).violations.isEmpty
    }
    #expect(caught, "\(sabotage.rawValue)")
  }

  @Test func `there are at least thirty, and the page tells how each is caught`() throws {
    #expect(Sabotage.allCases.count >= 30)
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/proof.md"), encoding: .utf8)
    let table = try #require(page.components(separatedBy: "| planted bug |").dropFirst().first)
    let rows = table.split(separator: "\n").compactMap { line -> String? in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      return cells.count == 4 && Int(cells[1]) != nil ? cells[0] : nil
    }
    #expect(Set(rows) == Set(Sabotage.allCases.map(\.rawValue)))
    #expect(rows.count == Sabotage.allCases.count)
  }
}
