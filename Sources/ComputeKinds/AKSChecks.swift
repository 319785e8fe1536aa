package import Diagnostics
internal import TargetModel

/// Checks of an inference cluster.
///
/// Whatever would make an attach fail is found here, before the detach that comes first.
extension CrossFieldCheck {
  /// A certificate of one's own is complete, and Microsoft's stands alone.
  static let tlsForms = CrossFieldCheck(.tlsForm) { target, findings in
    let given = TLSForm.ownFields.filter { target[$0] != nil }
    let hasLabel = target["tls.leaf_domain_label"] != nil
    if hasLabel, let first = given.first {
      findings.append(
        .tlsForm(
          target, first, "a certificate of your own and 'leaf_domain_label' exclude each other"))
    } else if let first = given.first, given.count < TLSForm.ownFields.count {
      let missing = TLSForm.ownFields.filter { target[$0] == nil }
        .map { "'\($0.segments[1])'" }.joined(separator: " and ")
      findings.append(
        .tlsForm(target, first, "a certificate of your own also needs \(missing)"))
    }
    if !hasLabel, target["tls.overwrite_existing_domain"] != nil {
      findings.append(
        .tlsForm(
          target, "tls.overwrite_existing_domain",
          "'overwrite_existing_domain' needs 'leaf_domain_label' beside it"))
    }
  }

  /// A certificate and a key are PEM text, and not in each other's place.
  static let tlsIsPEM = CrossFieldCheck(.tlsNotPEM) { target, findings in
    for (path, label) in [
      ("tls.certificate" as AttributePath, "CERTIFICATE"), ("tls.key", "PRIVATE KEY"),
    ] {
      guard case .secret(let secret) = target[path], secret.isResolved else { continue }
      if !hasPEMBlock(label, in: secret.reveal()) {
        findings.append(.tlsNotPEM(target, path, label))
      }
    }
  }

  /// A load balancer's subnet means an internal one.
  static let internalSubnet = CrossFieldCheck(.loadBalancerSubnet) { target, findings in
    guard target["load_balancer_subnet"] != nil else { return }
    let isInternal = target["load_balancer_type"]?.text?.lowercased().hasPrefix("internal") == true
    if !isInternal { findings.append(.loadBalancerSubnet(target)) }
  }
}

/// True if a text has a block with this label, such as `PRIVATE KEY`, which `RSA PRIVATE KEY` and
/// `ENCRYPTED PRIVATE KEY` have too.
private func hasPEMBlock(_ label: String, in text: String) -> Bool {
  let lines = text.split(whereSeparator: \.isNewline)
    .map { $0.reversed().drop(while: \.isWhitespace).reversed() }
    .map { String($0.drop(while: \.isWhitespace)) }
  let suffix = "\(label)-----"
  guard let start = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") && $0.hasSuffix(suffix) })
  else { return false }
  return lines[start...].contains { $0.hasPrefix("-----END ") && $0.hasSuffix(suffix) }
}

extension Rule {
  /// TLS takes one of its forms, whole.
  package static let tlsForm = Rule("tls-form")
  /// A certificate and a key are what they should be.
  package static let tlsNotPEM = Rule("tls-not-pem")
  /// A load balancer's subnet needs an internal load balancer.
  package static let loadBalancerSubnet = Rule("load-balancer-subnet")
}

extension Diagnostic {
  fileprivate static func tlsForm(
    _ target: ComputeTarget, _ path: AttributePath, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .tlsForm, "TLS settings do not fit together",
      detail: """
        In 'tls', \(what). Either give 'certificate', 'key' and 'cname', or 'leaf_domain_label' \
        for a certificate of Microsoft's.
        """,
      address: target.address.description, at: target.location(of: path), hidesSource: true)
  }

  fileprivate static func tlsNotPEM(
    _ target: ComputeTarget, _ path: AttributePath, _ label: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .tlsNotPEM, "Not a certificate or key",
      detail: """
        '\(path)' should be PEM text: from '-----BEGIN \(label)-----' to '-----END \(label)-----'. \
        Was another file meant? Usual is '\(path.segments[1]): ${file:certs/...}'.
        """,
      address: target.address.description, at: target.location(of: path), hidesSource: true)
  }

  fileprivate static func loadBalancerSubnet(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .error, .loadBalancerSubnet, "Subnet without an internal load balancer",
      detail: """
        'load_balancer_subnet' counts only with 'load_balancer_type: internal_load_balancer'. Add \
        that, or remove the subnet.
        """,
      address: target.address.description, at: target.location(of: "load_balancer_subnet"))
  }
}
