public import Diagnostics
public import HTTPExchange

extension Rule {
  /// A proxy or a file of authorities that can't be used.
  public static let networkSettings = Rule("network-settings")
}

extension NetworkSettingsFailure {
  /// The failure as a finding.
  public var diagnostic: Diagnostic {
    Diagnostic(.error, .networkSettings, "Network can't be set up", detail: message)
  }
}
