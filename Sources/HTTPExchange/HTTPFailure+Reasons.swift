internal import AsyncHTTPClient
internal import NIOHTTP1
internal import NIOHTTPCompression
internal import NIOSSL

/// What the library says, in our words.
///
/// Its own descriptions are never shown: some of them hold values of headers.
extension HTTPFailure {
  init(_ error: any Error, at url: HTTPURL, by proxy: Proxy?, mayHaveArrived: Bool) {
    let (reason, what) = Self.reading(error, mayHaveArrived: mayHaveArrived)
    let way = proxy.map { " by the proxy \($0)" } ?? ""
    self.init(reason, mayHaveArrived: mayHaveArrived, message: "\(url.origin)\(way): \(what)")
  }

  static func unsendable(_ url: HTTPURL) -> HTTPFailure {
    HTTPFailure(
      .malformed, mayHaveArrived: false,
      message: "\(url.origin): the request can't be written as HTTP")
  }

  private static func reading(
    _ error: any Error, mayHaveArrived: Bool
  ) -> (Reason, String) {
    switch error {
    case is CancellationError: cancelled
    case let error as HTTPClientError: reading(error, mayHaveArrived: mayHaveArrived)
    case let error as NIOSSLError: reading(error, mayHaveArrived: mayHaveArrived)
    case is NIOSSLExtraError: (.untrusted, "the server's certificate is for another host")
    case is ResponseCollector.TooLarge: tooLarge
    case NIOHTTPDecompression.DecompressionError.limit: tooLarge
    case is NIOHTTPDecompression.DecompressionError,
      is NIOHTTPDecompression.ExtraDecompressionError:
      (.malformed, "the answer can't be decompressed")
    // It ended in the middle of a message.
    case HTTPParserError.invalidEOFState: cut
    case is HTTPParserError: (.malformed, "the answer is no HTTP")
    default: mayHaveArrived ? cut : (.notConnected, "no connection came to be")
    }
  }

  private static func reading(
    _ error: HTTPClientError, mayHaveArrived: Bool
  ) -> (Reason, String) {
    switch error {
    case .cancelled, .requestStreamCancelled: cancelled
    case .proxyAuthenticationRequired:
      (.notConnected, "the proxy asks for a name and a password, or refuses the given ones")
    case .invalidProxyResponse, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
      (.notConnected, "the proxy opened no way to the server")
    case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
      (.notConnected, "no connection came to be in time")
    case .alreadyShutdown: (.notConnected, "the connection to the network is closed")
    case .deadlineExceeded where !mayHaveArrived:
      (.notConnected, "no connection came to be in time")
    case .readTimeout, .writeTimeout, .deadlineExceeded:
      (.tooSlow, "the answer did not come in time")
    case .remoteConnectionClosed, .uncleanShutdown: cut
    default:
      mayHaveArrived
        ? (.malformed, "the answer is no HTTP") : (.malformed, "the request can't be written")
    }
  }

  private static func reading(_ error: NIOSSLError, mayHaveArrived: Bool) -> (Reason, String) {
    switch error {
    case .handshakeFailed(.sslError(let errors)), .handshakeFailed(.unknownError(let errors)):
      "\(errors)".contains("CERTIFICATE_VERIFY_FAILED")
        ? (
          .untrusted,
          """
          the server's certificate is not signed by an authority that this machine trusts, or is \
          not valid now
          """
        ) : (.untrusted, "no encrypted connection can be agreed on")
    case .unableToValidateCertificate, .noCertificateToValidate:
      (.untrusted, "the server's certificate can't be verified")
    default: mayHaveArrived ? cut : (.notConnected, "the encrypted connection was cut")
    }
  }

  private static let cancelled = (Reason.cancelled, "cancelled")
  private static let tooLarge = (Reason.tooLarge, "the answer is larger than allowed")
  private static let cut = (Reason.cut, "the connection ended before the answer did")
}
