/// Which of many stacks may begin: after those it waits for, never beside another of its workspace,
/// and so many at a time.
///
/// Pure: events in, decisions out.
struct StackTurns: Sendable {
  private let waitsFor: [Set<Int>]
  private let workspaces: [String]
  private let width: Int
  private var waiting: [Int]
  private var running: Set<Int> = []
  private var succeeded: Set<Int> = []
  private var failed: Set<Int> = []

  /// - Parameters:
  ///   - workspaces: for each stack, what its lock is on.
  init(_ waitsFor: [Set<Int>], workspaces: [String], width: Int) {
    self.waitsFor = waitsFor
    self.workspaces = workspaces
    self.width = max(1, width)
    waiting = Array(waitsFor.indices)
  }

  /// The next stack to begin; nil if none may for now.
  mutating func begin() -> Int? {
    guard running.count < width else { return nil }
    let taken = Set(running.map { workspaces[$0] })
    guard
      let place = waiting.firstIndex(where: {
        waitsFor[$0].isSubset(of: succeeded) && !taken.contains(workspaces[$0])
      })
    else { return nil }
    let stack = waiting.remove(at: place)
    running.insert(stack)
    return stack
  }

  /// A stack has ended.
  mutating func end(_ stack: Int, well: Bool) {
    running.remove(stack)
    if well { succeeded.insert(stack) } else { failed.insert(stack) }
  }

  /// What did not begin: it waits for what failed, or everything was stopped.
  var left: [Int] { waiting }
}
