public import Diagnostics
public import TargetModel

/// One act on one target, with what it waits for.
public struct Step: Hashable, Sendable {
  /// Its name within the plan.
  public var id: StepID
  /// The target concerned.
  public var address: TargetAddress
  /// What is done.
  public var act: Act
  /// The underlying resource the act takes or gives up, if it is about one.
  public var resource: String?
  /// What it waits for and why, in the order of the steps' ids.
  public var waits: [Wait]

  /// Makes a step of its parts.
  public init(
    id: StepID, address: TargetAddress, act: Act, resource: String? = nil,
    waits: [Wait] = []
  ) {
    self.id = id
    self.address = address
    self.act = act
    self.resource = resource
    self.waits = waits
  }

  /// Makes a step that waits for others without saying why.
  public init(
    id: StepID, address: TargetAddress, act: Act, resource: String? = nil, waitsFor: [StepID]
  ) {
    self.init(
      id: id, address: address, act: act, resource: resource,
      waits: waitsFor.map { Wait(for: $0) })
  }

  /// The steps that must have succeeded first, in the order of their ids.
  public var waitsFor: [StepID] { waits.map(\.step) }
}

/// That a step waits until another one succeeded.
public struct Wait: Hashable, Sendable {
  /// The other one.
  public var step: StepID
  /// The ordering rule that asks for it; of several the one that says most.
  ///
  /// Nil where nobody says, as in the file of a plan that was saved before waits had reasons.
  public var rule: Rule?

  /// Makes a wait of its parts.
  public init(for step: StepID, because rule: Rule? = nil) {
    self.step = step
    self.rule = rule
  }
}

/// The name of a step within its plan, such as `s1`, in the order of the plan.
public struct StepID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The number in its name.
  public let number: Int

  /// Names a step.
  public init(_ number: Int) { self.number = number }

  /// Reads `s12`.
  public init?(_ text: String) {
    guard text.first == "s", let number = Int(text.dropFirst()), number > 0 else { return nil }
    self.number = number
  }

  /// The text that people read.
  public var description: String { "s\(number)" }

  /// The order in which they are listed.
  public static func < (left: StepID, right: StepID) -> Bool { left.number < right.number }
}

/// What a step does.
///
/// A re-attach is two steps, a replacement likewise.
public enum Act: String, Hashable, Sendable, CaseIterable {
  case create
  case attach
  case update
  case detach
  case delete
  case start
  case stop
  /// Changes Berth's marks on a target and nothing else.
  case mark

  /// Afterwards a target is there that was not.
  package var isMaking: Bool { self == .create || self == .attach }

  /// Afterwards a target is there no more.
  package var isRemoval: Bool { self == .detach || self == .delete }
}
