internal import BackendInterface

/// Decides what goes wrong with each request.
///
/// The same requests meet the same faults: chance is drawn from the seed, the rule and how often
/// this operation on this compute was asked for, whatever other clients do meanwhile.
struct FaultSchedule {
  private let plan: FaultPlan
  /// How many requests each rule has matched.
  private var matches: [Int]
  private var asked: [String: Int] = [:]
  private static let mostNames = 50_000

  init(_ plan: FaultPlan) {
    self.plan = plan
    matches = Array(repeating: 0, count: plan.rules.count)
  }

  /// Everything that goes wrong with one request.
  struct Decision {
    var answer: FaultAnswer?
    var connection: ConnectionFault?
    var operation: OperationFault?
    var stale: Int?
    var delay: Int64 = 0
  }

  /// How many writes stale reads may have to look behind.
  var writesRemembered: Int {
    plan.rules.reduce(0) { most, rule in
      if case .stale(let writes) = rule.effect { max(most, writes) } else { most }
    }
  }

  mutating func decide(
    _ operation: EmulatedOperation, name: String?, workspace: String?
  ) -> Decision {
    var decision = Decision()
    guard !plan.rules.isEmpty else { return decision }
    let key = "\(operation.rawValue) \(workspace ?? "")/\(name ?? "")".lowercased()
    if asked.count >= Self.mostNames, asked[key] == nil { asked.removeAll() }
    let count = asked[key, default: 0] + 1
    asked[key] = count
    for (index, rule) in plan.rules.enumerated()
    where rule.concerns(operation, name: name, workspace: workspace) {
      matches[index] += 1
      guard rule.occurrence.includes(matches[index]),
        rule.chance.map({ draw(index, key, count) < $0 }) ?? true
      else { continue }
      decision.add(rule.effect)
    }
    return decision
  }

  /// A number from 0 to 1.
  private func draw(_ rule: Int, _ key: String, _ count: Int) -> Double {
    var hash = plan.seed ^ 0xCBF2_9CE4_8422_2325
    for byte in "\(rule) \(key) \(count)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    var random = SplitMix(state: hash)
    return random.fraction()
  }
}

extension FaultSchedule.Decision {
  /// The first rule of each sort counts.
  fileprivate mutating func add(_ effect: FaultRule.Effect) {
    switch effect {
    case .answer(let answer): if self.answer == nil, connection == nil { self.answer = answer }
    case .connection(let fault): if answer == nil, connection == nil { connection = fault }
    case .operation(let fault): if operation == nil { operation = fault }
    case .stale(let writes): if stale == nil { stale = writes }
    case .delay(let milliseconds): delay = max(delay, milliseconds)
    }
  }
}

extension FaultRule {
  fileprivate func concerns(
    _ operation: EmulatedOperation, name: String?, workspace: String?
  ) -> Bool {
    guard operations.contains(operation) else { return false }
    if let pattern = self.name, name.map(pattern.matches) != true { return false }
    if let pattern = self.workspace, workspace.map(pattern.matches) != true { return false }
    return true
  }
}

extension SplitMix {
  /// A number from 0 to 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}
