private let cluster = """
  size: STANDARD_DS3_v2
  min_instances: 0
  max_instances: 2
  idle_time_before_scale_down: 120
  """

private let pool = """
  name: spark-example
  type: synapsespark
  resource_id: \(group)/providers/Microsoft.Synapse/workspaces/my-synapse/bigDataPools/mypool
  """

private let userAssigned = """
  identity:
    type: user_assigned
    user_assigned_identities:
      - resource_id: \(group)/providers/Microsoft.ManagedIdentity/userAssignedIdentities/my-uai
  """

private func clusterNamed(_ name: String, _ more: String...) -> String {
  ([clusterHead(name), cluster] + more).joined(separator: "\n") + "\n"
}

private func clusterHead(_ name: String) -> String {
  """
  $schema: https://azuremlschemas.azureedge.net/latest/amlCompute.schema.json
  name: \(name)
  type: amlcompute
  """
}

private func instanceNamed(_ name: String, _ more: String...) -> String {
  ([
    """
    $schema: https://azuremlschemas.azureedge.net/latest/computeInstance.schema.json
    name: \(name)
    type: computeinstance
    """
  ] + more).joined(separator: "\n") + "\n"
}

/// What `az ml compute` sent for Microsoft's own examples, and for four calls.
let requestsOfAzML: [RecordedRequest] = [
  RecordedRequest(.azML, "attached-spark.yml", .put(pool + "\n")),
  RecordedRequest(
    .azML, "attached-spark-system-identity.yml",
    .put(pool + "\nidentity:\n  type: system_assigned\n")),
  RecordedRequest(
    .azML, "attached-spark-user-identity.yml", .put(pool + "\n" + userAssigned + "\n")),
  RecordedRequest(.azML, "cluster-basic.yml", .put(clusterNamed("basic-example"))),
  RecordedRequest(
    .azML, "cluster-location.yml", .put(clusterNamed("location-example", "location: westus"))),
  RecordedRequest(
    .azML, "cluster-low-priority.yml", .put(clusterNamed("low-pri-example", "tier: low_priority"))),
  RecordedRequest(.azML, "cluster-minimal.yml", .put(clusterHead("minimal-example") + "\n")),
  RecordedRequest(
    .azML, "cluster-ssh-password.yml",
    .put(
      clusterNamed(
        "ssh-example",
        """
        ssh_settings:
          admin_username: example-user
          admin_password: example-password
        """))),
  RecordedRequest(
    .azML, "cluster-system-identity.yml",
    .put(clusterNamed("sysid-example", "identity:\n  type: system_assigned"))),
  RecordedRequest(
    .azML, "cluster-user-identity.yml", .put(clusterNamed("usrid-example", userAssigned))),
  RecordedRequest(
    .azML, "instance-basic.yml", .put(instanceNamed("basic-example-i", "size: STANDARD_DS3_v2"))),
  RecordedRequest(.azML, "instance-minimal.yml", .put(instanceNamed("minimal-example-i"))),
  RecordedRequest(
    .azML, "instance-schedule.yml",
    .put(
      instanceNamed(
        "schedule-example-i",
        """
        size: STANDARD_DS3_v2
        schedules:
          compute_start_stop:
            - action: stop
              trigger:
                type: cron
                start_time: "2021-03-10T21:21:07"
                time_zone: Pacific Standard Time
                expression: 0 18 * * *
        """))),
  RecordedRequest(
    .azML, "vm-attach.yml",
    .put(
      """
      $schema: https://azuremlschemas.azureedge.net/latest/vmCompute.schema.json
      name: vm-example
      type: virtualmachine
      resource_id: \(group)/providers/Microsoft.Compute/virtualMachines/my-vm
      ssh_settings:
        admin_username: azureuser
        admin_password: example-password

      """)),
  RecordedRequest(
    .azML, "PUT computes/basic-example",
    .update(
      clusterNamed("basic-example"),
      to: """
        name: basic-example
        type: amlcompute
        size: STANDARD_DS3_v2
        min_instances: 0
        max_instances: 9
        idle_time_before_scale_down: 120

        """)),
  RecordedRequest(
    .azML, "DELETE computes/basic-example?underlyingResourceAction=Delete",
    .remove(clusterNamed("basic-example"))),
  RecordedRequest(
    .azML, "DELETE computes/k8s-example?underlyingResourceAction=Detach",
    .remove(
      """
      name: k8s-example
      type: kubernetes
      resource_id: \(group)/providers/Microsoft.Kubernetes/connectedClusters/my-arc

      """)),
  RecordedRequest(
    .azML, "POST computes/full-instance/start", .start(instanceNamed("full-instance"))),
]
