"""Writes stacks of any size for the benchmarks: targets of mixed kinds, about 20 lines each.

usage: python3 Benchmarks/stacks.py FOLDER COUNT [--file-a-target] [--changed PERCENT]

The same arguments write the same bytes. A stack with changed targets differs from the one without
in one field of every hundredth target (for 1 percent), and in nothing else.
"""

import argparse
import pathlib

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
GROUP = f"{SUBSCRIPTION}/resourceGroups/ml-demo-rg"
SCHEMAS = "https://azuremlschemas.azureedge.net/latest"

STACK = """\
stack: bench
workspace:
  subscription_id: 00000000-0000-0000-0000-000000000000
  resource_group: ml-demo-rg
  name: ml-demo
  location: westeurope
backend:
  type: local
computes: ["targets/*.yml"]
"""


def cluster(n, word):
    return f"""\
$schema: {SCHEMAS}/amlCompute.schema.json
name: cluster-{n:05}-x
type: amlcompute
# Belongs to team {n % 50}.
size: STANDARD_DS3_V2
tier: dedicated
min_instances: 0
max_instances: {4 + n % 7}
idle_time_before_scale_down: 120
location: westeurope
description: Cluster number {n} of the {word}
identity:
  type: user_assigned
  user_assigned_identities:
    - resource_id: {GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-{n}
tags:
  team: team-{n % 50}
  cost-center: "{1000 + n}"
  purpose: training
"""


def instance(n, word):
    return f"""\
$schema: {SCHEMAS}/computeInstance.schema.json
name: notebook-{n:05}-x
type: computeinstance
size: STANDARD_DS3_V2
description: Notebooks of the {word}
idle_time_before_shutdown_minutes: {30 + n % 90}
schedules:
  compute_start_stop:
    - action: stop
      trigger:
        type: cron
        start_time: "2026-01-05T18:00:00"
        time_zone: W. Europe Standard Time
        expression: 0 {n % 24} * * 1-5
tags:
  team: team-{n % 50}
  cost-center: "{1000 + n}"
  purpose: exploration
  owner: somebody
"""


def kubernetes(n, word):
    return f"""\
$schema: {SCHEMAS}/kubernetesCompute.schema.json
name: k8s-{n:05}-x
type: kubernetes
resource_id: {GROUP}/providers/Microsoft.Kubernetes/connectedClusters/arc-{n}
namespace: training
description: Nodes for the {word}
identity:
  type: system_assigned
properties:
  defaultInstanceType: small
  instanceTypes:
    small:
      resources:
        requests: {{ cpu: "1", memory: 4Gi }}
        limits: {{ cpu: "2", memory: 8Gi }}
    large:
      resources:
        requests: {{ cpu: "4", memory: 16Gi }}
        limits: {{ cpu: "8", memory: 32Gi }}
"""


def spark(n, word):
    synapse = "Microsoft.Synapse/workspaces/synapse-demo/bigDataPools"
    return f"""\
name: spark-{n:05}-x
type: synapsespark
# Jobs that run
# every night.
resource_id: {GROUP}/providers/{synapse}/pool{n}
description: >
  A pool for the {word},
  which is shared.
identity:
  type: user_assigned
  user_assigned_identities:
    - resource_id: {GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/a-{n}
"""


# Of ten targets.
KINDS = [cluster, instance, cluster, cluster, kubernetes, cluster, instance, cluster, spark, cluster]


def documents(count, changed_percent=0):
    every = int(100 / changed_percent) if changed_percent else 0
    for n in range(count):
        is_changed = every and n % every == every // 2
        yield KINDS[n % len(KINDS)](n, "rest" if is_changed else "benchmark")


def write(folder, count, file_a_target=False, changed_percent=0):
    folder = pathlib.Path(folder)
    targets = folder / "targets"
    targets.mkdir(parents=True, exist_ok=True)
    (folder / "berth.yaml").write_text(STACK)
    texts = documents(count, changed_percent)
    if file_a_target:
        for n, text in enumerate(texts):
            (targets / f"t{n:06}.yml").write_text(text)
    else:
        (targets / "all.yml").write_text("---\n".join(texts))


def main():
    parser = argparse.ArgumentParser(description="Writes a stack for the benchmarks.")
    parser.add_argument("folder")
    parser.add_argument("count", type=int)
    parser.add_argument("--file-a-target", action="store_true")
    parser.add_argument("--changed", type=float, default=0, metavar="PERCENT")
    given = parser.parse_args()
    write(given.folder, given.count, given.file_a_target, given.changed)


if __name__ == "__main__":
    main()
