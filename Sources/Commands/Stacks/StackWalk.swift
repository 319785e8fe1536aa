internal import Diagnostics
internal import Reporting
internal import Storage

/// A command about many stacks: it finds them, does something for each, and says what all come to.
///
/// What a stack says is kept and printed whole, stack by stack in the order of their folders, so that
/// the same input gives the same text however many are looked at side by side.
struct StackWalk: Sendable {
  let options: ManyStacksOptions
  let common: CommonOptions
  let choice: EnvironmentChoice
  /// How many stacks at a time.
  let width: Int
  let context: CommandContext
  /// Says what is about no single stack.
  let presenter: Presenter
  /// Where events go.
  let destination: Presenter.EventDestination
  var hasCompactWarnings = false
  var isConcise = false
  let record: RunRecord?
  /// The stacks that are left out, as seen from where the command works.
  private(set) var skipped: [String] = []

  init(
    _ options: ManyStacksOptions, _ common: CommonOptions, _ choice: EnvironmentChoice,
    width: Int?, destination: Presenter.EventDestination, record: RunRecord?,
    in context: CommandContext
  ) {
    self.options = options
    self.common = common
    self.choice = choice
    self.width = width ?? context.processorCount()
    self.context = context
    self.destination = destination
    self.record = record
    presenter = Presenter(context, common, events: destination, record: record)
  }

  /// Finds the stacks, does something for them, and tells all of it as the options of events say.
  ///
  /// - Parameter work: is not done if the stacks can't be told.
  static func through(
    _ options: ManyStacksOptions, _ common: CommonOptions, _ choice: EnvironmentChoice,
    _ events: EventOptions, width: Int?, record: RunRecord?, in context: CommandContext,
    _ work: ([StackOfWalk], StackWalk) async -> ExitStatus
  ) async -> ExitStatus {
    var findings = DiagnosticList()
    let destination = events.destination(in: context, reporting: &findings)
    var walk = StackWalk(
      options, common, choice, width: width, destination: destination, record: record, in: context)
    walk.hasCompactWarnings = events.hasCompactWarnings
    walk.isConcise = events.isConcise
    walk.presenter.begin()
    let stacks = walk.begin(reporting: &findings)
    walk.presenter.show(findings)
    guard let stacks, !findings.hasErrors else { return ExitStatus(of: findings) }
    return walk.presenter.closed(await work(stacks, walk), eventFile: events.eventFile)
  }

  private var root: String {
    "/" + RepositoryFolder.components(of: common.folder(in: context)).joined(separator: "/")
  }

  // MARK: Finding

  /// The stacks that the command is about; nil, with findings, if that can't be told.
  mutating func begin(reporting findings: inout DiagnosticList) -> [StackOfWalk]? {
    guard StackFolder.isFolder(root) else {
      findings.append(.noStack(root))
      return nil
    }
    var stacks = StackFolder.all(below: root, reporting: &findings)
    if stacks.isEmpty, !findings.hasErrors { findings.append(.noStacks(root)) }
    guard !findings.hasErrors else { return nil }
    if let revision = options.revision {
      switch ChangesInGit.since(revision, in: root, context) {
      case .failure(let reason):
        findings.append(.changesUnknown(reason, since: revision))
        return nil
      case .success(let changes):
        let inputs = StackInputs(changes, of: stacks, choice, in: context)
        let changed = stacks.filter(inputs.hasChanged)
        skipped = Set(stacks).subtracting(changed).map { $0.path(from: root) }.sorted()
        stacks = changed
        for folder in inputs.removedStacks(seenFrom: root) {
          findings.append(.stackRemoved(folder, since: revision))
        }
        if inputs.isBlind { findings.append(.variablesOutside()) }
      }
    }
    return members(stacks)
  }

  private func members(_ folders: [StackFolder]) -> [StackOfWalk] {
    let place = RepositoryFolder.path(of: root, in: context)
    func path(_ name: String) -> String {
      name == "." ? place : place.isEmpty ? name : "\(place)/\(name)"
    }
    let names = folders.map { $0.path(from: root) }
    let records = record?.begin(names.map(path), in: place, skipping: skipped.map(path))
    return folders.indices.map { index in
      StackOfWalk(
        folders[index], named: names[index], at: path(names[index]), record: records?[index],
        in: self)
    }
  }

