"""Berth, as its users run it, on a stack whose workspace is at an emulator."""

import json
import os
import pathlib
import subprocess
import tempfile

import yaml

from emulator import BERTH, GROUP, LOCATION, SUBSCRIPTION


class Stack:
    """A folder with a berth.yaml for a workspace."""

    def __init__(self, url, workspace, auth=None, ca_file=None):
        self.folder = tempfile.TemporaryDirectory(prefix="berth-stack-")
        self.environment = {}
        backend = {"type": "azure", "endpoint": url, "auth": auth or {"type": "none"}}
        if ca_file:
            backend["ca_file"] = ca_file
        self.write("berth.yaml", [{
            "stack": "conformance",
            "workspace": {
                "subscription_id": SUBSCRIPTION, "resource_group": GROUP, "name": workspace,
                "location": LOCATION},
            "backend": backend}])

    def write(self, name, documents):
        path = pathlib.Path(self.folder.name, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump_all(documents, sort_keys=False))

    def remove(self, name):
        pathlib.Path(self.folder.name, name).unlink()

    def run(self, *arguments, statuses=(0,)):
        """Runs a command, which must end with one of the statuses; what it printed."""
        run = subprocess.run(
            [BERTH, *arguments], cwd=self.folder.name, capture_output=True, text=True,
            env={**os.environ, **self.environment}, timeout=120)
        if run.returncode not in statuses:
            raise AssertionError(
                f"'berth {' '.join(arguments)}' ended with {run.returncode}: "
                f"{run.stdout[-1500:]} {run.stderr[-1500:]}")
        return run.stdout

    def list(self):
        """What `berth list` shows, by name."""
        targets = json.loads(self.run("list", "--json"))["targets"]
        return {target["name"]: target for target in targets}

    def imported(self):
        """The documents that Berth writes for what is there, by name."""
        documents = yaml.safe_load_all(self.run("import"))
        return {document["name"]: document for document in documents if document}

    def must_be_settled(self):
        """A plan finds nothing to do."""
        self.run("plan", "--detailed-exitcode")
