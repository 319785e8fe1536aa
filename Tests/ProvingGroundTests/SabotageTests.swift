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
    .secondHalfUnasked,
  ]

  @Test(arguments: quick)
  func `a planted bug is caught`(sabotage: Sabotage) {
    let caught = (1...600 as ClosedRange<UInt64>).contains { seed in
      !Proof.play(seed: seed, sabotage: sabotage).violations.isEmpty
    }
    #expect(caught, "\(sabotage.rawValue)")
  }

  @Test func `there are at least thirty`() {
    #expect(Sabotage.allCases.count >= 30)
  }
}
