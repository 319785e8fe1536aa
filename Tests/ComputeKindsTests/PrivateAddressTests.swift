import ComputeKinds
import Diagnostics
import TargetModel
import Testing

/// The service comes from outside of everybody's network.
@Suite struct PrivateAddressTests {
  private func isWarned(_ kind: KindDescriptor, _ host: String) -> Bool {
    var findings = DiagnosticList()
    let target = target(
      kind,
      [
        "address": .text(host), "ssh_settings.admin_username": "u",
        "ssh_settings.ssh_private_key_file": secret("k"),
      ])
    for check in kind.checks { check.run(target, &findings) }
    return findings.findings.map(\.rule.id).contains("private-address")
  }

  @Test(arguments: [
    "10.0.0.4", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1",
    "169.254.1.1", "100.64.0.1", "localhost", "BUILD-VM",
  ])
  func `an address within a network is told`(host: String) {
    #expect(isWarned(.virtualMachine, host))
    #expect(isWarned(.hdInsight, host))
  }

  @Test(arguments: [
    "11.0.0.1", "9.255.255.255", "172.15.0.1", "172.32.0.1", "192.169.1.1", "100.128.0.1",
    "8.8.8.8", "vm.example.com", "2001:db8::1", "10.example.com",
  ])
  func `an address that may be public is not`(host: String) {
    #expect(!isWarned(.virtualMachine, host))
  }
}
