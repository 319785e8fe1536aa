import TargetModel

/// Every way in which a body of Berth's is not the recorded one, and why it means nothing.
///
/// `docs/wire-differences.md` shows this table. A row that no request needs any more is an error.
let allowedDifferences =
  additions + spellings + defaultsOfClusters + defaultsOfInstances + defaultsOfInference
  + whatClientsRepeat + whatGoesBack

private let additions = [
  AllowedDifference(
    "tags.berth-stack", "tags.berth-applied", "tags.berth-secrets", in: .everywhere,
    ours: .some("marks"),
    because: "Berth's marks: tags that say whose the target is. The service keeps tags and does "
      + "nothing with them."),
  AllowedDifference(
    "identity.type", in: .everywhere, ours: .value("None"),
    because: "The service's default, said, so that an identity can also be taken away."),
]

/// The service compares these without regard to spelling (api.md section 3).
private let spellings = [
  AllowedDifference(
    "properties.resourceId", in: .of(.sdk1, "aks"), recorded: .part("/resourcegroups/"),
    ours: .part("/resourceGroups/"), because: "The case of letters in an id means nothing."),
  AllowedDifference(
    "properties.resourceId", in: .of(.sdk1, "virtualmachine"), recorded: .part("/resourcegroups/"),
    ours: .part("/resourceGroups/"), because: "The case of letters in an id means nothing."),
  AllowedDifference(
    "properties.resourceId", in: .of(.sdk1, "hdinsight"), recorded: .part("/resourcegroups/"),
    ours: .part("/resourceGroups/"), because: "The case of letters in an id means nothing."),
  AllowedDifference(
    "properties.properties.vmPriority", in: .of(.sdk1, "amlcompute"),
    recorded: .value("dedicated"), ours: .value("Dedicated"),
    because: "Berth writes the word as the service's description has it."),
  AllowedDifference(
    "properties.properties.vmPriority", in: .of(.sdk1, "amlcompute"),
    recorded: .value("lowpriority"), ours: .value("LowPriority"),
    because: "Berth writes the word as the service's description has it."),
  AllowedDifference(
    "properties.properties.schedules.computeStartStop[0].action", in: .of(.azML, "computeinstance"),
    recorded: .value("stop"), ours: .value("Stop"),
    because: "Berth writes the word as the service's description has it."),
  AllowedDifference(
    "properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown", in: .of(.azML, "amlcompute"),
    recorded: .value("PT2M"), ours: .value("PT120S"), because: "The same span of time."),
]

private let defaultsOfClusters = [
  AllowedDifference(
    "properties.properties.vmPriority", in: .of(.azML, "amlcompute"), ours: .value("Dedicated"),
    because: "The service's default, said."),
  AllowedDifference(
    "properties.disableLocalAuth", in: .of(.sdk1, "amlcompute"), ours: .value(true),
    because: "The SDK v1 does not know it; `az ml` sends the same as Berth."),
  AllowedDifference(
    "properties.properties.osType", in: .of(.sdk1, "amlcompute"), ours: .value("Linux"),
    because: "The service's default, said, as `az ml` does."),
  AllowedDifference(
    "properties.properties.enableNodePublicIp", in: .of(.sdk1, "amlcompute"), ours: .value(true),
    because: "The service's default, said, as `az ml` does."),
]

