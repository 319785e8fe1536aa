internal import Synchronization

/// What one of many stacks says, kept until its turn comes: pieces of several streams in the order in
/// which they were written.
final class Transcript: Sendable {
  private enum Stream: Sendable { case output, messages, events }

  private let pieces = Mutex<[(stream: Stream, text: String)]>([])

  var output: Console { console(.output) }
  var messages: Console { console(.messages) }
  var events: Console { console(.events) }

  /// Writes everything where it belongs, and forgets it.
  ///
  /// - Parameter events: where events go, if they have a place of their own.
  func flush(to context: CommandContext, events: Console?) {
    let all = pieces.withLock { pieces in
      defer { pieces = [] }
      return pieces
    }
    for (stream, text) in all {
      switch stream {
      case .output: context.output.write(text)
      case .messages: context.messages.write(text)
      case .events: events?.write(text)
      }
    }
  }

  private func console(_ stream: Stream) -> Console {
    Console { [self] text in
      pieces.withLock { $0.append((stream, text)) }
      return nil
    }
  }
}

/// Lines of one of many stacks among those of others: each begins with the stack's name.
///
/// A line is written when it is whole, so that lines of two stacks never mix.
final class NamedLines: Sendable {
  private let name: String
  private let target: Console
  private let rest = Mutex("")

  init(_ name: String, to target: Console) {
    self.name = name
    self.target = target
  }

  var console: Console {
    Console { [self] text in
      write(text)
      return nil
    }
  }

  /// Writes what has no end of line.
  func close() {
    let last = rest.withLock { rest in
      defer { rest = "" }
      return rest
    }
    if !last.isEmpty { target.write(named(last[...])) }
  }

  private func write(_ text: String) {
    let lines = rest.withLock { rest in
      let lines = (rest + text).split(separator: "\n", omittingEmptySubsequences: false)
      rest = String(lines.last ?? "")
      return lines.dropLast()
    }
    // Empty lines part what belongs to one stack, which means nothing here.
    target.write(lines.filter { !$0.isEmpty }.map(named).joined())
  }

  private func named(_ line: Substring) -> String { "[\(name)] \(line)\n" }
}

/// Does something for each of many things, so many at a time; the results are in their order.
func sideBySide<Item: Sendable, Result: Sendable>(
  _ items: [Item], atOnce width: Int, _ body: @escaping @Sendable (Item) async -> Result
) async -> [Result] {
  await withTaskGroup(of: (Int, Result).self) { group in
    var results: [Result?] = Array(repeating: nil, count: items.count)
    var next = 0
    func start() {
      guard next < items.count else { return }
      let index = next
      next += 1
      group.addTask { (index, await body(items[index])) }
    }
    for _ in 0..<max(1, width) { start() }
    for await (index, result) in group {
      results[index] = result
      start()
    }
    return results.compactMap { $0 }
  }
}
