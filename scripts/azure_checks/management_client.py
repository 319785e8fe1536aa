"""azure-mgmt-machinelearningservices against the emulator, and Berth beside it.

The version that Python finds is checked: 1.0.1 speaks 2020-08-01, 2.0.0b2 speaks 2023-04-01.
"""

import importlib.metadata

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.machinelearningservices import MachineLearningServicesMgmtClient, models

from checks import Checks, equal, raises
from emulator import GROUP, LOCATION, SUBSCRIPTION, Emulator, resource
from stack import Stack
from tokens import AnyCredential, AnyToken

VERSION = importlib.metadata.version("azure-mgmt-machinelearningservices")
IS_OLDER = VERSION.startswith("1.")

WORKSPACE = (GROUP, "by-mgmt")


def model(*names, **values):
    """A model, by the name that this version has for it."""
    return next(getattr(models, name) for name in names if hasattr(models, name))(**values)


def compute(properties):
    return models.ComputeResource(location=LOCATION, properties=properties)


def cluster(most):
    return compute(models.AmlCompute(properties=models.AmlComputeProperties(
        vm_size="STANDARD_D2_V2", vm_priority="Dedicated",
        scale_settings=models.ScaleSettings(
            min_node_count=2, max_node_count=most, node_idle_time_before_scale_down="PT5M"))))


def login(password):
    return models.VirtualMachineSshCredentials(username="berth", password=password)


def every_kind():
    """A compute of each kind that this version can speak, by name, with Berth's type of it. What is
    said is nowhere the default, which Berth would leave out."""
    kinds = {
        "cpu": ("amlcompute", cluster(5)),
        "box": ("computeinstance", compute(models.ComputeInstance(
            properties=models.ComputeInstanceProperties(vm_size="STANDARD_D2_V2")))),
        "aks-made": ("aks", compute(models.AKS(
            properties=model("AKSProperties", "AKSSchemaProperties", agent_count=4)))),
        "aks-found": ("aks", compute(models.AKS(
            resource_id=resource("Microsoft.ContainerService", "managedClusters/found")))),
        "machine": ("virtualmachine", compute(models.VirtualMachine(
            resource_id=resource("Microsoft.Compute", "virtualMachines/machine"),
            properties=model(
                "VirtualMachineProperties", "VirtualMachineSchemaProperties", ssh_port=2222,
                administrator_account=login("canary-machine"))))),
        "hadoop": ("hdinsight", compute(models.HDInsight(
            resource_id=resource("Microsoft.HDInsight", "clusters/hadoop"),
            properties=models.HDInsightProperties(
                ssh_port=22, administrator_account=login("canary-hadoop"))))),
        "bricks": ("databricks", compute(models.Databricks(
            resource_id=resource("Microsoft.Databricks", "workspaces/bricks"),
            properties=models.DatabricksProperties(
                databricks_access_token="canary-bricks")))),
        "lake": ("datalakeanalytics", compute(models.DataLakeAnalytics(
            resource_id=resource("Microsoft.DataLakeAnalytics", "accounts/lake")))),
        "factory": ("datafactory", compute(models.DataFactory(
            resource_id=resource("Microsoft.DataFactory", "factories/factory")))),
    }
    if not IS_OLDER:
        kinds["k8s"] = ("kubernetes", compute(models.Kubernetes(
            resource_id=resource("Microsoft.ContainerService", "managedClusters/k8s"),
            properties=models.KubernetesProperties(namespace="team-a"))))
        kinds["spark"] = ("synapsespark", compute(models.SynapseSpark(
            resource_id=resource("Microsoft.Synapse", "workspaces/w/bigDataPools/spark"),
            properties=models.SynapseSparkProperties())))
    return kinds


