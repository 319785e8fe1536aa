#!/usr/bin/env python3
"""The rule of losses.rego in plain Python: `losses.py plan.json [LIMIT]`; exit code 1 if it is broken."""

import json
import sys


def denials(plan, limit):
    lost = [
        change for change in plan["resource_changes"] if "delete" in change["change"]["actions"]
    ]
    if len(lost) > limit:
        addresses = ", ".join(sorted(change["address"] for change in lost))
        yield f"{len(lost)} targets would be lost or let go, and {limit} may: {addresses}"
    for change in lost:
        if change.get("underlying_resource") == "lost" and change["type"] == "computeinstance":
            yield f"{change['address']} would lose its disk: {change['reason']['text']}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    found = list(denials(plan, int(sys.argv[2]) if len(sys.argv) > 2 else 3))
    for message in found:
        print(message)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
