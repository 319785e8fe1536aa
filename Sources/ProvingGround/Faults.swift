/// What may go wrong in a world (reliability.md section 4).
package enum Fault: Int, Sendable, CaseIterable {
  /// The service asks everybody to wait (F3).
  case throttled
  /// A call fails before it does anything: 503, a reset, no connection (F4, F5).
  case serverError
  /// A write takes effect and its answer is lost (F5).
  case lostReply
  /// A write's answer is lost, and it takes effect minutes later (F6).
  case late
  /// A proxy sends a write twice (F6).
  case doubled
  /// A write is refused, or would be: policy, quota (F7).
  case refused
  /// Something else is being done to the target (F8).
  case conflict
  /// The operation takes up to five minutes.
  case slow
  /// The operation goes on beyond every deadline (F10).
  case stuck
  /// The operation fails (F12).
  case failedOperation
  /// The operation's monitor does not answer or talks nonsense (F11).
  case illMonitor
  /// The monitor tells of success before the end (F11).
  case earlySuccess
  /// The monitor tells of a failure although the target is fine (F11).
  case falseFailure
  /// What comes back for a question is no answer (F4).
  case unreadable
  /// The service says that the workspace is not there (F9).
  case workspaceGone
  /// The list lags behind by up to two minutes (F13).
  case staleList
  /// A read or a write takes its time on the way.
  case latency
  /// The disk refuses a journal's record (F23).
  case diskError
  /// The process is killed (F1).
  case crash
  /// The last line of a journal is torn at a crash (F2).
  case tornTail
  /// A first signal (F25).
  case signal
  /// A second signal: the run ends at once (F26).
  case abandon
  /// A person edits a target in the portal (F14, F15).
  case portalEdit
  /// A person removes a target in the portal.
  case portalRemoval
  /// A person attaches a resource in the portal, held or not (F18).
  case portalAttach
  /// Another stack applies in the same workspace (F18).
  case otherStack
  /// A second runner of the stack (F16).
  case secondRunner
  /// A run stands still, for up to ten leases (F17).
  case pause
  /// The lease store is out of reach for up to two and a half minutes (F19).
  case leaseStoreAway
  /// A change to a lease takes effect and its answer is lost (F19).
  case leaseAnswerLost
  /// The lease store takes its time (F19).
  case leaseLatency
  /// A person ends the lease of a living run.
  case forcedUnlock
  /// A run's clock goes up to a tenth too fast or too slow (F20).
  case clockRate
  /// The stack's journals are gone: another machine runs the next apply (F2).
  case journalLost
  /// A drift job beside an apply (F32).
  case driftJob
  /// A run's token lived for some minutes, and for some more it gets no other (F21).
  case tokenOver
  /// With the process the machine goes: what was not brought to the disk is lost (F2).
  case powerLost

  /// How often, in thousandths of the occasions; at least as often as reliability.md section 5 wants.
  var rates: ClosedRange<Int> {
    switch self {
    case .throttled: 1...400
    case .serverError, .illMonitor, .earlySuccess, .failedOperation: 1...200
    case .lostReply, .refused, .conflict, .falseFailure: 1...150
    case .late, .doubled, .slow, .unreadable: 1...100
    case .stuck: 1...50
    case .staleList: 1...500
    case .latency: 1...300
    case .diskError, .workspaceGone: 1...30
    case .tornTail: 800...1000
    // These come once in a run, wherever that may be.
    case .crash: 800...800
    case .signal, .abandon: 500...500
    // A step makes a dozen calls, and at each of them somebody may do something.
    case .portalEdit: 1...100
    case .portalRemoval, .portalAttach: 1...60
    case .otherStack, .secondRunner, .clockRate, .driftJob: 1...600
    case .pause: 1...500
    case .leaseStoreAway: 1...60
    case .leaseAnswerLost, .leaseLatency: 1...150
    case .forcedUnlock: 1...10
    case .journalLost: 1...400
    case .tokenOver, .powerLost: 1...500
    }
  }
}

/// How far a run is with what a call is about.
package enum MachineState: Int, Sendable, CaseIterable {
  /// The workspace is read for a plan, or to prove that nothing is left.
  case planning
  /// A step's target is read right before the write.
  case looking
  /// The intent is on its way to the disk.
  case intending
  /// The request is on its way.
  case submitting
  /// The operation runs.
  case polling
  /// The target is read back.
  case verifying
}

/// Where a run was cut short by a crash (reliability.md section 4).
package enum CutPoint: Int, Sendable, CaseIterable {
  case beforeIntent
  case intentDurable
  case sentNoEffect
  case effectNoReply
  case replyNotJournaled
  case journaledNotVerified
  case betweenDetachAndAttach
  case planning
}

/// Which faults a world has, and how often.
struct FaultDraw: Sendable {
  private var rates: [Int]

  static let none = FaultDraw(rates: Array(repeating: 0, count: Fault.allCases.count))

  subscript(_ fault: Fault) -> Int {
    get { rates[fault.rawValue] }
    set { rates[fault.rawValue] = newValue }
  }

  /// First which kinds there are, each in one world of two, then how often.
  static func drawn(from stage: Stage) -> FaultDraw {
    var draw = none
    // Some worlds are calm: what fails there fails by itself.
    guard !stage.chance(100) else { return draw }
    for fault in Fault.allCases {
      draw[fault] = stage.decide {
        let rates = fault.rates
        return stage.chance(500) ? rates.lowerBound + stage.choose(rates.count) : 0
      }
    }
    return draw
  }

  /// One of several faults that may come on an occasion, or nil.
  func draw(_ faults: [Fault], from stage: Stage) -> Fault? {
    let total = faults.reduce(0) { $0 + self[$1] }
    guard total > 0 else { return nil }
    var number = stage.choose(max(1000, total)) - (max(1000, total) - total)
    guard number >= 0 else { return nil }
    for fault in faults {
      number -= self[fault]
      if number < 0 { return fault }
    }
    return nil
  }
}
