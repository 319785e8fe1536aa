/// A question to whoever sits at the terminal.
enum Question {
  /// What came of it.
  enum Answer: Sendable {
    case yes
    /// Any other answer, or none.
    case no
    /// Somebody wants to end the command instead.
    case signal(SignalSource.Signal)
  }

  /// Asks; only `yes` is one.
  static func ask(_ text: String, in context: CommandContext) async -> Answer {
    let signals = context.signals.listen()
    context.messages.write(text)
    let answer = await withTaskGroup(of: Answer?.self) { group in
      group.addTask { await context.readLine() == "yes" ? .yes : .no }
      group.addTask {
        for await signal in signals { return .signal(signal) }
        return nil
      }
      var answer: Answer?
      while answer == nil, let heard = await group.next() { answer = heard }
      group.cancelAll()
      return answer ?? .no
    }
    context.messages.writeLine()
    return answer
  }
}
