"""azure-ai-ml against the emulator, and Berth beside it."""

import importlib.metadata
import os

os.environ["AZURE_ML_CLI_TELEMETRY"] = "0"

from azure.ai.ml import MLClient
from azure.ai.ml.entities import (
    AmlCompute, ComputeInstance, KubernetesCompute, SynapseSparkCompute, VirtualMachineCompute,
    VirtualMachineSshSettings)
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from checks import Checks, equal, raises
from emulator import GROUP, LOCATION, SUBSCRIPTION, Emulator, resource
from stack import Stack
from tokens import AnyCredential, AnyToken

VERSION = importlib.metadata.version("azure-ai-ml")
WORKSPACE = "by-ml"

KINDS = {
    "cpu": AmlCompute(
        name="cpu", size="STANDARD_D2_V2", min_instances=1, max_instances=3,
        idle_time_before_scale_down=300, tags={"team": "a"}),
    "box": ComputeInstance(
        name="box", size="STANDARD_D2_V2", enable_sso=True,
        idle_time_before_shutdown_minutes=60),
    "machine": VirtualMachineCompute(
        name="machine", resource_id=resource("Microsoft.Compute", "virtualMachines/machine"),
        ssh_settings=VirtualMachineSshSettings(
            admin_username="berth", admin_password="canary-machine", ssh_port=2222)),
    "k8s": KubernetesCompute(
        name="k8s", namespace="team-a",
        resource_id=resource("Microsoft.ContainerService", "managedClusters/k8s")),
    "spark": SynapseSparkCompute(
        name="spark", resource_id=resource("Microsoft.Synapse", "workspaces/w/bigDataPools/spark")),
}


