"""What Benchmarks/bench runs: measures Berth, the floor and the peers, and prints a table."""

import argparse
import math
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import peers

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
FLOOR = "libyaml's event loop"
APPLY = "apply, everything new"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
# A line of `--timings`: what a phase took of the processor.
PHASE = re.compile(r"^timing phase=(\S+) wall_ms=\S+ cpu_ms=(\S+)", re.MULTILINE)


class Sample:
    """Medians of several runs of one program: CPU and wall in seconds, memory in MiB, and the CPU
    of each phase in milliseconds, if it was asked for `--timings`."""

    def __init__(self, runs):
        self.cpu = statistics.median(run[0] for run in runs)
        self.wall = statistics.median(run[1] for run in runs)
        self.memory = statistics.median(run[2] for run in runs)
        self.phases = {
            phase: statistics.median(run[3].get(phase, 0) for run in runs) for phase in runs[0][3]}


def run_once(command, folder):
    start = time.monotonic()
    with open(os.devnull, "w") as nowhere, tempfile.TemporaryFile("w+") as messages:
        process = subprocess.Popen(command, cwd=folder, stdout=nowhere, stderr=messages)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        messages.seek(0)
        told = messages.read()
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        sys.exit(f"{told}\n{' '.join(map(str, command))} ended with {code} in {folder}")
    phases = {phase: float(cpu) for phase, cpu in PHASE.findall(told)}
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, phases


def measured(commands, runs):
    """The samples of commands, each a name with a command and its folder.

    They take turns, so that what else the machine does meets all of them.
    """
    found = {name: [] for name, _, _ in commands}
    for _ in range(runs):
        for name, command, folder in commands:
            found[name].append(run_once(command, folder))
    return {name: Sample(runs) for name, runs in found.items()}


def write_stack(folder, count, *options):
    """Writes a stack in a process of its own: what this one once held would count as the peak of
    every program that it starts."""
    script = pathlib.Path(__file__).with_name("stacks.py")
    subprocess.run([sys.executable, "-B", script, folder, str(count), *options], check=True)


def berth_table(given, count):
    """The figures of one size, by what was measured."""
    def stack(name, *options):
        folder = given.folder / f"{name}-{count}"
        write_stack(folder, count, *options)
        return folder

    def berth(*words):
        return [given.berth, *words, "--timings"]

    new = stack("new")
    rows = [
        (FLOOR, [given.floor, "targets/all.yml"], new),
        ("validate", berth("validate"), new),
        ("validate, a file a target", berth("validate"),
         stack("split", "--file-a-target")),
        ("plan, everything new", berth("plan"), new),
    ]
    applied = {}
    if count <= given.live:
        live = stack("live")
        # Once: a second one would find nothing to do.
        applied[APPLY] = Sample([run_once(
            berth("apply", "--auto-approve", "--parallelism", "50"), live)])
        changed = given.folder / f"changed-{count}"
        shutil.copytree(live, changed)
        write_stack(changed, count, "--changed", "1")
        rows += [
            ("plan, nothing changed", berth("plan"), live),
            ("drift, nothing changed", berth("drift"), live),
            ("plan, 1 % changed", berth("plan"), changed),
        ]
    rows.append(("version", [given.berth, "version"], new))
    return measured(rows, given.runs) | applied


def exponents(tables):
    """How cost grows with the number of targets: the slope between the least and most of them."""
    slopes = {}
    for name in tables[min(tables)]:
        cost = {count: table[name].cpu for count, table in tables.items() if name in table}
        least, most = min(cost), max(cost)
        if least < most and name != "version" and cost[least] > 0:
            slopes[name] = math.log(cost[most] / cost[least]) / math.log(most / least)
    return slopes


