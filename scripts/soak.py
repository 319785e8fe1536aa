"""A large stack, applied through the emulator while everything fails (see scripts/soak)."""

import argparse
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/soak"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/soak"
API = "api-version=2025-12-01"


def document(number: int, generation: int, instances_from: int) -> str:
    """One target; those of the second generation differ by what can change in place or attached again.

    Instances are where nothing is removed later: berth would refuse to delete their disks.
    """
    name = f"t{number:05d}"
    match number % 10:
        case 0 | 1:
            resource = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/k{number // 20}"
            identity = "system_assigned" if generation and number % 20 == 1 else "none"
            return (
                f"name: {name}\ntype: kubernetes\nresource_id: {resource}\n"
                f"namespace: n{number}\nidentity: {{type: {identity}}}\n"
            )
        case 2:
            pool = f"{GROUP}/providers/Microsoft.Synapse/workspaces/s/bigDataPools/p{number}"
            return f"name: {name}\ntype: synapsespark\nresource_id: {pool}\n"
        case 3 if number >= instances_from:
            return (
                f"name: {name}\ntype: computeinstance\nsize: STANDARD_DS3_V2\n"
                "idle_time_before_shutdown_minutes: 60\n"
            )
        case _:
            most = 4 + 4 * (generation if number % 3 == 0 else 0)
            return (
                f"name: {name}\ntype: amlcompute\nsize: STANDARD_DS3_V2\n"
                f"min_instances: 0\nmax_instances: {most}\n"
            )


def faults(percent: float) -> str:
    """Each sort of fault has an equal share of the calls that fail."""
    share = percent / 100 / 5
    return f"""faults:
  - {{on: any, chance: {share}, answer: {{status: 429, retry_after: 1}}}}
  - {{on: any, chance: {share}, answer: {{status: 503}}}}
  - {{on: any, chance: {share}, connection: reset}}
  - {{on: write, chance: {share}, connection: lose-answer}}
  - {{on: write, chance: {share}, operation: {{takes: 5}}}}
  - {{on: list, chance: {share}, stale: {{writes: 3}}}}
"""


class Watch:
    """The most memory that a process held, looked at ten times a second."""

    def __init__(self, process: subprocess.Popen):
        self.process = process
        self.samples: list[int] = []
        threading.Thread(target=self.look, daemon=True).start()

    def look(self) -> None:
        while self.process.poll() is None:
            try:
                pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
            except (FileNotFoundError, ProcessLookupError, IndexError):
                return
            self.samples.append(pages * os.sysconf("SC_PAGE_SIZE"))
            time.sleep(0.1)

    @property
    def peak(self) -> int:
        return max(self.samples, default=0)


class Soak:
    def __init__(self, options: argparse.Namespace, folder: Path):
        self.options = options
        self.folder = folder
        self.random = random.Random(options.seed)
        self.port = free_port()
        self.applies = self.kills = self.emulator_kills = 0
        self.peaks = {"berth": 0, "emulator": 0}
        self.emulator_watch: Watch | None = None
        (folder / "faults.yml").write_text(faults(options.faults))
        (folder / "berth.yaml").write_text(
            "stack: soak\n"
            f"workspace: {{subscription_id: {SUBSCRIPTION}, resource_group: soak, name: soak, "
            "location: westeurope}\n"
            f"backend: {{type: azure, endpoint: 'http://127.0.0.1:{self.port}', "
            "auth: {type: none}}\n"
            "computes: [targets.yml]\n"
        )

    # The emulator

    def start_emulator(self) -> None:
        command = [
            self.options.berth, "emulate", "--auth", "none", "--store", "service.db",
            "--listen", f"127.0.0.1:{self.port}", "--faults", "faults.yml",
            "--seed", str(self.options.seed), "--operation-milliseconds", "300",
        ]  # fmt: skip
        log = (self.folder / "emulator.log").open("a")
        self.emulator = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        self.emulator_watch = Watch(self.emulator)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        sys.exit("The emulator does not listen.")

    def stop_emulator(self, how: signal.Signals) -> None:
        self.emulator.send_signal(how)
        self.emulator.wait()
        self.peaks["emulator"] = max(self.peaks["emulator"], self.emulator_watch.peak)

    # Berth

    def write_targets(self, numbers: range, generation: int) -> None:
        self.desired = {f"t{number:05d}" for number in numbers}
        text = "---\n".join(
            document(number, generation, self.options.targets // 10) for number in numbers
        )
        (self.folder / "targets.yml").write_text(text)

    def berth(self, *arguments: str) -> subprocess.Popen:
        log = (self.folder / "berth.log").open("a")
        return subprocess.Popen(
            [self.options.berth, *arguments, "--no-color"], cwd=self.folder, stdout=log, stderr=log
        )

    def apply(self, kills: int, emulator_kills: int = 0) -> None:
        """Applies until everything is done; on the way, berth and the emulator are killed."""
        disasters = ["berth"] * kills + ["emulator"] * emulator_kills
        self.random.shuffle(disasters)
        for _ in range(40):
            self.applies += 1
            process = self.berth("apply", "--auto-approve", "--parallelism", "16")
            watch = Watch(process)
            while disasters and self.strike(disasters[-1], process):
                # Berth lives on without its service, for a while.
                if disasters.pop() == "berth":
                    break
            status = process.wait()
            self.peaks["berth"] = max(self.peaks["berth"], watch.peak)
            print(f"  apply {self.applies}: exit {status}", flush=True)
            if status == 0:
                if disasters:
                    sys.exit("All was done before all could be killed; take more targets.")
                return
            if status not in (0, 1, 6, -signal.SIGKILL):
                sys.exit(f"An apply ended with {status}; see {self.folder}.")
        sys.exit(f"It does not converge; see {self.folder}.")

    def strike(self, whom: str, process: subprocess.Popen) -> bool:
        """Kills one of the two after a while; false if the apply was over before."""
        try:
            process.wait(timeout=self.random.uniform(2, self.options.targets / 30))
            return False
        except subprocess.TimeoutExpired:
            pass
        if whom == "berth":
            process.kill()
            self.kills += 1
        else:
            self.stop_emulator(signal.SIGKILL)
            self.emulator_kills += 1
            time.sleep(2)
            self.start_emulator()
        return True

    def expect_no_changes(self) -> None:
        status = self.berth("plan", "--detailed-exitcode").wait()
        if status != 0:
            sys.exit(f"A plan after the apply ends with {status}; see {self.folder}.")

    # What the service holds

    def check(self) -> None:
        live = list(self.computes())
        names = [compute["name"] for compute in live]
        assert len(names) == len(set(names)), "a name stands twice"
        assert set(names) == self.desired, sorted(set(names) ^ self.desired)[:10]
        states = {compute["properties"]["provisioningState"] for compute in live}
        assert states == {"Succeeded"}, states
        held = [
            (resource.lower(), compute["properties"]["properties"].get("namespace"))
            for compute in live
            if (resource := compute["properties"].get("resourceId"))
            and compute["properties"]["computeType"] != "ComputeInstance"
        ]
        assert len(held) == len(set(held)), "a resource is attached twice"
        database = sqlite3.connect(f"file:{self.folder}/service.db?mode=ro", uri=True)
        events = dict(database.execute("SELECT event, count(*) FROM history GROUP BY event"))
        assert "attachment-broken" not in events, "an attachment was broken"
        self.events = events

    def computes(self):
        url = f"http://127.0.0.1:{self.port}{WORKSPACE}/computes?{API}"
        while url:
            try:
                with urllib.request.urlopen(url) as answer:
                    page = json.load(answer)
            except OSError:
                time.sleep(0.2)
                continue
            yield from page["value"]
            url = page.get("nextLink")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def megabytes(count: int) -> str:
    return f"{count / 1_000_000:.0f} MB"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--berth", required=True)
    parser.add_argument("--targets", type=int, default=2_000)
    parser.add_argument("--faults", type=float, default=5, help="percent of the calls")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="berth-soak-"))
    soak = Soak(options, folder)
    began = time.monotonic()
    soak.start_emulator()
    try:
        print(f"{options.targets} targets from nothing:", flush=True)
        soak.write_targets(range(options.targets), generation=0)
        soak.apply(kills=options.kills - 1, emulator_kills=1)
        soak.check()
        first_peak = soak.emulator_watch.peak
        # A tenth goes, a tenth comes, and of the rest a third changes in place or is attached again.
        print("a tenth of them exchanged, a third changed:", flush=True)
        tenth = options.targets // 10
        soak.write_targets(range(tenth, options.targets + tenth), generation=1)
        soak.apply(kills=1)
        soak.expect_no_changes()
        soak.check()
    finally:
        soak.stop_emulator(signal.SIGTERM)
    seconds = time.monotonic() - began
    print(f"converged after {soak.applies} applies in {seconds:.0f} s (seed {options.seed})")
    print(f"killed: berth {soak.kills} times, the emulator {soak.emulator_kills} times")
    print("the service: " + ", ".join(f"{event} {soak.events[event]}" for event in sorted(soak.events)))
    print(
        f"most memory: berth {megabytes(soak.peaks['berth'])}, "
        f"the emulator {megabytes(first_peak)} after the first half, "
        f"{megabytes(soak.peaks['emulator'])} at its end"
    )


main()