class Conversation:
    def __init__(self, url, checks):
        os.environ["AZUREML_DEV_URL_MFE"] = url
        self.checks = checks
        self.client = MLClient(
            AnyCredential(), SUBSCRIPTION, GROUP, WORKSPACE, authentication_policy=AnyToken(),
            enable_telemetry=False)
        self.computes = self.client.compute
        self.stack = Stack(url, WORKSPACE)

    def take(self):
        self.create()
        self.list()
        self.compare()
        self.update()
        self.switch()
        self.tell()
        self.remove()
        self.take_over()

    def create(self):
        for name, entity in KINDS.items():
            with self.checks.check(f"creates or attaches {entity.type} '{name}'"):
                made = self.computes.begin_create_or_update(entity).result()
                equal((made.name, made.type), (name, entity.type), "what was made")
                equal(self.computes.get(name).provisioning_state, "Succeeded", "the state")
        with self.checks.check("is refused a name that the service does not take"):
            wrong = AmlCompute(name="abc-1", size="STANDARD_D2_V2", max_instances=1)
            raises(
                HttpResponseError, lambda: self.computes.begin_create_or_update(wrong).result())

    def list(self):
        with self.checks.check("lists them all, over more than one page"):
            found = {one.name: one.type for one in self.computes.list()}
            equal(found, {name: one.type for name, one in KINDS.items()}, "the list")
        with self.checks.check("lists one type alone"):
            equal([one.name for one in self.computes.list(compute_type="amlcompute")], ["cpu"])

    def compare(self):
        with self.checks.check("reads what Berth lists: types, states, resources"):
            seen = self.stack.list()
            equal(sorted(seen), sorted(KINDS), "the names")
            for name in KINDS:
                read = self.computes.get(name)
                equal(seen[name]["kind"], read.type.lower(), f"the type of '{name}'")
                equal(seen[name]["state"], read.provisioning_state, f"the state of '{name}'")
                equal(
                    seen[name]["resource_id"], getattr(read, "resource_id", None),
                    f"the resource of '{name}'")
        with self.checks.check("reads what Berth imports, by the same words"):
            documents = self.stack.imported()
            for name, words in {
                "cpu": [
                    "size", "min_instances", "max_instances", "idle_time_before_scale_down",
                    "tags"],
                "box": ["size", "idle_time_before_shutdown_minutes"],
                "k8s": ["namespace", "resource_id"],
                "spark": ["resource_id"],
            }.items():
                read = self.computes.get(name)
                for word in words:
                    equal(documents[name].get(word), getattr(read, word), f"{word} of '{name}'")

    def update(self):
        with self.checks.check("updates a cluster, and Berth sees it"):
            cluster = self.computes.get("cpu")
            cluster.max_instances = 9
            cluster.tags = {"team": "b"}
            self.computes.begin_update(cluster).result()
            equal(self.computes.get("cpu").max_instances, 9, "what it reads")
            document = self.stack.imported()["cpu"]
            equal(document["max_instances"], 9, "what Berth reads")
            equal(document["tags"], {"team": "b"}, "the tags that Berth reads")
        with self.checks.check("sends a cluster again as it was first sent"):
            self.computes.begin_create_or_update(KINDS["cpu"]).result()
            equal(self.computes.get("cpu").max_instances, 3, "what it reads")

    def switch(self):
        for action, state, power in [
            ("stop", "Stopped", "stopped"), ("start", "Running", "running"),
            ("restart", "Running", "running"),
        ]:
            with self.checks.check(f"asks an instance to {action}, and Berth sees it {power}"):
                getattr(self.computes, f"begin_{action}")("box").result()
                equal(self.computes.get("box").state, state, "what it reads")
                equal(self.stack.list()["box"]["power"], power, "what Berth reads")
        with self.checks.check("switches single sign-on off"):
            self.computes.enable_sso(name="box", enable_sso=False)
            equal(self.computes.get("box").enable_sso, False)

    def tell(self):
        with self.checks.check("is told a cluster's nodes"):
            equal(len(list(self.computes.list_nodes("cpu"))), 1, "how many")
        with self.checks.check("is told the machine sizes, and those of one type"):
            every = {size.name.lower() for size in self.computes.list_sizes()}
            assert "standard_d2_v2" in every
            assert {
                size.name.lower() for size in self.computes.list_sizes(compute_type="AmlCompute")
            } <= every
        with self.checks.check("is told the usages"):
            # This version reads it under the name that the wire has.
            assert any(usage.currentValue for usage in self.computes.list_usage())
        with self.checks.check("reads the workspace, and finds it in the list"):
            equal(self.client.workspaces.get(WORKSPACE).location, LOCATION, "its region")
            assert WORKSPACE in [workspace.name for workspace in self.client.workspaces.list()]

    def remove(self):
        with self.checks.check("detaches, and it is gone for Berth too"):
            self.computes.begin_delete("k8s", action="Detach").result()
            raises(ResourceNotFoundError, lambda: self.computes.get("k8s"))
            assert "k8s" not in self.stack.list()
        with self.checks.check("deletes, and it is gone for Berth too"):
            self.computes.begin_delete("box").result()
            raises(ResourceNotFoundError, lambda: self.computes.get("box"))
            assert "box" not in self.stack.list()

    def take_over(self):
        document = self.stack.imported()["cpu"]
        with self.checks.check("leaves a cluster that Berth takes over without another change"):
            self.stack.write("compute/cpu.yml", [document])
            self.stack.run("apply", "--auto-approve")
            self.stack.must_be_settled()
            read = self.computes.get("cpu")
            equal((read.min_instances, read.max_instances), (1, 3), "its scale")
            equal(read.tags["team"], "a", "its own tag")
        with self.checks.check("sees what Berth changes"):
            self.stack.write("compute/cpu.yml", [{**document, "max_instances": 6}])
            self.stack.run("apply", "--auto-approve")
            equal(self.computes.get("cpu").max_instances, 6, "what it reads")


if __name__ == "__main__":
    checks = Checks(f"azure-ai-ml {VERSION}")
    with Emulator("--auth", "none") as emulator:
        Conversation(emulator.url, checks).take()
    checks.end()
