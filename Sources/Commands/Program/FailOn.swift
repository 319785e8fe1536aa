internal import ArgumentParser
internal import Diagnostics
internal import Planning

/// Something that a pipeline does not want to find in a plan.
enum FailOnClass: String, ExpressibleByArgument, CaseIterable {
  case create, attach, update, detach, replace, delete, drift

  /// The classes that a plan has.
  static func present(in plan: Plan) -> Set<FailOnClass> {
    var found = Set(plan.changes.flatMap { classes(of: $0.action) })
    if !plan.drift.isEmpty { found.insert(.drift) }
    return found
  }

  private static func classes(of action: Action) -> [FailOnClass] {
    switch action {
    case .create: [.create]
    case .attach: [.attach]
    case .update, .adopt, .forget, .start, .stop: [.update]
    // A re-attachment detaches; a policy that forbids detaching must catch it.
    case .detachThenAttach: [.detach, .attach]
    case .deleteThenCreate: [.replace, .delete, .create]
    case .detachThenCreate: [.replace, .detach, .create]
    case .deleteThenAttach: [.replace, .delete, .attach]
    case .detach: [.detach]
    case .delete: [.delete]
    }
  }
}

/// The option `--fail-on`.
struct FailOnOptions: ParsableArguments {
  @Option(
    name: .customLong("fail-on"),
    help: ArgumentHelp(
      "Exit with 3 if the plan has one of: create, attach, update, detach, replace, delete, drift.",
      valueName: "class,..."), transform: FailOnOptions.parse)
  var classes: Set<FailOnClass> = []

  private static func parse(_ text: String) throws -> Set<FailOnClass> {
    Set(
      try text.split(separator: ",").map { word in
        guard let known = FailOnClass(rawValue: String(word)) else {
          let suggestion = nearest(to: String(word), among: FailOnClass.allCases.map(\.rawValue))
          throw ValidationError(
            "'\(word)' is nothing that --fail-on knows."
              + (suggestion.map { " Did you mean \"\($0)\"?" } ?? ""))
        }
        return known
      })
  }
}

extension Rule {
  static let failOn = Rule("fail-on")
}

extension Diagnostic {
  static func failOn(_ classes: Set<FailOnClass>) -> Diagnostic {
    let words = classes.map(\.rawValue).sorted().joined(separator: ", ")
    return Diagnostic(
      .error, .failOn, "Plan has what it must not have",
      detail: "The plan has: \(words). '--fail-on' refuses that. Look at the plan above.",
      findingClass: .refusal)
  }
}
