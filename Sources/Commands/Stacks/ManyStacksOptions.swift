internal import ArgumentParser

/// The options of commands that can be about many stacks at once.
struct ManyStacksOptions: ParsableArguments {
  @Flag(
    name: .customLong("all"), help: "Be about every stack from the folder downward, side by side.")
  var isForAll = false

  @Option(
    name: .customLong("changed-since"),
    help: ArgumentHelp(
      "As --all, but only the stacks that changed in Git since the branch left that commit.",
      valueName: "rev"))
  var revision: String?

  /// True if the command is about many stacks.
  var isUsed: Bool { isForAll || revision != nil }

  /// Refuses options that are about one stack.
  ///
  /// - Parameter options: whether each is given, and its name.
  func check(without options: [(isGiven: Bool, name: String)]) throws {
    guard isUsed, let option = options.first(where: \.isGiven) else { return }
    throw ValidationError(
      "'\(option.name)' is about one stack and does not go with '--all'. Name the stack with "
        + "'--chdir'.")
  }
}

/// How many stacks a command looks at in one moment.
struct StackParallelism: ParsableArguments {
  @Option(
    name: .customLong("parallelism"),
    help: ArgumentHelp(
      "With --all: how many stacks at the same time; as many as the machine has processors.",
      valueName: "n"))
  var count: Int?

  func validate() throws {
    guard (1...1_000).contains(count ?? 1) else {
      throw ValidationError("'--parallelism' is a number from 1 to 1000.")
    }
  }
}
