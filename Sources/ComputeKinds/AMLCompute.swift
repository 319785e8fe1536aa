package import Diagnostics
public import TargetModel

extension KindDescriptor {
  /// `amlcompute`: a pool of identical machines that grows and shrinks with its queue.
  public static let amlCompute = KindDescriptor(
    name: "amlcompute", computeType: "AmlCompute", title: "compute cluster",
    summary: "A pool of identical machines that grows and shrinks with its queue of jobs.",
    facts: clusterFacts,
    origin: .created,
    fields: clusterFields + Field.network(from: "AmlComputeProperties")
      + Field.identity(onChange: .inPlace) + reportedFields,
    updatesMarks: true,
    workloads: [
      .training, .hyperparameterTuning, .automl, .pipelines, .designer, .batchInference,
    ],
    checks: [
      .scaleBounds, .networkIsComplete, .oneNetwork, .identityFits, .clusterSSH, .passwordStrength,
      .publicKeyForm, .scaleCosts, .nodeLimit,
    ],
    fold: foldNetwork,
    addsToBody: { target in
      var additions: [(path: AttributePath, value: AttributeValue)] = [
        ("properties.properties.osType", "Linux"),
        ("properties.disableLocalAuth", .bool(!target.hasSSHSettings)),
      ]
      // The service decides once, while it creates: closed within a network, open otherwise.
      if target["ssh_public_access_enabled"]?.bool == nil {
        additions.append(("properties.properties.remoteLoginPortPublicAccess", "NotSpecified"))
      }
      return additions
    },
    sample: """
      name: cpu-cluster
      type: amlcompute
      size: STANDARD_DS3_V2
      min_instances: 0
      max_instances: 4

      """)
}

/// What the service's documents tell (domain.md R9, R19, R23, R24, R35, R38).
private let clusterFacts = [
  "Everybody in the workspace shares it, and jobs run in containers.",
  "`min_instances` equal to `max_instances` makes a cluster of fixed size.",
  """
  It has at most 100 machines unless more were granted on request, and the machines of one job reach \
  each other, as MPI needs it; very large clusters are granted without that.
  """,
  "An apply ends when the service has made the cluster, and does not wait for its machines.",
  """
  A cluster that is made for a single run, where a job's target is named `amlcompute`, is no target: \
  it goes away with its run, can't be used again, and no document declares it.
  """,
  KindFact.quota, KindFact.defaultIdentity, KindFact.nameInRegion,
  KindFact.preview("A region other than the workspace's is"),
]

private let clusterFields: [Field] = [
  .description, .tags(onChange: .inPlace), .location(wire: "location"),
  .vmSize("The size of each machine", from: "AmlComputeProperties"),
  Field(
    "tier",
    .choice([
      .init("dedicated", wire: "Dedicated"),
      .init("low_priority", wire: "LowPriority", olderNames: ["lowpriority"]),
    ]), "Dedicated machines, or cheaper ones that may be taken away",
    olderNames: ["vm_priority"], default: "dedicated", onChange: .recreate,
    comparison: .ignoringCase, wire: "properties.properties.vmPriority",
    source: "Azure ML REST API, AmlComputeProperties"),
  Field(
    "min_instances", .integer(0...100_000), "Machines that are kept even when idle",
    olderNames: ["min_nodes"], default: 0, onChange: .inPlace,
    wire: "properties.properties.scaleSettings.minNodeCount",
    source: "Azure ML REST API, ScaleSettings"),
  Field(
    "max_instances", .integer(0...100_000), "The most machines there may be",
    olderNames: ["max_nodes"], default: .integer(defaultMaximum), onChange: .inPlace,
    wire: "properties.properties.scaleSettings.maxNodeCount",
    source: "Azure ML REST API, ScaleSettings; default of az ml"),
  Field(
    "idle_time_before_scale_down", .duration(.seconds, 0...31_536_000),
    "How long a machine may idle before it is given back, in seconds",
    olderNames: ["idle_seconds_before_scaledown"], default: 120, onChange: .inPlace,
    wire: "properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown",
    source: "Azure ML REST API, ScaleSettings; default of az ml"),
  Field(
    "ssh_public_access_enabled", .toggle(on: "Enabled", off: "Disabled"),
    "Whether machines accept SSH from outside; the service decides if it is not said",
    olderNames: ["remote_login_port_public_access"], onChange: .recreate,
    wire: "properties.properties.remoteLoginPortPublicAccess",
    source: "Azure ML REST API, AmlComputeProperties"),
  Field(
    "ssh_settings.admin_username", .text(), "The administrator's name on each machine",
    olderNames: ["admin_username"], onChange: .recreate,
    wire: "properties.properties.userAccountCredentials.adminUserName",
    source: "Azure ML REST API, UserAccountCredentials"),
  Field(
    "ssh_settings.admin_password", .text(), "The administrator's password",
    olderNames: ["admin_user_password"], isSecret: true, onChange: .recreate,
    wire: "properties.properties.userAccountCredentials.adminUserPassword",
    source: "Azure ML REST API, UserAccountCredentials"),
  // A public key is no secret to people, so it may be shown. The service's description marks it
  // as one, though, and nothing proves that it is ever told: compared with what is observed, it
  // would be drift for ever. So it is write-only, and a change is seen by its fingerprint.
  Field(
    "ssh_settings.ssh_key_value", .text(), "The administrator's public SSH key",
    olderNames: ["admin_user_ssh_key"], isWriteOnly: true, onChange: .recreate,
    wire: "properties.properties.userAccountCredentials.adminUserSshPublicKey",
    source: "Azure ML REST API, UserAccountCredentials"),
]

