"""Berth against an emulator at which much goes wrong: a stack of every type converges all the same,
and nothing is made twice."""

import pathlib

import yaml

from checks import Checks
from emulator import Emulator, resource
from stack import Stack

SEEDS = [1, 2]

# An apply may fail, find another world than it planned for, or not know how a write ended; see
# docs/commands.md.
ENDS = (0, 1, 4, 5, 6)

# Requests that fail before and after their effect, answers that come late or tell of the past.
FAULTS = {"faults": [
    {"on": "any", "chance": 0.04, "answer": {"status": 429, "retry_after": 1}},
    {"on": "any", "chance": 0.04, "answer": {"status": 503, "body": "html"}},
    {"on": "any", "chance": 0.04, "connection": "reset"},
    {"on": "any", "chance": 0.04, "connection": "lose-answer"},
    {"on": ["list", "get"], "chance": 0.1, "stale": {"writes": 1}},
    {"chance": 0.2, "operation": {"takes": 2}},
]}

DOCUMENTS = [
    {"name": "cpu", "type": "amlcompute", "max_instances": 4},
    {"name": "gpu", "type": "amlcompute", "size": "STANDARD_NC6", "tier": "low_priority"},
    {"name": "box", "type": "computeinstance", "idle_time_before_shutdown_minutes": 60},
    {"name": "made", "type": "aks", "agent_count": 3},
    {"name": "k8s", "type": "kubernetes", "namespace": "team-a",
     "resource_id": resource("Microsoft.ContainerService", "managedClusters/k8s")},
    {"name": "spark", "type": "synapsespark",
     "resource_id": resource("Microsoft.Synapse", "workspaces/w/bigDataPools/spark")},
    {"name": "lake", "type": "datalakeanalytics",
     "resource_id": resource("Microsoft.DataLakeAnalytics", "accounts/lake")},
    {"name": "factory", "type": "datafactory",
     "resource_id": resource("Microsoft.DataFactory", "factories/factory")},
    {"name": "batch", "type": "batch",
     "resource_id": resource("Microsoft.Batch", "batchAccounts/batch")},
    {"name": "bricks", "type": "databricks", "access_token": "${env:CANARY}",
     "resource_id": resource("Microsoft.Databricks", "workspaces/bricks")},
    {"name": "hadoop", "type": "hdinsight",
     "resource_id": resource("Microsoft.HDInsight", "clusters/hadoop"),
     "ssh_settings": {"admin_username": "berth", "admin_password": "${env:CANARY}"}},
    {"name": "machine", "type": "virtualmachine",
     "resource_id": resource("Microsoft.Compute", "virtualMachines/machine"),
     "ssh_settings": {"admin_username": "berth", "admin_password": "${env:CANARY}"}},
]


def apply_until_settled(stack):
    """Applies as a pipeline would that is run again; how often that was."""
    for count in range(1, 9):
        stack.run("apply", "--auto-approve", statuses=ENDS)
        if is_settled(stack):
            return count
    raise AssertionError("it does not converge")


def is_settled(stack):
    for _ in range(5):
        plan = stack.run("plan", "--detailed-exitcode", "--no-color", statuses=(0, 1, 2))
        if "No changes" in plan:
            return True
    return False


def must_be_there(stack, documents):
    """A list may be of the past; one of some is not."""
    due = sorted(one["name"] for one in documents)
    lists = [sorted(stack.list()) for _ in range(4)]
    assert due in lists, f"what is there is {lists}, not {due}"


def play(checks, seed):
    faults = Emulator("--auth", "none", "--faults", "faults.yml", "--seed", str(seed))
    pathlib.Path(faults.folder.name, "faults.yml").write_text(yaml.safe_dump(FAULTS))
    with faults as emulator:
        stack = Stack(emulator.url, "converging")
        stack.environment = {"CANARY": "canary-1"}
        stack.write("compute/all.yml", DOCUMENTS)
        with checks.check(f"a stack of every type comes to be, seed {seed}"):
            apply_until_settled(stack)
            must_be_there(stack, DOCUMENTS)
        with checks.check(f"it changes as its documents do, seed {seed}"):
            changed = [dict(one) for one in DOCUMENTS[:-1]]
            changed[0]["max_instances"] = 7
            changed[2]["idle_time_before_shutdown_minutes"] = 90
            stack.write("compute/all.yml", changed)
            apply_until_settled(stack)
            must_be_there(stack, changed)


if __name__ == "__main__":
    checks = Checks("a stack among faults")
    for seed in SEEDS:
        play(checks, seed)
    checks.end()
