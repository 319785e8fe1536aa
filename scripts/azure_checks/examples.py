"""The examples of the service's official description, played at the emulator.

What is asked for comes back; what is answered says what the example says, but for what only a
service can make up. Nothing of the examples stands in this project: they are read where they are.
"""

import json
import pathlib
import re
import sys
import time

import requests
import yaml

from checks import Checks, equal
from description import SPECIFICATION
from emulator import Emulator

VERSION = "2022-05-01"
FAMILIES = ("Compute", "Quotas", "Usages", "VirtualMachineSizes")

# What a service makes up, at the end of a place. `location` is a region that some examples ask for
# in one word and answer in another.
MADE_UP = (
    ".id", ".createdOn", ".modifiedOn", ".provisioningState", ".location", ".nextLink",
    ".allocationState", ".allocationStateTransitionTime", ".currentNodeCount", ".targetNodeCount",
    ".state", ".userKubeConfig", ".adminKubeConfig", ".imagePullSecretName")
MADE_UP_WITHIN = (
    ".nodeStateCounts.", ".createdBy.", ".connectivityEndpoints.", ".applications[", ".nodes[",
    ".systemServices[", ".extension")

# What must be there before, by operation, if it is not what the example itself shows.
CLUSTER = {"computeType": "AmlCompute", "description": "some compute", "properties": {
    "vmSize": "STANDARD_NC6", "osType": "Windows",
    "scaleSettings": {"minNodeCount": 2, "maxNodeCount": 2}}}
INSTANCE = {"computeType": "ComputeInstance", "properties": {"vmSize": "STANDARD_NC6"}}
AKS = {"computeType": "AKS", "resourceId": (
    "/subscriptions/34adfa4f-cedf-4dc0-ba29-b6d1a69ab345/resourceGroups/testrg123/providers/"
    "Microsoft.ContainerService/managedClusters/one")}
BEFORE = {
    "Compute_Delete": CLUSTER, "Compute_Update": CLUSTER, "Compute_ListNodes": CLUSTER,
    "Compute_ListKeys": AKS, "Compute_Start": INSTANCE, "Compute_Stop": INSTANCE,
    "Compute_Restart": INSTANCE,
}


class Example:
    def __init__(self, path, method, operation, file):
        content = json.loads(file.read_text())
        self.name = f"{operation['operationId']}, {file.parent.name}/{file.name}"
        self.operation = operation["operationId"]
        self.method = method.upper()
        self.parameters = content["parameters"]
        self.path = path.format(**self.parameters)
        self.responses = content["responses"]

    @property
    def body(self):
        return self.parameters.get("parameters")

    @property
    def query(self):
        action = self.parameters.get("underlyingResourceAction")
        return {"api-version": VERSION, **({"underlyingResourceAction": action} if action else {})}

    @property
    def is_list_of_facts(self):
        """Whether it tells of a region, whose facts are nobody's choice."""
        return "/locations/" in self.path and self.method == "GET"

    @property
    def shown(self):
        """What the example shows of a compute that is there."""
        return self.responses.get("200", {}).get("body")


def examples(folder):
    """Every example of an operation that the emulator has."""
    document = folder / SPECIFICATION / "stable" / VERSION / "machineLearningServices.json"
    for path, operations in json.loads(document.read_text())["paths"].items():
        for method, operation in operations.items():
            if operation["operationId"].partition("_")[0] not in FAMILIES:
                continue
            for reference in operation.get("x-ms-examples", {}).values():
                file = (document.parent / reference["$ref"]).resolve()
                yield Example(path, method, operation, file)