class Conversation:
    def __init__(self, url, checks):
        self.checks = checks
        self.client = MachineLearningServicesMgmtClient(
            AnyCredential(), SUBSCRIPTION, base_url=url, authentication_policy=AnyToken(),
            polling_interval=0)
        self.computes = (
            self.client.machine_learning_compute if IS_OLDER else self.client.compute)
        self.stack = Stack(url, WORKSPACE[1])
        self.kinds = every_kind()

    def take(self):
        self.create()
        self.list()
        self.compare()
        self.update()
        self.tell_secrets()
        self.tell_nodes()
        self.switch()
        self.remove()
        self.tell_region()

    # Each of the service's operations, and what Berth sees of it

    def get(self, name):
        return self.computes.get(*WORKSPACE, name)

    def put(self, name, parameters):
        return self.computes.begin_create_or_update(*WORKSPACE, name, parameters).result()

    def act(self, action, name):
        """Start, stop and restart, which were no operations that take time in 2020."""
        begin = getattr(self.computes, f"begin_{action}", None)
        if begin:
            return begin(*WORKSPACE, name).result()
        return getattr(self.computes, action)(*WORKSPACE, name)

    def create(self):
        for name, (kind, parameters) in self.kinds.items():
            with self.checks.check(f"creates or attaches {kind} '{name}'"):
                made = self.put(name, parameters)
                equal(made.properties.provisioning_state, "Succeeded", "the state")
                equal(made.properties.compute_type, parameters.properties.compute_type, "the type")
                equal(made.as_dict(), self.get(name).as_dict(), "what was answered at the end")
        with self.checks.check("is refused a name that the service does not take"):
            error = raises(HttpResponseError, lambda: self.put("abc-1", self.kinds["cpu"][1]))
            equal((error.status_code, error.error.code), (400, "InvalidParameter"), "the refusal")

    def list(self):
        lists = self.computes.list_by_workspace if IS_OLDER else self.computes.list
        with self.checks.check("lists them all, three on a page, each as it reads by itself"):
            pages = [list(page) for page in lists(*WORKSPACE).by_page()]
            sizes = [len(page) for page in pages]
            equal(sizes[:-1], [3] * (len(sizes) - 1), "the sizes of the pages")
            found = {one.name: one for page in pages for one in page}
            equal(sorted(found), sorted(self.kinds), "the names")
            for name, one in found.items():
                equal(one.as_dict(), self.get(name).as_dict(), f"'{name}' in the list")

    def compare(self):
        with self.checks.check("reads what Berth lists: types, states, resources"):
            seen = self.stack.list()
            equal(sorted(seen), sorted(self.kinds), "the names")
            for name, (kind, _) in self.kinds.items():
                read = self.get(name).properties
                equal(seen[name]["kind"], kind, f"the type of '{name}'")
                equal(seen[name]["state"], read.provisioning_state, f"the state of '{name}'")
                equal(seen[name]["resource_id"], read.resource_id, f"the resource of '{name}'")
                equal(seen[name]["attached"], read.is_attached_compute, f"'{name}', attached")
        with self.checks.check("reads what Berth imports: sizes, counts, namespaces"):
            documents = self.stack.imported()
            # What needs a secret that nobody tells can't be written down.
            secret = {"machine", "hadoop", "bricks"}
            equal(sorted(documents), sorted(set(self.kinds) - secret), "the names")
            read = {name: self.get(name).properties for name in documents}
            inner = {name: getattr(one, "properties", None) for name, one in read.items()}
            scale = inner["cpu"].scale_settings
            equal(documents["cpu"]["size"], inner["cpu"].vm_size, "the cluster's size")
            equal(documents["cpu"]["min_instances"], scale.min_node_count, "its least")
            equal(documents["cpu"]["max_instances"], scale.max_node_count, "its most")
            equal(documents["box"]["size"], inner["box"].vm_size, "the instance's size")
            equal(documents["aks-made"]["agent_count"], inner["aks-made"].agent_count, "the agents")
            if not IS_OLDER:
                equal(documents["k8s"]["namespace"], inner["k8s"].namespace, "the namespace")

    def update(self):
        scale = models.ScaleSettings(
            min_node_count=1, max_node_count=7, node_idle_time_before_scale_down="PT10M")
        parameters = models.ClusterUpdateParameters(
            **({"scale_settings": scale} if IS_OLDER
               else {"properties": models.ScaleSettingsInformation(scale_settings=scale)}))
        with self.checks.check("updates a cluster by PATCH, and Berth sees it"):
            self.computes.begin_update(*WORKSPACE, "cpu", parameters).result()
            read = self.get("cpu").properties.properties
            equal(read.scale_settings.as_dict(), scale.as_dict(), "the scale")
            equal(read.vm_size, "STANDARD_D2_V2", "the size, which was not sent")
            equal(self.stack.imported()["cpu"]["max_instances"], 7, "what Berth reads")
        with self.checks.check("updates a cluster by PUT, and Berth sees it"):
            self.put("cpu", cluster(9))
            read = self.get("cpu").properties.properties.scale_settings
            equal((read.min_node_count, read.max_node_count), (2, 9), "the scale")
            equal(self.stack.imported()["cpu"]["max_instances"], 9, "what Berth reads")

    def tell_secrets(self):
        def keys(name):
            return self.computes.list_keys(*WORKSPACE, name)

        with self.checks.check("is told the secrets that it sent, by listKeys alone"):
            equal(keys("machine").administrator_account.password, "canary-machine", "the password")
            equal(keys("bricks").databricks_access_token, "canary-bricks", "the token")
            assert "apiVersion" in keys("aks-found").user_kube_config
            for name in self.kinds:
                assert "canary" not in str(self.get(name).as_dict()), name
            assert "canary" not in self.stack.run("import")

    def tell_nodes(self):
        with self.checks.check("is told a cluster's nodes, as many as it has at least"):
            nodes = self.computes.list_nodes(*WORKSPACE, "cpu")
            nodes = nodes.nodes if hasattr(nodes, "nodes") else list(nodes)
            equal(len(nodes), 2, "how many")
            equal({node.node_state for node in nodes}, {"idle"}, "their states")

    def switch(self):
        for action, state, power in [
            ("stop", "Stopped", "stopped"), ("start", "Running", "running"),
            ("restart", "Running", "running"),
        ]:
            with self.checks.check(f"asks an instance to {action}, and Berth sees it {power}"):
                self.act(action, "box")
                self.wait_for(state)
                equal(self.stack.list()["box"]["power"], power, "what Berth reads")

    def wait_for(self, state):
        for _ in range(200):
            read = self.get("box").properties
            if read.provisioning_state == "Succeeded":
                break
        equal(read.properties.state, state, "the instance")

    def remove(self):
        for name, action in [("cpu", "Delete"), ("machine", "Detach")]:
            with self.checks.check(f"asks to {action.lower()} '{name}', gone for Berth too"):
                self.computes.begin_delete(*WORKSPACE, name, action).result()
                error = raises(ResourceNotFoundError, lambda: self.get(name))
                equal(error.error.code, "ResourceNotFound", "the code")
                assert name not in self.stack.list()
        with self.checks.check("asks again to delete what is gone"):
            self.computes.begin_delete(*WORKSPACE, "cpu", "Delete").result()

    def tell_region(self):
        with self.checks.check("is told the usages of the region, consistent with what is there"):
            usages = list(self.client.usages.list(LOCATION))
            used = {usage.name.value: usage.current_value for usage in usages}
            assert used and all(
                usage.current_value <= usage.limit or usage.limit < 0 for usage in usages), used
            assert any(used.values()), "the instance counts"
        with self.checks.check("is told the machine sizes"):
            sizes = self.client.virtual_machine_sizes.list(LOCATION)
            sizes = sizes.aml_compute if hasattr(sizes, "aml_compute") else sizes.value
            assert "standard_d2_v2" in {size.name.lower() for size in sizes}
        with self.checks.check("is told quotas, and sets one"):
            quotas = list(self.client.quotas.list(LOCATION))
            assert quotas
            one = models.QuotaBaseProperties(
                id=quotas[0].id, type=quotas[0].type, limit=quotas[0].limit, unit="Count")
            updated = self.client.quotas.update(LOCATION, models.QuotaUpdateParameters(value=[one]))
            equal([quota.status for quota in updated.value], ["Success"], "the status")
        with self.checks.check("reads the workspace"):
            workspace = self.client.workspaces.get(*WORKSPACE)
            equal((workspace.name, workspace.location), (WORKSPACE[1], LOCATION), "who it is")


if __name__ == "__main__":
    checks = Checks(f"azure-mgmt-machinelearningservices {VERSION}")
    with Emulator("--auth", "none") as emulator:
        Conversation(emulator.url, checks).take()
    checks.end()
