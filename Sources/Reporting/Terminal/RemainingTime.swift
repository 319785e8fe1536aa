internal import ApplyJournal
internal import Planning
internal import TargetModel

/// How much longer an apply takes, as far as the steps of before tell: its longest chain of steps, or
/// all its work shared among those that run at once, whichever takes longer.
struct RemainingTime: Sendable {
  private let steps: [Step]
  private let parallelism: Int
  /// By step: its usual time, and that of the longest chain which begins with it.
  private var times: [StepID: (own: Duration, chain: Duration)] = [:]
  /// True if nobody knows how long some of the steps take.
  private var isUnknown = true

  init(_ steps: [Step], _ usual: UsualDurations, parallelism: Int) {
    self.steps = steps
    self.parallelism = max(1, parallelism)
    learn(usual)
  }

  /// Takes what became known of how long steps take.
  mutating func learn(_ usual: UsualDurations) {
    isUnknown = false
    times = [:]
    var behind: [StepID: Duration] = [:]
    // A step waits for earlier ones only.
    for step in steps.reversed() {
      guard let own = usual[step.act, step.address.kind] else {
        isUnknown = true
        return
      }
      let chain = own + (behind[step.id] ?? .zero)
      times[step.id] = (own, chain)
      for earlier in step.waitsFor { behind[earlier] = max(behind[earlier] ?? .zero, chain) }
    }
  }

  /// - Parameters:
  ///   - ended: the steps that are over.
  ///   - elapsed: of the steps that run, for how long.
  /// - Returns: nil where that can't be said.
  func estimate(ended: Set<StepID>, running elapsed: [StepID: Duration]) -> Duration? {
    guard !isUnknown else { return nil }
    var longest = Duration.zero
    var work = Duration.zero
    for step in steps where !ended.contains(step.id) {
      guard let time = times[step.id] else { continue }
      let passed = min(elapsed[step.id] ?? .zero, time.own)
      longest = max(longest, time.chain - passed)
      work += time.own - passed
    }
    return max(longest, work / parallelism)
  }
}
