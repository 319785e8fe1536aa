"""Every check, one program after another; scripts/conformance runs it."""

import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def run(program, *arguments, path=None):
    """Runs a program, shows what it says, and counts: those that hold, those that do not."""
    environment = {**os.environ, **({"PYTHONPATH": path} if path else {})}
    run = subprocess.Popen(
        [sys.executable, "-W", "ignore", HERE / program, *arguments], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    said, errors = run.communicate()
    print(said, end="", flush=True)
    lines = said.splitlines()
    held = sum(line.startswith("ok ") for line in lines)
    failed = sum(line.startswith("FAILED ") for line in lines)
    if run.returncode and not failed:
        print(f"FAILED  {program} ended with {run.returncode}: {errors[-2000:]}")
        failed = 1
    return held, failed


def main(older, specification, traffic):
    results = [
        run("management_client.py", path=older), run("management_client.py"), run("ml_client.py"),
        run("sign_in.py"), run("faults.py")]
    if pathlib.Path(specification).is_dir():
        results += [run("examples.py", specification), run("traffic.py", specification, traffic)]
    else:
        print(f"LEFT OUT: the official description and its examples are not in {specification}.")
    held, failed = (sum(column) for column in zip(*results))
    print(f"{held + failed} checks, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
