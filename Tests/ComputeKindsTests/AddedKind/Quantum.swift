package import Diagnostics
public import TargetModel

@testable import ComputeKinds

extension KindDescriptor {
  /// `quantum`: an Azure Quantum workspace, for steps of pipelines.
  public static let quantum = KindDescriptor(
    name: "quantum", computeType: "Quantum", title: "Quantum workspace",
    summary: "An Azure Quantum workspace that pipelines send circuits to; made beforehand.",
    origin: .attached,
    fields: [
      .resourceID(["Microsoft.Quantum/workspaces"]),
      .description, .tags(onChange: .recreate), .location(wire: nil),
      Field(
        "machine", .words("simulator", "hardware"), "What circuits run on",
        default: "simulator", onChange: .recreate, wire: "properties.properties.machineType",
        source: "Azure ML REST API, QuantumProperties"),
      Field(
        "max_jobs", .integer(1...100), "How many circuits may run at the same time",
        olderNames: ["max_circuits"], default: 10, onChange: .inPlace,
        wire: "properties.properties.maxJobCount",
        source: "Azure ML REST API, QuantumProperties"),
      Field(
        "access_key", .text(), "A key of the Quantum workspace", isSecret: true,
        onChange: .recreate, wire: "properties.properties.accessKey",
        source: "Azure ML REST API, QuantumProperties"),
      .fromService(
        "queue_length", .integer(0...1_000_000), "How many circuits are waiting",
        wire: "properties.properties.queueLength"),
    ],
    resource: HeldResource(), workloads: [.pipelines], checks: [.hardwareHasKey],
    sample: """
      name: quantum-lab
      type: quantum
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml-prod-rg/providers/Microsoft.Quantum/workspaces/lab

      """)
}

extension CrossFieldCheck {
  /// Simulators are free for all; machines want to know who pays.
  fileprivate static let hardwareHasKey = CrossFieldCheck(.hardwareKey) { target, findings in
    if target["machine"] == "hardware", target["access_key"] == nil {
      findings.append(.hardwareKey(target))
    }
  }
}

extension Rule {
  /// Hardware needs a key.
  package static let hardwareKey = Rule("hardware-key")
}

extension Diagnostic {
  fileprivate static func hardwareKey(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .error, .hardwareKey, "Hardware without a key",
      detail: """
        'machine' is 'hardware', and only a simulator works without a key. Add 'access_key', as a \
        reference such as ${env:QUANTUM_KEY}.
        """,
      address: target.address.description, at: target.location(of: "machine"))
  }
}
