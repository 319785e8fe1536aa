package import HTTPExchange
internal import Synchronization

/// The way to the network: what was opened for a command is closed when the command is over.
package final class Network: Sendable {
  private let opened = Mutex<[NetworkSettings: NetworkTransport]>([:])
  private let substitute: (any HTTPTransport)?

  /// The real network; nothing is opened yet.
  package init() { substitute = nil }

  /// Something else in its place, for tests.
  package init(_ substitute: any HTTPTransport) { self.substitute = substitute }

  /// A transport for some settings, the same one each time.
  func transport(_ settings: NetworkSettings) throws(NetworkSettingsFailure) -> any HTTPTransport {
    if let substitute { return substitute }
    return try opened.withLock { opened throws(NetworkSettingsFailure) in
      if let transport = opened[settings] { return transport }
      let transport = try NetworkTransport(settings)
      opened[settings] = transport
      return transport
    }
  }

  /// Closes everything.
  func close() async {
    let transports = opened.withLock { opened in
      defer { opened = [:] }
      return Array(opened.values)
    }
    for transport in transports { await transport.close() }
  }
}
