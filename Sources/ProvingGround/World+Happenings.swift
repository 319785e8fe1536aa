internal import BackendInterface
internal import SimulatorBackend
internal import Synchronization
internal import TargetModel

/// What happens beside the runs, each time one of them does something.
extension World {
  /// Signals, and people in the portal.
  func interact(_ party: Party) {
    let (signal, cancel) = with { state -> (@Sendable () -> Void, @Sendable () -> Void) in
      var calls: (@Sendable () -> Void, @Sendable () -> Void) = ({}, {})
      guard let run = state.runs[party], !run.isOver else { return calls }
      if let left = run.signalIn {
        state.runs[party]?.signalIn = left == 0 ? nil : left - 1
        if left == 0 {
          state.tell(.signal, of: party)
          state.emit(.signalled(party))
          calls.0 = run.interrupt ?? run.cancel
        }
      } else if let left = run.abandonIn {
        state.runs[party]?.abandonIn = left == 0 ? nil : left - 1
        if left == 0 {
          state.tell(.abandon, of: party)
          state.emit(.abandoned(party))
          calls.1 = run.cancel
        }
      }
      return calls
    }
    signal()
    cancel()
    happen(beside: party)
  }

  /// True if the run is dead by now.
  func cut(_ party: Party, _ point: CutPoint) -> Bool {
    let cancel = with { state -> (@Sendable () -> Void)? in
      guard let run = state.runs[party], !run.isDead else { return {} }
      guard let left = run.cutsLeft, (run.cutPoint ?? point) == point else { return nil }
      state.runs[party]?.cutsLeft = left - 1
      guard left == 0 else { return nil }
      state.runs[party]?.isDead = true
      state.tally.crashes += 1
      state.tally.cuts[point.rawValue] += 1
      state.tally.note(.crash, in: point.state ?? run.moment)
      state.emit(.crashed(party))
      return run.cancel
    }
    cancel?()
    return cancel != nil
  }

  /// A person may do something.
  private func happen(beside party: Party) {
    guard state.withLock(\.hasRivals),
      let fault = draw(
        [.portalEdit, .portalRemoval, .portalAttach, .forcedUnlock], for: party)
    else { return }
    let choices = (0..<4).map { _ in stage.choose(60) }
    with { state in
      state.tell(fault, of: party)
      state.portal(fault, choices)
    }
  }
}

extension CutPoint {
  /// How far a run is there; nil where it may be polling or reading its target back.
  fileprivate var state: MachineState? {
    switch self {
    case .planning: .planning
    case .beforeIntent, .betweenDetachAndAttach: .looking
    case .intentDurable: .intending
    case .sentNoEffect, .effectNoReply, .replyNotJournaled: .submitting
    case .journaledNotVerified: nil
    }
  }
}

extension WorldState {
  /// What a person does: at once, and without asking.
  mutating func portal(_ fault: Fault, _ choices: [Int]) {
    let live = truth.computes()
    let victim = live.isEmpty ? nil : live[choices[0] % live.count]
    let time = serviceTime
    switch fault {
    case .forcedUnlock:
      let held = leases.filter { $0.value.record != nil }.keys.sorted()
      guard !held.isEmpty else { return }
      let place = held[choices[1] % held.count]
      leases[place]?.record = nil
      return emit(.unlockedByForce(place))
    case .portalRemoval:
      guard let victim else { return }
      if let resource = victim.resource { lastRemoved = (victim.name, resource.shown) }
      try? service.remove(victim.name, at: time)
      emit(.portal(key: victim.key))
    case .portalAttach:
      var name = ["zzz", "yyy", "aaa", "bbb", "ccc"][choices[1] % 5]
      var id =
        AttributeValue.text(
          "/subscriptions/s/resourceGroups/g/providers/Test.Things/things/r\(choices[2] % Scene.mostResources)"
        ).text ?? ""
      // Somebody misses what is gone and puts it back.
      if choices[3] % 2 == 1, let lastRemoved { (name, id) = lastRemoved }
      guard let kind = Self.catalog["link"],
        (try? service.attach(name, kind, id, at: time)) != nil
      else { return }
      emit(.portal(key: name.lowercased()))
    default:
      guard let victim, let path = victim.editablePath(choices[1]) else { return }
      guard (try? service.set(victim.name, [path], at: time)) != nil else { return }
      emit(.portal(key: victim.key))
    }
    tellEffects()
    remember()
  }
}

extension StoredCompute {
  /// Something that a person may change on it.
  fileprivate func editablePath(_ choice: Int) -> (path: AttributePath, value: AttributeValue)? {
    if choice % 12 == 11 { return ("tags.berth-stack", choice < 30 ? .null : "lab") }
    if choice % 12 == 10 { return ("tags.berth-protect", "true") }
    // The service takes no other change while it is at work.
    guard operation == nil else { return nil }
    switch body["properties.computeType"]?.text {
    case "Pool": return ("count", .integer(choice % 3))
    case "Link": return ("tls", choice.isMultiple(of: 2) ? "person" : .null)
    case "SharedLink": return ("namespace", choice.isMultiple(of: 2) ? "three" : "two")
    case "Box": return ("state", choice.isMultiple(of: 2) ? "Stopped" : "Running")
    case "Hub": return ("agents", .integer(1 + choice % 3))
    default: return nil
    }
  }
}
