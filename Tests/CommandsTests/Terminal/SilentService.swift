import Foundation

/// A service whose calls are accepted by the system and answered by nobody.
final class SilentService {
  private let socket: ListeningSocket
  private var guest: Int32?

  /// - Parameter isFull: true if not even connections are made, as behind a wall that swallows them.
  init(isFull: Bool = false) throws {
    socket = try ListeningSocket(backlog: isFull ? 0 : 64)
    if isFull { guest = ListeningSocket.connection(to: socket.port) }
  }

  deinit { if let guest { close(guest) } }

  /// Waits until somebody calls: until a call has come, or until somebody tries to connect.
  func waitForCall() {
    let end = ContinuousClock.now + .seconds(60)
    while !isCalled, ContinuousClock.now < end { usleep(5_000) }
  }

  private var isCalled: Bool {
    guard guest != nil else {
      var waiting = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
      return poll(&waiting, 1, 0) > 0
    }
    // Only the system knows who knocks at a full house: the other end's port, and "SYN sent".
    guard let table = try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8) else {
      usleep(500_000)
      return true
    }
    let port = String(socket.port, radix: 16, uppercase: true)
    return table.contains(":" + String(repeating: "0", count: 4 - port.count) + port + " 02 ")
  }

  /// Writes into a stack's `berth.yaml` that its workspace is here.
  func serve(_ folder: TemporaryFolder) throws { try folder.useService(at: socket.url) }
}

extension TemporaryFolder {
  /// Writes into the stack's `berth.yaml` that its workspace is at a service.
  func useService(at url: String) throws {
    let lines = try read("berth.yaml").split(separator: "\n").map {
      $0.hasPrefix("backend:")
        ? "backend: {type: azure, endpoint: \"\(url)\", auth: {type: none}}" : String($0)
    }
    try write(lines.joined(separator: "\n") + "\n", to: "berth.yaml")
  }
}
