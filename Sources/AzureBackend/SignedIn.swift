public import AzureSignIn
public import BackendInterface
internal import Diagnostics
internal import Synchronization
internal import TargetModel

/// The credentials of a run, as calls to the service use them.
public final class SignedIn: RequestAuthorization {
  private let credentials: Credentials
  private let latest = Mutex<AccessToken?>(nil)

  /// Signs calls with tokens of these credentials.
  public init(as credentials: Credentials) { self.credentials = credentials }

  /// A token as a header; another one where it was refused.
  public func value(
    insteadOf refused: RefusedAuthorization?
  ) async throws(BackendFailure) -> String? {
    let token: AccessToken?
    do throws(SignInFailure) {
      if let refused, let known = latest.withLock({ $0 }), known.header == refused.value {
        token = try await credentials.token(insteadOf: known, challenge: refused.challenge)
      } else {
        // Whatever was refused has been replaced already.
        token = try await credentials.token()
      }
    } catch {
      throw BackendFailure(error)
    }
    latest.withLock { $0 = token }
    return token?.header
  }
}

extension AccessToken {
  fileprivate var header: String { "Bearer \(secret.reveal())" }
}
