package import Diagnostics
public import TargetModel

extension KindDescriptor {
  /// `hdinsight`: a Spark cluster of HDInsight, entered by SSH.
  public static let hdInsight = KindDescriptor(
    name: "hdinsight", computeType: "HDInsight", title: "HDInsight cluster",
    summary: """
      A Spark cluster of Azure HDInsight with a public address, used over SSH. A workspace can't \
      create one; the SSH user and password are those given when the cluster was made.
      """,
    origin: .attached,
    fields: [
      .resourceID(["Microsoft.HDInsight/clusters"], isRequired: false),
      .address(from: "HDInsightProperties"),
      .description, .tags(onChange: .recreate), .location(wire: nil),
    ] + Field.remoteLogin(from: "HDInsightProperties", client: "HDInsightCompute"),
    resource: HeldResource(hostField: "address"), workloads: [.training, .pipelines],
    checks: [.resourceOrAddress, .machineCredentials, .sparkHost, .publicHost, .sdkEnded],
    sample: """
      name: spark-hdi
      type: hdinsight
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ml-prod-rg/providers/Microsoft.HDInsight/clusters/spark-hdi
      ssh_settings:
        admin_username: sshuser
        ssh_private_key_file: secrets/id_rsa

      """)
}

extension CrossFieldCheck {
  /// SSH of an HDInsight cluster is at a host of its own (domain.md R59, R89).
  fileprivate static let sparkHost = CrossFieldCheck(.hdInsightAddress) { target, findings in
    guard let host = target["address"]?.text?.lowercased() else { return }
    let suffixes = [".azurehdinsight.net", ".azureinsight.net"]
    guard let suffix = suffixes.first(where: host.hasSuffix) else { return }
    let label = host.dropLast(suffix.count)
    if suffix != suffixes[0] || !label.hasSuffix("-ssh") {
      let cluster = label.hasSuffix("-ssh") ? label.dropLast(4) : label
      findings.append(.hdInsightAddress(target, host, "\(cluster)-ssh\(suffixes[0])"))
    }
  }
}

extension Rule {
  /// The host of an HDInsight cluster is the one that answers SSH.
  package static let hdInsightAddress = Rule("hdinsight-address")
}

extension Diagnostic {
  fileprivate static func hdInsightAddress(
    _ target: ComputeTarget, _ host: String, _ due: String
  ) -> Diagnostic {
    Diagnostic(
      .warning, .hdInsightAddress, "Host does not answer SSH",
      detail: """
        An HDInsight cluster answers SSH at 'NAME-ssh.azurehdinsight.net', and this is '\(host)'. \
        Write '\(due)'.
        """,
      address: target.address.description, at: target.location(of: "address"))
  }
}
