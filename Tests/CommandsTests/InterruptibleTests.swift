import Diagnostics
import Synchronization
import Testing

@testable import Commands

@Suite struct InterruptibleTests {
  private final class Listening: Sendable {
    let hasBegun = Mutex(false)
  }

  /// With what the process was left.
  private final class Left: Sendable {
    let statuses = Mutex<[Int32]>([])
  }

  @Test func `F25 signals are listened to before the work begins`() async {
    let listening = Listening()
    let context = CommandContext.silent(
      SignalSource {
        listening.hasBegun.withLock { $0 = true }
        return AsyncStream { _ in }
      })
    let ending = await Interruptible.run(
      context, interrupted: {}, lost: AsyncStream { $0.finish() }
    ) { _ in listening.hasBegun.withLock(\.self) }
    #expect(ending.result)
  }

  @Test func `F25 a second signal ends work at once that does not heed the first`() async {
    let relay = SignalRelay()
    let left = Left()
    let context = CommandContext.silent(relay.source) { status in
      left.statuses.withLock { $0.append(status) }
    }
    let ending = await Interruptible.beforehand(context) {
      while !relay.deliver(.interrupt) { await Task.yield() }
      _ = relay.deliver(.terminate)
      while left.statuses.withLock(\.isEmpty) { await Task.yield() }
    }
    #expect(left.statuses.withLock(\.self) == [130])
    #expect(ending.signal != nil)
  }

  @Test func `F25 a signal that came when nobody listened is heard by whoever listens next`() async
  {
    let process = SignalRelay()
    let context = CommandContext.silent(process.source)
    let heard = await Interruptible.throughout(context) { signals, first in
      while first.signal == nil {
        _ = process.deliver(.terminate)
        await Task.yield()
      }
      var inner = context
      inner.signals = signals
      return await Interruptible.beforehand(inner) {
        try? await Task.sleep(for: .seconds(600))
      }.signal
    }
    #expect(heard == .terminate)
  }

  @Test func `F25 a second signal that nobody hears ends the process at once`() async {
    let process = SignalRelay()
    let left = Left()
    let context = CommandContext.silent(process.source) { status in
      left.statuses.withLock { $0.append(status) }
    }
    await Interruptible.throughout(context) { _, _ in
      while !process.deliver(.interrupt) { await Task.yield() }
      _ = process.deliver(.interrupt)
      while left.statuses.withLock(\.isEmpty) { await Task.yield() }
    }
    #expect(left.statuses.withLock(\.self) == [130])
  }
}