  // MARK: Telling

  /// Says which stacks are left out.
  func tellSkipped() {
    guard let revision = options.revision, !skipped.isEmpty else { return }
    presenter.note("Skipped, since nothing of theirs changed since \(revision.visible):")
    for name in skipped { presenter.note("  " + name.visible) }
  }

  /// Prints what a stack said, below its name.
  func print(_ stack: StackOfWalk) {
    presenter.say("\n" + presenter.style.paint("Stack \(stack.name.visible)", .bold) + "\n")
    flush(stack)
  }

  private func flush(_ stack: StackOfWalk) {
    if case .file(let console) = destination {
      stack.transcript.flush(to: context, events: console)
    } else {
      stack.transcript.flush(to: context, events: nil)
    }
  }

  /// Says in a line each what became of the stacks.
  func tellResults(_ stacks: [StackOfWalk], _ results: [String]) {
    let rows =
      zip(stacks, results).map { [$0.name.visible, $1] } + skipped.map { [$0.visible, "skipped"] }
    presenter.say("\nStacks:\n" + TextTable(rows.sorted { $0[0] < $1[0] }).text(margin: "  "))
  }
}

/// One of many stacks, in a world of its own: what it says is kept.
struct StackOfWalk: Sendable {
  let folder: StackFolder
  /// Its folder as seen from where the command works.
  let name: String
  /// Its folder as seen from the repository's root, or from where the command works if there is no
  /// repository.
  let path: String
  let record: RunRecord?
  let transcript: Transcript
  let context: CommandContext
  var presenter: Presenter

  init(
    _ folder: StackFolder, named name: String, at path: String, record: RunRecord?,
    in walk: StackWalk
  ) {
    self.folder = folder
    self.name = name
    self.path = path
    self.record = record
    transcript = Transcript()
    var context = walk.context
    // What is kept is no terminal's any more, but its colours stay.
    context.output = transcript.output
    context.messages = transcript.messages
    context.screen = nil
    context.outputTerminal.isTerminal = false
    context.messageTerminal.isTerminal = false
    self.context = context
    presenter = Presenter(
      context, walk.common.asOn(walk.context), events: walk.destination.through(transcript),
      isConcise: walk.isConcise, hasCompactWarnings: walk.hasCompactWarnings, record: record)
    presenter.stack = name
  }
}

extension CommonOptions {
  /// The same options, with colour as it is on a world's streams.
  func asOn(_ context: CommandContext) -> CommonOptions {
    var options = self
    options.colour = usesColour(on: context.outputTerminal, in: context) ? .always : .never
    return options
  }
}

extension Presenter.EventDestination {
  /// The same for a stack whose events are kept for a while.
  fileprivate func through(_ transcript: Transcript) -> Presenter.EventDestination {
    switch self {
    case .none, .output: self
    case .file: .file(transcript.events)
    }
  }
}

extension Rule {
  static let stackRemoved = Rule("stack-removed")
}

extension Diagnostic {
  fileprivate static func noStacks(_ root: String) -> Diagnostic {
    Diagnostic(
      .error, .stackNotFound, "No stack here",
      detail: """
        There is no berth.yaml in \(root) or in a folder below it; hidden folders and node_modules \
        are not looked into. Begin with 'berth init', or name a folder with '--chdir'.
        """)
  }

  fileprivate static func stackRemoved(_ folder: String, since revision: String) -> Diagnostic {
    Diagnostic(
      .warning, .stackRemoved, "Stack has gone",
      detail: """
        \(folder) was a stack and has no berth.yaml any more, so nothing is planned for it: what it \
        made stays in its workspace. If it was only moved, its name tells whose the targets are. If it \
        is to go, check out a commit that still has it (\(revision), for example) and run 'berth \
        destroy' there.
        """)
  }

  fileprivate static func variablesOutside() -> Diagnostic {
    Diagnostic(
      .note, .changedSince, "Every stack counts as changed",
      detail: """
        A file of '--var-file' lies outside the repository, where Git does not see whether it \
        changed.
        """)
  }
}
