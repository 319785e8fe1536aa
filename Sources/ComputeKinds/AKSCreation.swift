package import Diagnostics
internal import TargetModel

/// Checks of an inference cluster that the service is to make.
extension CrossFieldCheck {
  /// What only a creation reads means nothing for a cluster that is there already.
  static let onlyForCreated = CrossFieldCheck(.createdOnly) { target, findings in
    guard target["resource_id"] != nil else { return }
    for field in target.kind.fields where target[field.path] != nil {
      if target.kind.isCreatedOnly(field.path) {
        findings.append(.createdOnly(target, field.path))
      }
    }
  }

  /// The network is given whole or not at all, and its addresses are some (api.md 5.3).
  static let clusterNetwork = CrossFieldCheck(.networkIncomplete, .networkRange) {
    target, findings in
    guard target["resource_id"] == nil else { return }
    let network = target["network_settings.vnet_name"]?.text
    let subnet = target["network_settings.subnet"]?.text
    let given = rangeFields.filter { target[$0] != nil }
    if let fault = networkFault(network: network, subnet: subnet) {
      findings.append(.networkIncomplete(target, fault.path, fault.what))
    } else if subnet == nil, let first = given.first {
      findings.append(
        .networkIncomplete(
          target, first, "'\(first.segments[1])' needs a 'subnet' beside it"))
    } else if subnet != nil, given.count < rangeFields.count {
      let names = rangeFields.filter { target[$0] == nil }.map { "'\($0.segments[1])'" }
      findings.append(
        .networkIncomplete(
          target, "network_settings.subnet",
          "the subnet of a cluster also needs \(names.joined(separator: ", "))"))
    }
    checkRanges(of: target, reporting: &findings)
  }

  /// A cluster for production has 12 vCPUs at least (domain.md R45).
  static let enoughCores = CrossFieldCheck(.productionCores, .fewCores) { target, findings in
    guard target["resource_id"] == nil else { return }
    let purpose = target["cluster_purpose"]?.text?.lowercased().filter { $0 != "_" } ?? "fastprod"
    let isForTests = purpose == "devtest"
    let size = target["agent_vm_size"]?.text ?? "Standard_D3_v2"
    let count = target["agent_count"]?.integer ?? (isForTests ? 1 : 3)
    guard let cores = coreCount(ofSize: size) else { return }
    if !isForTests, count * cores < 12 {
      findings.append(.productionCores(target, count, size, cores))
    } else if isForTests, count * cores < 2 {
      findings.append(.fewCores(target, size))
    }
  }
}

private let rangeFields: [AttributePath] = [
  "network_settings.service_cidr", "network_settings.dns_service_ip",
  "network_settings.docker_bridge_cidr",
]

private func checkRanges(of target: ComputeTarget, reporting findings: inout DiagnosticList) {
  var service: AddressRange?
  for path in [rangeFields[0], rangeFields[2]] {
    guard let text = target[path]?.text else { continue }
    let range = AddressRange(text)
    if range == nil {
      findings.append(
        .networkRange(target, path, "'\(text)' is no range of addresses such as '10.0.0.0/16'"))
    }
    if path == rangeFields[0] { service = range }
  }
  guard let text = target[rangeFields[1]]?.text else { return }
  guard let address = AddressRange.address(text) else {
    return findings.append(
      .networkRange(target, rangeFields[1], "'\(text)' is no address such as '10.0.0.10'"))
  }
  if let service, !service.contains(address) {
    findings.append(
      .networkRange(
        target, rangeFields[1],
        "'\(text)' is not within 'service_cidr', '\(target[rangeFields[0]]?.text ?? "")'"))
  }
}

/// A range of IPv4 addresses, as `10.0.0.0/16` writes it.
struct AddressRange {
  private let first: UInt32
  private let mask: UInt32

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = Self.address(String(parts[0])), parts[1].count <= 2,
      let bits = UInt32(parts[1]), bits <= 32
    else { return nil }
    mask = bits == 0 ? 0 : ~UInt32(0) << (32 - bits)
    first = address & mask
  }

  func contains(_ address: UInt32) -> Bool { address & mask == first }

  /// An IPv4 address as a number; nil for a text that is none.
  static func address(_ text: String) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
      guard part.count <= 3, let byte = UInt8(part), !part.hasPrefix("+") else { return nil }
      address = address << 8 | UInt32(byte)
    }
    return address
  }
}

extension Rule {
  /// What only a creation reads is not given for an attachment.
  package static let createdOnly = Rule("created-only")
  /// A cluster's addresses are some, and fit together.
  package static let networkRange = Rule("network-range")
  /// A cluster for production is large enough.
  package static let productionCores = Rule("production-cores")
  /// A cluster for tests is large enough.
  package static let fewCores = Rule("few-cores")
}

extension Diagnostic {
  fileprivate static func createdOnly(
    _ target: ComputeTarget, _ path: AttributePath
  ) -> Diagnostic {
    Diagnostic(
      .error, .createdOnly, "Setting of a cluster to be created",
      detail: """
        '\(path)' counts where the service creates the cluster, and 'resource_id' attaches one that \
        is there. Remove one of the two.
        """,
      address: target.address.description, at: target.location(of: path))
  }

  fileprivate static func networkRange(
    _ target: ComputeTarget, _ path: AttributePath, _ what: String
  ) -> Diagnostic {
    Diagnostic(
      .error, .networkRange, "Addresses do not fit",
      detail: "In 'network_settings', \(what).", address: target.address.description,
      at: target.location(of: path))
  }

  fileprivate static func productionCores(
    _ target: ComputeTarget, _ count: Int, _ size: String, _ cores: Int
  ) -> Diagnostic {
    let needed = (12 + cores - 1) / cores
    return Diagnostic(
      .error, .productionCores, "Too few cores for production",
      detail: """
        A cluster for production has 12 vCPUs at least, and \(count) of \(size) have \
        \(count * cores). Write 'agent_count: \(needed)', take a larger 'agent_vm_size', or say \
        'cluster_purpose: dev_test'.
        """,
      address: target.address.description,
      at: target.location(of: target["agent_count"] != nil ? "agent_count" : "agent_vm_size"))
  }

  fileprivate static func fewCores(_ target: ComputeTarget, _ size: String) -> Diagnostic {
    Diagnostic(
      .warning, .fewCores, "Few cores",
      detail: """
        A cluster for development and test should have 2 vCPUs at least, and one \(size) has 1. \
        Services may not fit.
        """,
      address: target.address.description, at: target.location(of: "agent_vm_size"))
  }
}
