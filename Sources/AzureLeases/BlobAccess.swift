public import AzureSignIn
public import TargetModel

/// What lets Berth at a storage account.
public enum BlobAccess: Sendable {
  /// A shared access signature, as the portal gives it: `sv=...&sig=...`, perhaps with a question
  /// mark before it.
  case signature(SecretText)
  /// Whoever signed in, who needs a role for the data of blobs.
  case signedIn(Credentials)

  /// Whom tokens for blobs are for, in every cloud.
  public static let audience = "https://storage.azure.com"

  /// True for a text that can be a shared access signature: what follows the question mark of a
  /// URL, with a signature in it.
  ///
  /// Any other secret would do no good in a URL, and should not get into one.
  public static func isSignature(_ secret: SecretText) -> Bool {
    secret.signatureQuery.wholeMatch(
      of:
        /([a-z]{2,8}=[A-Za-z0-9%+\/:._~,-]*=*&)*sig=[A-Za-z0-9%+\/._~-]+=*(&[a-z]{2,8}=[A-Za-z0-9%+\/:._~,-]*)*/
    ) != nil
  }
}

extension SecretText {
  /// A shared access signature as it stands in a query.
  var signatureQuery: String {
    let text = reveal()
    return text.hasPrefix("?") ? String(text.dropFirst()) : text
  }
}
