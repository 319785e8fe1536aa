import ApplyJournal
import BackendInterface
import Planning
import TargetModel
import TestSupport
import Testing

@testable import Execution

/// `name-free`, as it is carried out: names that are used again.
@Suite struct NameReuseTests: MachineSuite {
  /// When a request of the run was sent.
  private func sent(_ act: Act, _ driver: inout Driver) -> Duration? {
    driver.run { $0.world.effects.contains { $0.hasPrefix(act.rawValue) } }
    return driver.world.effects.contains { $0.hasPrefix(act.rawValue) } ? driver.now : nil
  }

  @Test func `a plan that uses no name again waits for nothing`() {
    var driver = driver([pool("p"), link("a", holding: "r")], [])
    driver.run(until: { $0.world.effects.count == 2 })
    #expect(driver.now == .zero)
  }

  @Test func `a replacement waits until absence counts`() throws {
    var driver = driver([pool("p", size: "big")], [observed(pool("p"))])
    let deleted = try #require(sent(.delete, &driver))
    let created = try #require(sent(.create, &driver))
    #expect(created - deleted >= .seconds(60))
    driver.run(until: { _ in false })
    expectCalm(driver)
    #expect(driver.report.isComplete)
    #expect(driver.told.contains { $0.word == "noted" }, "somebody who watches knows why")
  }

  @Test func `a re-attachment does so too`() throws {
    var driver = driver(
      [link("a", holding: "r", tls: "two")], [observed(link("a", holding: "r"))])
    let detached = try #require(sent(.detach, &driver))
    let attached = try #require(sent(.attach, &driver))
    #expect(attached - detached >= .seconds(60))
  }

  @Test func `the times are the backend's`() throws {
    let limits = ApplyLimits(ConsistencyTimes(window: .zero, spacing: .seconds(7)))
    var driver = driver([pool("p", size: "big")], [observed(pool("p"))], limits: limits)
    _ = sent(.delete, &driver)
    driver.run(until: { $0.journal.contains(.finished(StepID(1), .done)) })
    let gone = driver.now
    let created = try #require(sent(.create, &driver))
    #expect(created - gone == .seconds(7), "two absences, so far apart")
  }

  @Test func `a name that an earlier apply freed takes two absences`() throws {
    var driver = driver([pool("p")], [], freed: ["p"])
    #expect(sent(.create, &driver) == .seconds(10))
    var other = self.driver([pool("q")], [], freed: ["p"])
    #expect(sent(.create, &other) == .zero)
  }

  @Test func `F30 what an earlier apply deleted is given its time from the beginning of this one`()
    throws
  {
    var driver = driver([pool("p")], [], freed: ["p"], deleted: ["p"])
    #expect(try #require(sent(.create, &driver)) >= .seconds(60))
    expectCalm(driver)
    var other = self.driver([pool("q")], [], freed: ["p"], deleted: ["p"])
    #expect(sent(.create, &other) == .zero)
  }

  @Test func `F30 what is still being deleted is given its time when it is gone`() throws {
    var driver = driver([pool("p")], [], freed: ["p"], deleted: ["p"])
    driver.world.put(observed(pool("p"), state: .deleting))
    driver.run(until: { $0.now >= .seconds(40) })
    driver.world.remove("p")
    let gone = driver.now
    let created = try #require(sent(.create, &driver))
    #expect(created - gone >= .seconds(60), "not from the beginning of the run")
  }

  @Test func `what comes back before the second absence is waited for`() throws {
    var driver = driver([pool("p")], [], freed: ["p"])
    driver.run(until: { $0.machine.runs[0].absences == 1 })
    driver.world.put(observed(pool("p"), state: .deleting))
    driver.run(until: { $0.told.contains { $0.word == "noted" } })
    let back = driver.now
    driver.world.remove("p")
    let created = try #require(sent(.create, &driver))
    #expect(created - back >= .seconds(10), "two absences after it")
  }

  @Test func `a name found deleting takes two absences as well`() throws {
    var driver = driver([pool("p")], [])
    driver.world.put(observed(pool("p"), state: .deleting))
    driver.run(until: { $0.told.contains { $0.word == "noted" } })
    driver.world.remove("p")
    let began = driver.now
    let created = try #require(sent(.create, &driver))
    #expect(created - began >= .seconds(10))
  }

  @Test func `a read that lags does not fail the step while the window is open`() {
    var driver = driver([pool("p", size: "big")], [observed(pool("p"))])
    _ = sent(.delete, &driver)
    driver.run(until: { $0.journal.contains(.finished(StepID(1), .done)) })
    // A replica shows what was deleted, as it was.
    driver.world.put(observed(pool("p")))
    driver.run(until: { $0.now > .seconds(45) })
    #expect(failure(driver, 1) == nil)
    driver.world.remove("p")
    driver.run(until: { _ in false })
    #expect(driver.report.isComplete)
  }

  @Test func `somebody else's target under the name is found when the window is over`() {
    var driver = driver([pool("p", size: "big")], [observed(pool("p"))])
    _ = sent(.delete, &driver)
    driver.run(until: { $0.journal.contains(.finished(StepID(1), .done)) })
    driver.world.put(observed(pool("p"), stack: "theirs"))
    driver.run(until: { _ in false })
    #expect(failure(driver, 1)?.code == "precondition-failed")
    #expect(driver.now < .seconds(5 * 60))
  }

  @Test func `what came back as it was before is a failure with a way out`() throws {
    var driver = driver([pool("p", size: "big")], [observed(pool("p"))])
    _ = sent(.create, &driver)
    var former = observed(pool("p"), state: .creating)
    former.marks = pool("p", size: "big").marks(of: "ours")
    driver.world.put(former)
    driver.run(until: { _ in false })
    let failure = try #require(self.failure(driver, 1))
    #expect(failure.code == "read-back-differs")
    #expect(
      failure.message == """
        The service took the request, but pool.p does not show it: 'size' is "small" and should \
        be "big". What was deleted under its name before \
        seems to have come back. Apply again: the next plan replaces it, and waits until the name \
        is free.
        """)
  }

  /// Law: whatever is removed and made again in whatever order, each making comes a whole window
  /// after the removal under its name.
  @Test func `no making comes too soon after the removal under its name`() {
    for seed: UInt64 in 1...60 {
      var random = SeededRandom(seed: seed)
      let count = Int.random(in: 1...5, using: &random)
      let pools = (0..<count).map { pool("p\($0)", size: "big") }
      let links = (0..<count).map { link("l\($0)", holding: "r\(($0 + 1) % count)") }
      let live =
        (0..<count).map { observed(pool("p\($0)")) }
        + (0..<count).map { observed(link("l\($0)", holding: "r\($0)", tls: "else")) }
      let plan = planning(pools + links, live).plan
      var driver = Driver(plan, pools + links, FakeWorld(live), seed: seed)
      driver.faults.lostAfter = 10
      driver.faults.illMonitor = 10
      var removedAt: [String: Duration] = [:]
      var seen = 0
      driver.run { driver in
        for effect in driver.world.effects.dropFirst(seen) {
          let words = effect.split(separator: " ").map(String.init)
          if words[0] == "delete" || words[0] == "detach" {
            removedAt[words[1]] = removedAt[words[1]] ?? driver.now
          } else if let removed = removedAt[words[1]] {
            #expect(driver.now - removed >= .seconds(60), "seed \(seed): \(effect)")
          }
        }
        seen = driver.world.effects.count
        return false
      }
      #expect(driver.violations == [], "seed \(seed)")
      #expect(driver.world.violations == [], "seed \(seed)")
    }
  }
}