private let defaultsOfInstances = [
  AllowedDifference(
    "properties.properties.sshSettings.sshPublicAccess", in: .of(.azML, "computeinstance"),
    ours: .value("Disabled"), because: "The service's default, said."),
  AllowedDifference(
    "properties.properties.enableNodePublicIp", "properties.properties.enableSSO",
    "properties.properties.enableRootAccess", in: .of(.sdk1, "computeinstance"),
    ours: .value(true), because: "The SDK v1 leaves the default out; `az ml` sends it always."),
  AllowedDifference(
    "properties.disableLocalAuth", "properties.properties.releaseQuotaOnStop",
    "properties.properties.enableOSPatching", in: .of(.sdk1, "computeinstance"),
    ours: .value(false), because: "The SDK v1 leaves the default out; `az ml` sends it always."),
  AllowedDifference(
    "properties.properties.applicationSharingPolicy", in: .of(.sdk1, "computeinstance"),
    ours: .value("Shared"),
    because: "The SDK v1 leaves the default out; `az ml` sends it always."),
  AllowedDifference(
    "properties.properties.computeInstanceAuthorizationType", in: .of(.sdk1, "computeinstance"),
    ours: .value("personal"),
    because: "The SDK v1 leaves the default out; `az ml` sends it always."),
]

private let defaultsOfInference = [
  AllowedDifference(
    "properties.properties.clusterPurpose", in: .of(.sdk1, "aks"), ours: .value("FastProd"),
    because: "The service's default, said."),
  AllowedDifference(
    "properties.properties.loadBalancerType", in: .of(.sdk1, "aks"), ours: .value("PublicIp"),
    because: "The service's default, said. The SDK v1 says it when it attaches."),
  AllowedDifference(
    "properties.properties.sslConfiguration.status", in: .of(.sdk1, "aks"),
    ours: .value("Disabled"),
    because: "The service's default, said, so that TLS can also be switched off."),
]

private let whatClientsRepeat = [
  AllowedDifference(
    "properties.properties.loadBalancerSubnet", in: .of(.sdk1, "aks"), recorded: .value(.null),
    because: "Nothing is given, and absence says so too."),
  AllowedDifference(
    "properties.properties.address", in: .of(.sdk1, "virtualmachine"), recorded: .value(.null),
    because: "Nothing is given, and absence says so too."),
  AllowedDifference(
    "properties.properties.address", in: .of(.sdk1, "hdinsight"), recorded: .value(.null),
    because: "Nothing is given, and absence says so too."),
  AllowedDifference(
    "properties.properties.schedules.computeStartStop[0].cron.triggerType",
    in: .of(.azML, "computeinstance"), recorded: .value("Cron"),
    because: "It repeats `triggerType` beside it, in a place that the service's description does "
      + "not have."),
  AllowedDifference(
    "properties.namespace", in: .of(.sdk1, "kubernetes"), recorded: .value("team-a"),
    because: "It repeats `properties.properties.namespace`, in a place that the service's "
      + "description does not have."),
  AllowedDifference(
    "properties.identityType", in: .of(.sdk1, "kubernetes"), recorded: .value("SystemAssigned"),
    because: "It repeats `identity.type`, in a place that the service's description does not have."
  ),
  AllowedDifference(
    "properties.identityIds", in: .of(.sdk1, "kubernetes"), recorded: .value(.null),
    because: "Nothing is given, in a place that the service's description does not have."),
]

/// An update sends back what was read: `az ml` the fields it knows, Berth all of them.
private let whatGoesBack = [
  AllowedDifference(
    "id", "name", "type", "systemData.createdAt", "properties.computeLocation",
    "properties.createdOn", "properties.description", "properties.isAttachedCompute",
    "properties.modifiedOn", "properties.provisioningErrors", "properties.provisioningState",
    "properties.resourceId", "properties.properties.allocationState",
    "properties.properties.currentNodeCount", "properties.properties.errors",
    "properties.properties.subnet", "properties.properties.targetNodeCount", in: update,
    ours: .some("what it read"),
    because: "An update sends everything back as it was read but for what changes, as the SDK v1 "
      + "does; what only the service sets it ignores."),
  AllowedDifference(
    "properties.properties.remoteLoginPortPublicAccess", in: update, recorded: .value("Disabled"),
    ours: .value("Enabled"),
    because: "Each sends back what it read; the service that Berth was recorded with had decided "
      + "otherwise."),
]

private let update = AllowedDifference.Scope.of(
  .azML, "amlcompute", source: "PUT computes/basic-example")