class Theatre:
    """An emulator on which examples are played, each in a workspace of its own."""

    def __init__(self, url):
        self.url = url

    def send(self, method, path, body=None, **query):
        query = {"api-version": VERSION, **query}
        return requests.request(method, self.url + path, params=query, json=body, timeout=120)

    def play(self, example):
        self.prepare(example)
        response = self.send(example.method, example.path, example.body, **example.query)
        due = example.responses.get(str(response.status_code))
        assert due is not None, f"status {response.status_code}: {response.text}"
        answer = response.json() if response.text else None
        if example.is_list_of_facts:
            agree_in_form(answer, due["body"])
        elif example.method in ("PUT", "PATCH"):
            # How much is shown while the operation runs differs from example to example.
            agree(answer, within(due["body"], answer), example.body)
        else:
            agree(answer, due.get("body"), example.body)
        for header in due.get("headers", {}):
            assert header in response.headers, f"the header {header} is missing"
        self.wait(response)
        if example.method in ("PUT", "PATCH") and "/computes/" in example.path:
            living = self.send("GET", example.path).json()
            equal(living["properties"]["provisioningState"], "Succeeded", "the state at last")
            agree(living, example.body)
            agree(living, example.shown, example.body)
        if example.method == "DELETE":
            equal(self.send("GET", example.path).status_code, 404, "what is left")

    def prepare(self, example):
        """Brings about what the example begins with."""
        if example.operation == "Quotas_Update":
            self.raise_quotas(example)
        if example.operation == "Usages_List":
            self.use_cores(example)
        if "/computes" not in example.path:
            return
        base = example.path[: example.path.index("/computes") + len("/computes")]
        for compute in self.send("GET", base).json()["value"]:
            self.wait(self.send(
                "DELETE", f"{base}/{compute['name']}",
                underlyingResourceAction=(
                    "Detach" if compute["properties"]["isAttachedCompute"] else "Delete")))
        for name, properties in self.needed(example):
            response = self.send(
                "PUT", f"{base}/{name}", {"location": "eastus", "properties": properties})
            equal(response.status_code, 201, f"preparing: {response.text}")
            self.wait(response)

    def raise_quotas(self, example):
        """A workspace gets no more than its subscription has."""
        base = example.path.removesuffix("/updateQuotas")
        quotas = self.send("GET", f"{base}/quotas").json()["value"]
        response = self.send(
            "POST", example.path, {"value": [
                {**quota, "limit": 400} for quota in quotas if "/vmFamily/" in quota["type"]]})
        equal({quota["status"] for quota in response.json()["value"]}, {"Success"}, "preparing")

    def use_cores(self, example):
        """Somebody uses what the example says is used."""
        cluster = next(
            one["id"] for one in example.shown["value"] if "/computes/usages" in one["type"])
        base = cluster[: cluster.index("/computes/")]
        self.wait(self.send(
            "PUT", f"{base}/computes/cpu", {"location": "eastus", "properties": {
                **CLUSTER, "properties": {**CLUSTER["properties"], "vmSize": "STANDARD_DS3_V2"}}}))

    @staticmethod
    def needed(example):
        shown = example.shown or {}
        if example.operation == "Compute_List":
            return [(one["name"], one["properties"]) for one in shown["value"]]
        if example.operation == "Compute_Get":
            return [(shown["name"], shown["properties"])]
        if example.operation == "Compute_CreateOrUpdate":
            # Those with less than a creation needs are updates.
            is_update = shown["properties"].get("provisioningState") == "Succeeded"
            return [(shown["name"], shown["properties"])] if is_update else []
        return [(example.parameters["computeName"], BEFORE[example.operation])]

    def wait(self, response):
        monitor = response.headers.get("Azure-AsyncOperation") or response.headers.get("Location")
        for _ in range(200):
            if not monitor:
                return
            answer = requests.get(monitor, timeout=120)
            if answer.status_code != 202 and (
                    not answer.text or answer.json().get("status") != "InProgress"):
                return
            time.sleep(0.02)
        raise AssertionError("the operation does not end")


def agree(actual, due, asked=None):
    """Whether an answer says what is due. Where an example answers something else than was asked,
    what was asked counts."""
    for place, value in leaves(due):
        if place.endswith(MADE_UP) or any(part in place for part in MADE_UP_WITHIN):
            continue
        wanted = at(asked, place)
        value = wanted if wanted is not None and not isinstance(wanted, (dict, list)) else value
        if value == "NotSpecified":
            continue  # The service decides.
        found = at(actual, place)
        if isinstance(value, str) and isinstance(found, str):
            value, found = value.lower(), found.lower()
        equal(found, value, place)


def agree_in_form(actual, due):
    """Whether a list has entries of each sort that an example's has, with the same parts."""
    (key, entries), = due.items()
    for entry in entries:
        # One example writes `workspace/usages` beside `workspaces/usages`.
        sort = entry.get("type", "").lower().replace("/workspace/", "/workspaces/")
        found = [one for one in actual[key] if one.get("type", "").lower().startswith(sort)]
        assert any(form(one) >= form(entry) for one in found), f"nothing is like {entry}"


def form(value):
    """The places of a value, elements of lists taken together, with the type of each."""
    return {
        (re.sub(r"\[\d+\]", "[]", place),
         "number" if isinstance(leaf, (int, float)) else type(leaf).__name__)
        for place, leaf in leaves(value)}


def within(due, actual):
    """What is due, as far as the answer has such parts at all."""
    if isinstance(due, dict) and isinstance(actual, dict):
        return {key: within(due[key], actual[key]) for key in due if key in actual}
    return due


def leaves(value, place=""):
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, f"{place}.{key}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from leaves(part, f"{place}[{index}]")
    else:
        yield place, value


def at(value, place):
    for step in place.replace("]", "").replace("[", ".").split(".")[1:]:
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(step)
    return value


def workspaces(every):
    """The workspaces that the examples name."""
    pattern = re.compile(
        r"/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/"
        r"Microsoft.MachineLearningServices/workspaces/(\w+)", re.IGNORECASE)
    found = {
        match for example in every
        for match in pattern.findall(json.dumps([example.path, example.responses]))}
    return {"workspaces": [
        {"subscription_id": subscription, "resource_group": group, "name": name,
         "location": "eastus"}
        for subscription, group, name in sorted(found)]}


if __name__ == "__main__":
    checks = Checks("official examples")
    every = list(examples(pathlib.Path(sys.argv[1])))
    emulator = Emulator("--auth", "none", "--workspaces", "workspaces.yml", "--page-size", "100")
    pathlib.Path(emulator.folder.name, "workspaces.yml").write_text(
        yaml.safe_dump(workspaces(every)))
    with emulator:
        for example in every:
            with checks.check(example.name):
                Theatre(emulator.url).play(example)
    checks.end()