private let reportedFields: [Field] = [
  .fromService(
    "allocation_state", .text(), "`Steady`, or `Resizing` while machines come and go",
    wire: "properties.properties.allocationState"),
  .fromService(
    "current_node_count", .integer(0...100_000), "How many machines there are now",
    wire: "properties.properties.currentNodeCount"),
  .fromService(
    "target_node_count", .integer(0...100_000), "How many machines there are to be",
    wire: "properties.properties.targetNodeCount"),
]

private let defaultMaximum = 4

/// How many machines a cluster may have when nobody has asked for more (domain.md R23).
private let defaultNodeLimit = 100

extension ComputeTarget {
  /// True if the manifest says anything under `ssh_settings`.
  fileprivate var hasSSHSettings: Bool {
    kind.fields.enumerated().contains { slot, field in
      field.path.segments.first == "ssh_settings" && attributes[slot] != nil
    }
  }
}

extension CrossFieldCheck {
  /// The least can't be more than the most.
  fileprivate static let scaleBounds = CrossFieldCheck(.scaleBounds) { target, findings in
    let least = target["min_instances"]?.integer ?? 0
    let most = target["max_instances"]?.integer ?? defaultMaximum
    if least > most { findings.append(.scaleBounds(target, least, most)) }
  }

  /// Who logs in needs a name and a way in.
  fileprivate static let clusterSSH = CrossFieldCheck(.sshCredentials, .passwordNotKey) {
    target, findings in
    let hasPassword = target["ssh_settings.admin_password"] != nil
    let hasKey = target["ssh_settings.ssh_key_value"] != nil
    let hasName = target["ssh_settings.admin_username"] != nil
    if (hasPassword || hasKey) && !hasName {
      findings.append(
        .sshCredentials(
          target, at: hasPassword ? "ssh_settings.admin_password" : "ssh_settings.ssh_key_value",
          "a password or a key needs 'admin_username' beside it"))
    }
    if hasName && !hasPassword && !hasKey {
      findings.append(
        .sshCredentials(target, "'admin_username' needs 'admin_password' or 'ssh_key_value'"))
    }
    if hasPassword && !hasKey { findings.append(.passwordNotKey(target)) }
  }

  /// What a reviewer should know before it is on a bill.
  fileprivate static let scaleCosts = CrossFieldCheck(.idleCost, .preemption) { target, findings in
    if let least = target["min_instances"]?.integer, least > 0 {
      findings.append(.idleCost(target, least))
    }
    if let tier = target["tier"]?.text?.lowercased(), tier.hasPrefix("low") {
      findings.append(.preemption(target))
    }
  }

  /// More machines than are allowed without a word with the service's people.
  fileprivate static let nodeLimit = CrossFieldCheck(.nodeLimit) { target, findings in
    for name in ["max_instances", "min_instances"] {
      if let count = target[name]?.integer, count > defaultNodeLimit {
        findings.append(.nodeLimit(target, AttributePath(name), count))
        return
      }
    }
  }
}

extension Rule {
  /// `min_instances` is at most `max_instances`.
  package static let scaleBounds = Rule("scale-bounds")
  /// Machines are kept even when idle (domain.md R22).
  package static let idleCost = Rule("idle-cost")
  /// Machines may be taken away in mid-job (domain.md R25).
  package static let preemption = Rule("low-priority-preemption")
  /// No more machines than a cluster may have by default (domain.md R23).
  package static let nodeLimit = Rule("node-limit")
}

extension Diagnostic {
  fileprivate static func scaleBounds(
    _ target: ComputeTarget, _ least: Int, _ most: Int
  ) -> Diagnostic {
    Diagnostic(
      .error, .scaleBounds, "Minimum is above maximum",
      detail: """
        'min_instances' is \(least) and 'max_instances' is \(most)\
        \(target["max_instances"] == nil ? ", its default" : ""). Lower the one or raise the other.
        """,
      address: target.address.description, at: target.location(of: "min_instances"))
  }

  fileprivate static func idleCost(_ target: ComputeTarget, _ least: Int) -> Diagnostic {
    Diagnostic(
      .warning, .idleCost, "Machines are kept even when idle",
      detail: """
        'min_instances: \(least)' keeps \(least == 1 ? "a machine" : "\(least) machines") running \
        and paid for when there is no work. With 0 the cluster starts machines when jobs come.
        """,
      address: target.address.description, at: target.location(of: "min_instances"))
  }

  fileprivate static func preemption(_ target: ComputeTarget) -> Diagnostic {
    Diagnostic(
      .note, .preemption, "Machines may be taken away",
      detail: """
        A low-priority machine may be taken away in mid-job; the job is then started again from \
        its beginning.
        """,
      address: target.address.description, at: target.location(of: "tier"))
  }

  fileprivate static func nodeLimit(
    _ target: ComputeTarget, _ path: AttributePath, _ count: Int
  ) -> Diagnostic {
    Diagnostic(
      .warning, .nodeLimit, "More machines than the default limit",
      detail: """
        '\(path): \(count)' is above the \(defaultNodeLimit) machines that a cluster may have unless \
        more were granted on request. Make sure they were; on very large clusters the machines of a \
        job may not reach each other.
        """,
      address: target.address.description, at: target.location(of: path))
  }
}
