/// A program with everything that it is told; complete, so that nothing is passed on by accident.
package struct ProgramRun: Sendable {
  package var program: ProgramPath
  /// What follows its name.
  ///
  /// Never a secret: every user of the machine sees arguments.
  package var arguments: [String]
  /// All variables that it gets.
  package var environment: [String: String]
  /// Where it runs.
  package var folder: String
  /// The most bytes that it may print, on either stream.
  package var limit = 256 << 10
  /// How long it may take.
  package var timeLimit = Duration.seconds(30)

  package init(
    _ program: ProgramPath, _ arguments: [String], environment: [String: String], in folder: String
  ) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
  }
}

/// How a program ended, and what it printed.
package struct ProgramResult: Hashable, Sendable {
  /// How it ended.
  package enum Ending: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
  }

  package var ending: Ending
  /// What it printed on its standard output.
  package var output: [UInt8]
  /// What it printed on its standard error.
  package var complaint: [UInt8]

  package init(_ ending: Ending, output: [UInt8] = [], complaint: [UInt8] = []) {
    self.ending = ending
    self.output = output
    self.complaint = complaint
  }
}

/// Why there is no result.
package enum ProgramFault: Error, Hashable, Sendable {
  /// It can't be started.
  case notStarted
  /// It was ended because its time was over.
  case tooSlow
  /// It was ended because it printed more than its limit.
  case tooLong
  /// It was ended because nobody waits for it any more.
  case cancelled
}

/// What runs programs.
package protocol ProgramRunner: Sendable {
  /// Runs a program without a shell and with nothing to read, and waits for its end.
  func run(_ run: ProgramRun) async throws(ProgramFault) -> ProgramResult
}
