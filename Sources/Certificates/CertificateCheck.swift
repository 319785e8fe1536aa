public import Diagnostics
public import TargetModel
internal import X509

/// Reports what is wrong with a target's certificate and key.
///
/// An attachment is detached before it is attached again with another certificate. What would make
/// the second half fail is found here, before the first begins (design: detach before re-attach).
/// Secrets that were not looked up are not checked.
///
/// - Parameter now: the time, in milliseconds since 1970.
public func checkCertificate(
  of target: ComputeTarget, now: Int64, reporting findings: inout DiagnosticList
) {
  guard let fields = target.kind.certificate,
    case .secret(let chain) = target[fields.chainField], chain.isResolved,
    case .secret(let key) = target[fields.keyField], key.isResolved
  else { return }
  let pair: CertificateChain
  do {
    pair = try CertificateChain(chain: chain.reveal(), key: key.reveal())
  } catch {
    findings.append(.certificateUnreadable(target, fields, error))
    return
  }
  guard let place = pair.placeOfOwn else {
    findings.append(.certificateKeyMismatch(target, fields))
    return
  }
  if place > 0 {
    findings.append(.certificateNotFirst(target, fields))
    return
  }
  let own = pair.certificates[0]
  if let host = target[fields.hostField]?.text, !own.covers(host) {
    findings.append(.certificateHost(target, fields, host, own.hostNames))
  }
  checkValidity(of: own, target, fields, now, &findings)
}

private func checkValidity(
  of certificate: Certificate, _ target: ComputeTarget, _ fields: KindDescriptor.HeldCertificate,
  _ now: Int64, _ findings: inout DiagnosticList
) {
  let validity = certificate.validity
  let day: Int64 = 86_400_000
  let warnedDays: Int64 = 30
  if now < validity.lowerBound {
    let date = CivilDate.text(validity.lowerBound).prefix(10)
    findings.append(.certificateExpired(target, fields, "is not valid before \(date)"))
  } else if now > validity.upperBound {
    let date = CivilDate.text(validity.upperBound).prefix(10)
    findings.append(.certificateExpired(target, fields, "expired on \(date)"))
  } else if validity.upperBound - now < warnedDays * day {
    findings.append(.certificateExpiresSoon(target, fields, (validity.upperBound - now) / day))
  }
}

extension Rule {
  /// A certificate and its key can be read.
  public static let certificateUnreadable = Rule("certificate-unreadable")
  /// A certificate and its key belong together.
  public static let certificateKeyMismatch = Rule("certificate-key-mismatch")
  /// A certificate is for the host that shows it.
  public static let certificateHost = Rule("certificate-host")
  /// A certificate is valid today.
  public static let certificateExpired = Rule("certificate-expired")
  /// A certificate is valid for some weeks yet.
  public static let certificateExpiresSoon = Rule("certificate-expires-soon")
}

extension Diagnostic {
  fileprivate static func certificateUnreadable(
    _ target: ComputeTarget, _ fields: KindDescriptor.HeldCertificate,
    _ what: CertificateChain.Unreadable
  ) -> Diagnostic {
    let (path, reason): (AttributePath, String) =
      switch what {
      case .certificate:
        (fields.chainField, "has no certificate that can be read. Give the certificate as PEM text")
      case .key:
        (
          fields.keyField,
          "has no private key that can be read. Give an RSA or EC key as PEM text"
        )
      case .encryptedKey:
        (
          fields.keyField,
          "has a key with a passphrase, which the service could not use. Give the key without one"
        )
      }
    return Diagnostic(
      .error, .certificateUnreadable, "Certificate or key can't be read",
      detail: "What '\(path)' refers to \(reason).", address: target.address.description,
      at: target.location(of: path), hidesSource: true)
  }

  fileprivate static func certificateKeyMismatch(
    _ target: ComputeTarget, _ fields: KindDescriptor.HeldCertificate
  ) -> Diagnostic {
    Diagnostic(
      .error, .certificateKeyMismatch, "Key is not the certificate's",
      detail: """
        '\(fields.keyField)' is the key of another certificate than '\(fields.chainField)'. Renew \
        both together.
        """,
      address: target.address.description, at: target.location(of: fields.keyField),
      hidesSource: true)
  }

  fileprivate static func certificateNotFirst(
    _ target: ComputeTarget, _ fields: KindDescriptor.HeldCertificate
  ) -> Diagnostic {
    Diagnostic(
      .error, .certificateKeyMismatch, "Key is not the certificate's",
      detail: """
        The key belongs to a later certificate of '\(fields.chainField)'. The host's own \
        certificate comes first, and then the one that vouches for it.
        """,
      address: target.address.description, at: target.location(of: fields.chainField),
      hidesSource: true)
  }

  fileprivate static func certificateHost(
    _ target: ComputeTarget, _ fields: KindDescriptor.HeldCertificate, _ host: String,
    _ names: [String]
  ) -> Diagnostic {
    let known =
      names.isEmpty
      ? "no host at all" : names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    return Diagnostic(
      .error, .certificateHost, "Certificate is for another host",
      detail: """
        '\(fields.hostField)' is '\(host)', and the certificate is for \(known). Clients would \
        refuse it.
        """,
      address: target.address.description, at: target.location(of: fields.hostField))
  }

  fileprivate static func certificateExpired(
    _ target: ComputeTarget, _ fields: KindDescriptor.HeldCertificate, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .certificateExpired, "Certificate is not valid",
      detail: "The certificate \(what) (UTC). Renew it together with its key.",
      address: target.address.description, at: target.location(of: fields.chainField),
      hidesSource: true)
  }

  fileprivate static func certificateExpiresSoon(
    _ target: ComputeTarget, _ fields: KindDescriptor.HeldCertificate, _ days: Int64
  ) -> Diagnostic {
    let time = days == 0 ? "within a day" : days == 1 ? "in one day" : "in \(days) days"
    return Diagnostic(
      .warning, .certificateExpiresSoon, "Certificate expires soon",
      detail: "The certificate expires \(time). Renew it together with its key.",
      address: target.address.description, at: target.location(of: fields.chainField),
      hidesSource: true)
  }
}
