internal import Planning
internal import TargetModel

/// What a run is told to do, as people and pipelines tell `berth`.
enum RunCommand: Sendable {
  case apply
  /// Finish what the last run began.
  case resume
  /// Apply a plan that was saved so long before.
  case saved(Duration)
  /// Take away everything that the stack owns.
  case destroy
  /// Apply these names, and leave everything else alone.
  case only(Set<String>)
  /// Apply, and replace this target although nothing demands it.
  case replace(TargetAddress)

  /// The first is the calmest, and the most frequent.
  init(_ stage: Stage, for desired: [ComputeTarget]) {
    switch stage.choose(20) {
    case 14, 15, 16: self = .saved(.seconds(stage.choose(900)))
    case 17: self = .destroy
    case 18 where !desired.isEmpty:
      self = .only(
        Set((0...stage.choose(3)).map { _ in stage.pick(desired).address.nameKey }))
    case 19 where !desired.isEmpty: self = .replace(stage.pick(desired).address)
    default: self = .apply
    }
  }

  /// What a plan is for.
  var mode: PlanMode {
    if case .destroy = self { .destroy } else { .apply }
  }

  /// The names that are selected; nil for all.
  var names: Set<String>? {
    if case .only(let names) = self { names } else { nil }
  }

  /// A word for tables.
  var word: String {
    switch self {
    case .apply: "apply"
    case .resume: "apply --resume"
    case .saved: "apply PLAN"
    case .destroy: "destroy"
    case .only: "apply --target"
    case .replace: "apply --replace"
    }
  }
}

extension PlanningRequest {
  /// Asks for what a command is about.
  mutating func ask(_ command: RunCommand) {
    mode = command.mode
    switch command {
    case .only(let names):
      selection = .only(names.sorted().compactMap { AddressPattern("*.\($0)") })
    case .replace(let address): replacing = [address]
    case .apply, .resume, .saved, .destroy: break
    }
  }
}
