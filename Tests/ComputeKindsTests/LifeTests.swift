import ComputeKinds
import FoundationEssentials
import TargetModel
import Testing

private func databricks(_ resource: String, _ token: String) -> String {
  """
  name: etl
  type: databricks
  resource_id: \(group)/providers/Microsoft.Databricks/workspaces/\(resource)
  access_token: \(token)

  """
}

private func login(_ kind: String, _ place: String, _ ssh: String) -> String {
  "name: box\ntype: \(kind)\n\(place)\nssh_settings: {admin_username: ana, \(ssh)}\n"
}

private func attached(_ kind: String, _ resource: String, _ more: String = "") -> String {
  "name: box\ntype: \(kind)\nresource_id: \(group)/providers/\(resource)\n\(more)"
}

private let cluster = "resource_id: \(group)/providers/Microsoft.HDInsight/clusters/hdi"
private let machine = "resource_id: \(group)/providers/Microsoft.Compute/virtualMachines/vm"

/// An inference cluster that the service makes.
private func inference(_ more: String) -> String { "name: box\ntype: aks\n\(more)" }

private func certificate(_ text: String) -> String {
  """
  tls:
    cname: www.example.com
    certificate: "-----BEGIN CERTIFICATE-----\\n\(text)\\n-----END CERTIFICATE-----"
    key: "-----BEGIN PRIVATE KEY-----\\n\(text)\\n-----END PRIVATE KEY-----"

  """
}

private let managed =
  "resource_id: \(group)/providers/Microsoft.ContainerService/managedClusters/k\n"
private let addresses =
  "service_cidr: 10.0.0.0/16, dns_service_ip: 10.0.0.10, docker_bridge_cidr: 172.17.0.1/16"

