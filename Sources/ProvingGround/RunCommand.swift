internal import Planning
internal import TargetModel

/// What a run is told to do, as people and pipelines tell `berth`.
struct RunCommand: Sendable {
  /// What it is about.
  enum Order: Sendable {
    case apply
    /// Finish what the last run began.
    case resume
    /// Take away everything that the stack owns.
    case destroy
    /// Apply these names, and leave everything else alone.
    case only(Set<String>)
    /// Apply, and replace this target although nothing demands it.
    case replace(TargetAddress)
  }

  var order = Order.apply
  /// How long before the plan was made and saved; nil for one that is made now.
  var age: Duration?

  static let apply = RunCommand()
  static let resume = RunCommand(order: .resume)

  init(order: Order = .apply) { self.order = order }

  /// Most apply; fewer do something else, with a plan that is made now or before.
  init(_ stage: Stage, for desired: [ComputeTarget]) {
    switch stage.choose(20) {
    case 15, 16: order = .destroy
    case 17...18 where !desired.isEmpty:
      order = .only(Set((0...stage.choose(3)).map { _ in stage.pick(desired).address.nameKey }))
    case 19 where !desired.isEmpty: order = .replace(stage.pick(desired).address)
    default: break
    }
    if stage.chance(180) { age = .seconds(stage.choose(900)) }
  }

  /// What a plan is for.
  var mode: PlanMode {
    if case .destroy = order { .destroy } else { .apply }
  }

  /// The names that are selected; nil for all.
  var names: Set<String>? {
    if case .only(let names) = order { names } else { nil }
  }

  /// A word for tables.
  var word: String {
    let word =
      switch order {
      case .apply: "apply"
      case .resume: "apply --resume"
      case .destroy: "destroy"
      case .only: "apply --target"
      case .replace: "apply --replace"
      }
    return age == nil ? word : word + ", saved"
  }
}

extension PlanningRequest {
  /// Asks for what a command is about.
  mutating func ask(_ command: RunCommand) {
    mode = command.mode
    switch command.order {
    case .only(let names):
      selection = .only(names.sorted().compactMap { AddressPattern("*.\($0)") })
    case .replace(let address): replacing = [address]
    case .apply, .resume, .destroy: break
    }
  }
}
