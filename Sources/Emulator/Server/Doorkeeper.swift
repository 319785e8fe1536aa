internal import HummingbirdCore
internal import Synchronization

/// Says whether the server takes one more connection: not too many, and none once it is about to end.
///
/// NIO traps when a listening socket is closed in the moment in which a connection is being accepted
/// (swift-nio issue 2813), so the door is shut a moment before the server ends.
struct Doorkeeper: AvailableConnectionsDelegate {
  let door: Door
  var limit: MaximumAvailableConnections

  mutating func connectionOpened() { limit.connectionOpened() }
  mutating func connectionClosed() { limit.connectionClosed() }
  func isAcceptingNewConnections() -> Bool { limit.isAcceptingNewConnections() && door.isOpen }

  /// Open until somebody shuts it.
  final class Door: Sendable {
    private let state = Mutex(true)

    var isOpen: Bool { state.withLock(\.self) }

    func shut() { state.withLock { $0 = false } }
  }
}