private let lives: [Life] = [
  Life(
    "aks created", inference(""),
    (inference("agent_count: 4\n"), "update agent_count"),
    (
      inference("agent_count: 4\ntls: {leaf_domain_label: contoso}\n"),
      "update tls.leaf_domain_label"
    ),
    (
      inference("agent_count: 4\n" + certificate("MIIA")),
      "update tls.cname tls.leaf_domain_label tls.certificate tls.key"
    ),
    (
      inference("agent_count: 4\n" + certificate("MIIB")), "update tls.certificate tls.key"
    ),
    (
      inference("load_balancer_type: internal_load_balancer\nload_balancer_subnet: lb\n"),
      "update load_balancer_type load_balancer_subnet tls.cname tls.certificate tls.key"
    ),
    (
      inference("agent_vm_size: Standard_D4s_v3\ncluster_purpose: dev_test\n"),
      "deleteThenCreate agent_vm_size cluster_purpose load_balancer_type"
    ),
    (
      inference("network_settings: {vnet_name: vn, subnet: sn, \(addresses)}\nlocation: West US\n"),
      "deleteThenCreate location cluster_purpose network_settings.subnet "
        + "network_settings.service_cidr network_settings.dns_service_ip "
        + "network_settings.docker_bridge_cidr"
    ),
    (
      inference(managed),
      "deleteThenAttach resource_id network_settings.subnet "
        + "network_settings.service_cidr network_settings.dns_service_ip "
        + "network_settings.docker_bridge_cidr"
    )),
  Life(
    "aks attached", inference(managed + certificate("MIIA")),
    (
      inference(managed + certificate("MIIB")), "detachThenAttach tls.certificate tls.key"
    ),
    (
      inference(managed + certificate("MIIC") + "berth: {tls_update: in_place}\n"),
      "update tls.certificate tls.key"
    ),
    (
      inference(managed + "cluster_purpose: dev_test\n"),
      "detachThenAttach cluster_purpose tls.cname tls.certificate tls.key"
    ),
    (inference(""), "detachThenCreate cluster_purpose")),
  Life(
    "databricks", databricks("one", "dapi0"),
    (databricks("one", "dapi1"), "detachThenAttach access_token"),
    (databricks("two", "dapi1"), "detachThenAttach resource_id"),
    (databricks("two", "dapi1") + "description: d\n", "detachThenAttach description")),
  Life(
    "hdinsight", login("hdinsight", cluster, "admin_password: one"),
    (
      login("hdinsight", cluster, "admin_password: two"),
      "detachThenAttach ssh_settings.admin_password"
    ),
    (
      login("hdinsight", cluster, "ssh_private_key_file: key"),
      "detachThenAttach ssh_settings.admin_password ssh_settings.ssh_private_key_file"
    ),
    (
      login("hdinsight", "address: hdi-ssh.azurehdinsight.net", "ssh_private_key_file: key"),
      "detachThenAttach address"
    ),
    (
      login(
        "hdinsight", "address: hdi-ssh.azurehdinsight.net",
        "ssh_private_key_file: key, ssh_port: 2222"), "detachThenAttach ssh_settings.ssh_port"
    )),
  Life(
    "virtualmachine by address",
    login("virtualmachine", "address: 10.0.0.4", "admin_password: one"),
    (
      login("virtualmachine", "address: vm.example.com", "admin_password: one"),
      "detachThenAttach address"
    ),
    (
      login("virtualmachine", "address: vm.example.com", "admin_password: two"),
      "detachThenAttach ssh_settings.admin_password"
    ),
    (
      login("virtualmachine", machine, "admin_password: two"), "detachThenAttach resource_id"
    )),
  Life(
    "datalakeanalytics", attached("datalakeanalytics", "Microsoft.DataLakeAnalytics/accounts/a"),
    (
      attached(
        "datalakeanalytics", "Microsoft.DataLakeAnalytics/accounts/a",
        "data_lake_store_account_name: store\n"), "detachThenAttach data_lake_store_account_name"
    ),
    (
      attached(
        "datalakeanalytics", "Microsoft.DataLakeAnalytics/accounts/b",
        "data_lake_store_account_name: store\n"), "detachThenAttach resource_id"
    )),
  Life(
    "batch", attached("batch", "Microsoft.Batch/batchAccounts/a"),
    (
      attached("batch", "Microsoft.Batch/batchAccounts/b"), "detachThenAttach resource_id"
    ),
    (
      attached("batch", "Microsoft.Batch/batchAccounts/b", "tags: {team: a}\n"),
      "detachThenAttach tags"
    )),
  Life(
    "datafactory", "name: box\ntype: datafactory\n",
    ("name: box\ntype: datafactory\ndescription: d\n", "deleteThenCreate description"),
    (
      attached("datafactory", "Microsoft.DataFactory/factories/a", "description: d\n"),
      "deleteThenAttach resource_id"
    ),
    (
      attached("datafactory", "Microsoft.DataFactory/factories/b", "description: d\n"),
      "detachThenAttach resource_id"
    ),
    (
      "name: box\ntype: datafactory\ndescription: d\n", "detachThenCreate"
    )),
  Life(
    "amlcompute", training(""),
    (training("max_instances: 8\ntags: {team: a}\n"), "update tags max_instances"),
    (
      training("min_instances: 1\nidentity: {type: system_assigned}\n"),
      "update min_instances max_instances identity.type"
    ),
    (
      training("ssh_settings: {admin_username: ana, admin_password: Pa55-word}\n"),
      "deleteThenCreate min_instances ssh_settings.admin_username "
        + "ssh_settings.admin_password identity.type"
    )),
  Life(
    "computeinstance", instance(""),
    (
      instance("idle_time_before_shutdown_minutes: 60\n"),
      "update idle_time_before_shutdown_minutes"
    ),
    (
      instance(
        """
        schedules:
          compute_start_stop:
            - action: stop
              state: enabled
              trigger:
                type: cron
                expression: 0 18 * * *
                time_zone: W. Europe Standard Time

        """), "update idle_time_before_shutdown_minutes schedules.compute_start_stop"
    ),
    (
      instance("berth: {power_state: stopped}\n"),
      "update schedules.compute_start_stop berth.power_state"
    ),
    (instance("size: STANDARD_NC6\nberth: {allow_replace: true}\n"), "deleteThenCreate size")),
  Life(
    "kubernetes", attached("kubernetes", "Microsoft.Kubernetes/connectedClusters/c"),
    (
      attached(
        "kubernetes", "Microsoft.Kubernetes/connectedClusters/c",
        "identity: {type: system_assigned}\n"), "update identity.type"
    ),
    (
      attached(
        "kubernetes", "Microsoft.Kubernetes/connectedClusters/c",
        """
        namespace: ml
        properties:
          defaultInstanceType: gpu
          instanceTypes:
            gpu:
              nodeSelector: {pool: gpu}
              resources:
                requests: {cpu: "1"}
                limits: {cpu: "2"}

        """),
      "detachThenAttach namespace properties.defaultInstanceType "
        + "properties.instanceTypes identity.type"
    )),
  Life(
    "synapsespark",
    attached("synapsespark", "Microsoft.Synapse/workspaces/w/bigDataPools/one"),
    (
      attached(
        "synapsespark", "Microsoft.Synapse/workspaces/w/bigDataPools/one",
        "identity: {type: system_assigned}\n"), "detachThenAttach identity.type"
    ),
    (
      attached("synapsespark", "Microsoft.Synapse/workspaces/w/bigDataPools/two"),
      "detachThenAttach resource_id identity.type"
    )),
]

/// A training cluster.
private func training(_ more: String) -> String {
  "name: box\ntype: amlcompute\nsize: STANDARD_DS3_V2\n\(more)"
}

private func instance(_ more: String) -> String { "name: box\ntype: computeinstance\n\(more)" }

/// The kinds' whole way: documents are bound, planned, applied on the simulated workspace, changed
/// and destroyed; after each apply nothing is left to do, and importing what is live gives the
/// document back.
@Suite struct LifeTests {
  @Test(arguments: lives)
  func `a target is made, changed as its table says, and removed`(life: Life) async throws {
    try await LivedWorkspace().live(life)
  }

  /// The documents that pass, of `Tests/CommandsTests/Documents`.
  static let documents: [Life] = {
    let folder = "\(packageFolder)/Tests/CommandsTests/Documents"
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return paths.filter { $0.contains("/accepted/") && $0.hasSuffix(".yml") }.sorted()
      .filter { !$0.hasPrefix("local/") }
      .compactMap { path in
        packageText("Tests/CommandsTests/Documents/\(path)").map { Life(path, $0) }
      }
  }()

  @Test(arguments: documents)
  func `F28 a document that passes is applied, imported and destroyed`(life: Life) async throws {
    try await LivedWorkspace().live(life)
  }

  @Test func `every kind of the workspace has a life`() {
    let kinds = Set(lives.flatMap { bound($0.document).targets.map(\.kind.name) })
    #expect(kinds == Set(KindCatalog.azureML.kinds.filter(\.isInWorkspace).map(\.name)))
  }
}
