import ComputeKinds

private let subnet = """
  /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net-rg\
  /providers/Microsoft.Network/virtualNetworks/vn/subnets/sn
  """

private func document(_ kind: String, _ lines: String) -> String {
  "name: example\ntype: \(kind)\n" + (lines.isEmpty ? "" : lines + "\n")
}

private func attached(_ kind: String, _ resource: String, _ lines: String = "") -> String {
  document(
    kind, "resource_id: \(group)/providers/\(resource)" + (lines.isEmpty ? "" : "\n" + lines))
}

private func login(_ user: String) -> String {
  """
  ssh_settings:
    admin_username: \(user)
    admin_password: example-password
  """
}

private let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
private let key = "-----BEGIN PRIVATE KEY-----\nMIIC\n-----END PRIVATE KEY-----\n"
private let user = "00000000-0000-0000-0000-000000000001"
private let tenant = "00000000-0000-0000-0000-000000000002"

/// What the older Python SDK sent for its calls.
let requestsOfSDK1: [RecordedRequest] = [
  RecordedRequest(.sdk1, "AksCompute create: defaults", .put(document("aks", ""))),
  RecordedRequest(
    .sdk1, "AksCompute create: dev-test, 1 node, internal LB, vnet",
    .put(
      document(
        "aks",
        """
        location: westus2
        agent_count: 1
        agent_vm_size: Standard_D3_v2
        cluster_purpose: dev_test
        load_balancer_type: internal_load_balancer
        load_balancer_subnet: lb-subnet
        network_settings:
          subnet: \(subnet)
          service_cidr: 10.0.0.0/16
          dns_service_ip: 10.0.0.10
          docker_bridge_cidr: 172.17.0.1/16
        """))),
  RecordedRequest(
    .sdk1, "AksCompute create: TLS with own certificate",
    .put(
      document(
        "aks",
        """
        tls:
          cname: www.contoso.com
          certificate: |
            -----BEGIN CERTIFICATE-----
            MIIB
            -----END CERTIFICATE-----
          key: |
            -----BEGIN PRIVATE KEY-----
            MIIC
            -----END PRIVATE KEY-----
        """)),
    placeholders: [
      certificate: "-----BEGIN CERTIFICATE-----\n", key: "-----BEGIN KEY-----\n",
    ]),
  RecordedRequest(
    .sdk1, "AksCompute attach: defaults",
    .put(attached("aks", "Microsoft.ContainerService/managedClusters/my-aks"))),
  RecordedRequest(
    .sdk1, "AmlCompute create: vm_size,max_nodes",
    .put(
      document(
        "amlcompute", "vm_size: STANDARD_D2_V2\nmax_nodes: 4\nidle_seconds_before_scaledown: 1800"))
  ),
  RecordedRequest(
    .sdk1, "AmlCompute create: low priority",
    .put(
      document(
        "amlcompute",
        """
        vm_size: STANDARD_D2_V2
        vm_priority: lowpriority
        max_nodes: 4
        idle_seconds_before_scaledown: 1800
        """))),
  RecordedRequest(
    .sdk1, "ComputeInstance create",
    .put(
      document(
        "computeinstance",
        """
        size: STANDARD_D3_V2
        description: d
        tags:
          a: b
        network_settings:
          subnet: \(subnet)
        ssh_public_access_enabled: true
        ssh_settings:
          ssh_key_value: ssh-rsa AAA
        create_on_behalf_of:
          user_object_id: \(user)
          user_tenant_id: \(tenant)
        """)), placeholders: [user: "o", tenant: "t"]),
  RecordedRequest(
    .sdk1, "RemoteCompute attach: resource id + password",
    .put(
      attached("virtualmachine", "Microsoft.Compute/virtualMachines/my-vm", login("azureuser")))),
  RecordedRequest(
    .sdk1, "HDInsightCompute attach: resource id + password",
    .put(attached("hdinsight", "Microsoft.HDInsight/clusters/my-hdi", login("sshuser")))),
  RecordedRequest(
    .sdk1, "BatchCompute attach", .put(attached("batch", "Microsoft.Batch/batchAccounts/mybatch"))),
  RecordedRequest(
    .sdk1, "AdlaCompute attach",
    .put(attached("datalakeanalytics", "Microsoft.DataLakeAnalytics/accounts/myadla"))),
  RecordedRequest(
    .sdk1, "DsvmCompute create",
    .refused(
      document("dsvm", "vm_size: Standard_D2_v2"), .retiredType,
      because: "The type is retired: Berth refuses it and prints the document to use instead.")),
  RecordedRequest(.sdk1, "DataFactoryCompute create", .put(document("datafactory", ""))),
  RecordedRequest(
    .sdk1, "DataFactoryCompute attach",
    .put(attached("datafactory", "Microsoft.DataFactory/factories/my-adf"))),
  RecordedRequest(
    .sdk1, "KubernetesCompute attach",
    .put(
      attached(
        "kubernetes", "Microsoft.Kubernetes/connectedClusters/my-arc",
        """
        description: ""
        namespace: team-a
        identity:
          type: system_assigned
        """))),
]

/// Forms that no recording shows, as the service's description has them.
let requestsNotRecorded: [RecordedRequest] = [
  RecordedRequest(
    .none, "Databricks, attached",
    .put(
      attached("databricks", "Microsoft.Databricks/workspaces/etl", "access_token: dapi0example"))),
  RecordedRequest(
    .none, "AKS, attached with a certificate of Microsoft's",
    .put(
      attached(
        "aks", "Microsoft.ContainerService/managedClusters/prod",
        """
        tls:
          leaf_domain_label: contoso
          overwrite_existing_domain: false
        """))),
  RecordedRequest(
    .none, "Kubernetes, with instance types",
    .put(
      attached(
        "kubernetes", "Microsoft.ContainerService/managedClusters/prod",
        """
        properties:
          defaultInstanceType: gpu
          instanceTypes:
            gpu:
              nodeSelector: {accelerator: a100}
              resources:
                requests: {cpu: "1"}
                limits: {nvidia.com/gpu: "1"}
        """))),
  RecordedRequest(
    .none, "Virtual machine, by its address",
    .put(
      document(
        "virtualmachine",
        """
        address: vm.example.com
        ssh_settings:
          ssh_port: 2222
          admin_username: azureuser
          admin_password: example-password
        """))),
  RecordedRequest(
    .none, "Compute instance, with scripts and an application",
    .put(
      document(
        "computeinstance",
        """
        idle_time_before_shutdown_minutes: 90
        setup_scripts:
          startup_script:
            path: Users/ana/start.sh
            timeout_minutes: 20
        custom_applications:
          - name: rstudio
            image:
              reference: rocker/rstudio:4
            endpoints:
              - target: 8787
                published: 8787
        """))),
]

/// Every request of the table.
let allRequests = requestsOfAzML + requestsOfSDK1 + requestsNotRecorded
