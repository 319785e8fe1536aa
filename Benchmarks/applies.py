"""Applies stacks to a service in which every call takes the same time, and counts the calls.

usage: python3 Benchmarks/applies.py --berth BINARY [--targets 100] [--latency 0.1] [--write]

The service is `berth emulate`, made slow by a fault. The table says how long an apply took beside
what nobody could beat: all calls shared by those who may work at once, the longest chain of steps, or
what Azure lets a subscription ask (docs/azure.md), whichever is longest.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from bench import commit, machine, put_between

STACK = """\
stack: bench
workspace:
  subscription_id: 00000000-0000-0000-0000-000000000000
  resource_group: bench
  name: bench
  location: westeurope
backend: {{type: azure, endpoint: "{url}", auth: {{type: none}}}}
"""
# What Azure Resource Manager lets a subscription do: at once, and each second after that.
BUDGETS = {"reads": (250, 25), "writes": (200, 10)}
BEGIN, END = "<!-- applies: begin -->", "<!-- applies: end -->"

SHAPES = {
    # A shape: the number of the target that a target waits for, and how many wait in a row.
    "flat": (lambda n: None, 1),
    "chains of four": (lambda n: n - 1 if n % 4 else None, 4),
    "fans of ten": (lambda n: n - n % 10 if n % 10 else None, 2),
}


class Emulator:
    """`berth emulate` while it runs, and what it was asked."""

    def __init__(self, berth, folder, latency):
        faults = folder / "slow.yml"
        faults.write_text(f"faults:\n  - {{on: any, delay: {latency}}}\n")
        self.recording = folder / "traffic.jsonl"
        self.process = subprocess.Popen(
            [berth, "emulate", "--auth", "none", "--listen", "127.0.0.1:0",
             "--operation-milliseconds", "1", "--faults", faults, "--record", self.recording],
            stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://\S+", self.process.stdout.readline())[0]

    def end(self):
        self.process.terminate()
        self.process.wait()

    def calls(self):
        """How often each sort of call was made."""
        counts = collections.Counter()
        for line in self.recording.read_text().splitlines()[1:]:
            request = json.loads(line)["request"]
            path = request["path"].split("?")[0]
            if request["method"] != "GET":
                counts["write"] += 1
            elif path.endswith("/computes"):
                counts["list"] += 1
            elif "/computes/" in path:
                counts["read"] += 1
            else:
                counts["poll"] += 1
        return counts


def write_stack(folder, url, count, shape):
    (folder / "targets").mkdir(parents=True)
    (folder / "berth.yaml").write_text(STACK.format(url=url))
    for number in range(count):
        predecessor = SHAPES[shape][0](number)
        waits = (
            f"berth: {{depends_on: [amlcompute.c{predecessor:05}]}}\n"
            if predecessor is not None else "")
        (folder / "targets" / f"c{number:05}.yml").write_text(
            f"name: c{number:05}\ntype: amlcompute\nsize: STANDARD_DS3_V2\n{waits}")


def run(berth, folder, *arguments):
    start = time.monotonic()
    process = subprocess.Popen([berth, *arguments], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"berth {' '.join(arguments)} failed in {folder}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime


def least_time(calls, given, parallelism, depth):
    """What no program could beat, and which of the three limits it is."""
    reads = calls["list"] + calls["read"] + calls["poll"]
    work = (reads + calls["write"]) * given.latency
    limits = {
        "parallelism": work / parallelism, "chains": work / given.targets * depth,
        "the service's budget": max(
            (count - burst) / rate
            for count, (burst, rate) in ((reads, BUDGETS["reads"]),
                                         (calls["write"], BUDGETS["writes"]))),
    }
    return max((seconds, name) for name, seconds in limits.items())


def rows(given):
    for shape, (_, depth) in SHAPES.items():
        for parallelism in (10, 50):
            with tempfile.TemporaryDirectory() as place:
                place = pathlib.Path(place)
                emulator = Emulator(given.berth, place, given.latency)
                try:
                    write_stack(place / "stack", emulator.url, given.targets, shape)
                    wall, cpu = run(
                        given.berth, place / "stack", "apply", "--auto-approve",
                        "--parallelism", str(parallelism))
                    calls = emulator.calls()
                    plan_wall, _ = run(given.berth, place / "stack", "plan")
                    plan_calls = emulator.calls() - calls
                finally:
                    emulator.end()
                least, limit = least_time(calls, given, parallelism, depth)
                yield shape, parallelism, wall, least, limit, cpu, calls, plan_wall, plan_calls


def lines(given):
    yield f"Commit {commit()}, {machine()}; {given.targets} targets, {given.latency} s a call."
    yield ""
    yield ("| shape | at once | wall s | least s | share | bound by | CPU ms a target "
           "| writes, reads, polls, lists a target |")
    yield "|---|---:|---:|---:|---:|---|---:|---|"
    for shape, parallelism, wall, least, limit, cpu, calls, plan_wall, plan_calls in rows(given):
        each = ", ".join(
            f"{calls[sort] / given.targets:.2f}" for sort in ("write", "read", "poll", "list"))
        yield (f"| {shape} | {parallelism} | {wall:.2f} | {least:.2f} | {least / wall:.2f} "
               f"| {limit} | {cpu / given.targets * 1000:.1f} | {each} |")
    yield ""
    yield (f"Planning the last of them again, with nothing changed: {plan_wall:.2f} s, "
           + ", ".join(f"{count} × {sort}" for sort, count in sorted(plan_calls.items())) + ".")


def main():
    parser = argparse.ArgumentParser(description="Applies to a service of fixed latency.")
    parser.add_argument("--berth", required=True, help="the binary")
    parser.add_argument("--targets", type=int, default=100, help="how many each stack has")
    parser.add_argument("--latency", type=float, default=0.1, help="seconds that each call takes")
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    given = parser.parse_args()
    given.berth = str(pathlib.Path(given.berth).resolve())
    text = "\n".join(lines(given))
    print(text)
    if given.write:
        put_between(BEGIN, END, text)


if __name__ == "__main__":
    main()