def lines(given, tables):
    yield f"Commit {commit()}, {machine()}; medians of {given.runs} runs, in turns."
    yield ""
    yield "| targets | what | CPU s | of the floor | wall s | peak MiB |"
    yield "|---:|---|---:|---:|---:|---:|"
    for count, table in tables.items():
        floor = table[FLOOR].cpu
        for name, sample in table.items():
            ratio = f"{sample.cpu / floor:.1f}" if name != "version" and floor else ""
            yield (f"| {count} | {name} | {sample.cpu:.3f} | {ratio} | {sample.wall:.3f} "
                   f"| {sample.memory:.0f} |")
    applied = {count: table[APPLY] for count, table in tables.items() if APPLY in table}
    if applied:
        yield ""
        yield "An apply, run once, planned, journaled and stored; CPU a target: " + ", ".join(
            f"{sample.cpu / count * 1000:.2f} ms of {count}" for count, sample in applied.items()
        ) + "."
    growth = exponents(tables)
    if growth:
        yield ""
        yield "CPU grows with the number of targets to the power of:"
        yield ""
        yield "| what | exponent |"
        yield "|---|---:|"
        for name, exponent in growth.items():
            yield f"| {name} | {exponent:.2f} |"


def phase_lines(tables):
    """Where the CPU time of the usual size goes."""
    count = max((count for count in tables if count <= 10_000), default=min(tables))
    samples = {name: sample for name, sample in tables[count].items() if sample.phases}
    phases = [*dict.fromkeys(
        phase for sample in samples.values() for phase in sample.phases
        if phase not in ("total", "other")), "other"]
    yield ""
    yield f"By phase (`--timings`), CPU in milliseconds, {count} targets:"
    yield ""
    yield f"| what | {' | '.join(phases)} |"
    yield f"|---|{'---:|' * len(phases)}"
    for name, sample in samples.items():
        cells = (f"{sample.phases[phase]:.0f}" if phase in sample.phases else "" for phase in phases)
        yield f"| {name} | {' | '.join(cells)} |"


def peer_lines(given, tables):
    yield ""
    yield "Peers, planning as many resources with nothing changed, one run:"
    yield ""
    yield "| program | targets | CPU s | wall s |"
    yield "|---|---:|---:|---:|"
    for name, prepare in peers.PEERS.items():
        program = shutil.which("terraform") if name == "terraform" else given.octodns
        if not program or not os.access(program, os.X_OK):
            yield f"| {name} | | not installed here | |"
            continue
        command, folder = prepare(program, given.folder, given.peers)
        sample = Sample([run_once(command, folder)])
        yield f"| {name} | {given.peers} | {sample.cpu:.2f} | {sample.wall:.2f} |"


def put_between(begin, end, text):
    """Keeps a table in the docs, in the place of the last one."""
    page = PAGE.read_text()
    before, rest = page.split(begin, 1)
    after = rest.split(end, 1)[1]
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}")


def commit():
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return found.stdout.strip() or "unknown"


def machine():
    model = ""
    try:
        for line in open("/proc/cpuinfo"):
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} x {model or 'unknown CPU'}"


def main():
    parser = argparse.ArgumentParser(description="Measures Berth, the floor and the peers.")
    parser.add_argument("--berth", required=True, help="the binary")
    parser.add_argument("--floor", required=True, help="Benchmarks/floor.c, compiled")
    parser.add_argument("--folder", required=True, type=pathlib.Path, help="where to work")
    parser.add_argument("--octodns", help="octodns-sync, if it can be had")
    parser.add_argument("--counts", default="1000,10000", help="how many targets; several sizes")
    parser.add_argument("--runs", type=int, default=5, help="runs of each; medians are told")
    parser.add_argument("--live", type=int, default=10_000,
                        help="the most targets that are also applied, for plans of live ones")
    parser.add_argument("--peers", type=int, default=0, metavar="COUNT",
                        help="also measure the peers, with so many resources; takes minutes")
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    given = parser.parse_args()
    given.berth = str(pathlib.Path(given.berth).resolve())
    tables = {}
    for count in sorted(int(text) for text in given.counts.split(",")):
        tables[count] = berth_table(given, count)
    text = [*lines(given, tables), *phase_lines(tables)]
    if given.peers:
        text += peer_lines(given, tables)
    print("\n".join(text))
    if given.write:
        put_between(BEGIN, END, "\n".join(text))


if __name__ == "__main__":
    main()
