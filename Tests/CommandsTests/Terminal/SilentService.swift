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
