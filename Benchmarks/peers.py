"""Equal work for other programs: as many resources, all of them live, nothing to change."""

import functools
import json
import subprocess


def plain_record(n):
    """A record with ten values."""
    return f"t{n:06}:\n  ttl: 300\n  type: A\n  values:\n" + "".join(
        f"  - 10.{n >> 8 & 255}.{n & 255}.{value}\n" for value in range(1, 11))


def rich_record(n):
    """A record that is nested as a target is: pools, rules and a health check."""
    network = f"10.{n >> 8 & 255}.{n & 255}"
    return f"""\
t{n:06}:
  dynamic:
    pools:
      far:
        fallback: near
        values:
        - {{value: {network}.1, weight: 2}}
        - {{value: {network}.2, weight: 3}}
      near:
        values:
        - value: {network}.3
        - value: {network}.4
    rules:
    - geos: [AS, OC]
      pool: far
    - pool: near
  octodns:
    healthcheck: {{host: t{n}.example.com, path: /health, port: 443, protocol: HTTPS}}
  ttl: 60
  type: A
  values: [{network}.3, {network}.4]
"""


def octodns(record, program, folder, count):
    """A zone of records that another YAML file has already."""
    folder = folder / record.__name__
    config = ["providers:"]
    for side in ("wanted", "live"):
        (folder / side).mkdir(parents=True, exist_ok=True)
        records = [record(n) for n in range(count)]
        (folder / side / "example.com.yaml").write_text("---\n" + "".join(records))
        config += [
            f"  {side}:", "    class: octodns.provider.yaml.YamlProvider",
            f"    directory: {folder / side}", "    enforce_order: false",
        ]
    config += ["zones:", "  example.com.:", "    sources: [wanted]", "    targets: [live]"]
    (folder / "config.yaml").write_text("\n".join(config) + "\n")
    return [program, "--config-file", str(folder / "config.yaml")], folder


def terraform(program, folder, count):
    """`terraform_data` resources with a state that has them all."""
    folder = folder / "terraform"
    folder.mkdir(parents=True, exist_ok=True)
    keys = [f"field_{key}" for key in range(15)]
    blocks, resources = [], []
    for n in range(count):
        values = {key: f"value {n} of {key}" for key in keys}
        inner = "".join(f'    {key} = "{value}"\n' for key, value in values.items())
        blocks.append(f'resource "terraform_data" "t{n}" {{\n  input = {{\n{inner}  }}\n}}\n')
        typed = {"value": values, "type": ["object", {key: "string" for key in keys}]}
        resources.append({
            "mode": "managed", "type": "terraform_data", "name": f"t{n}",
            "provider": 'provider["terraform.io/builtin/terraform"]',
            "instances": [{
                "schema_version": 0, "sensitive_attributes": [],
                "attributes": {"id": f"id-{n}", "input": typed, "output": typed,
                               "triggers_replace": None},
            }],
        })
    (folder / "main.tf").write_text("\n".join(blocks))
    (folder / "terraform.tfstate").write_text(json.dumps({
        "version": 4, "terraform_version": "1.5.0", "serial": 1,
        "lineage": "00000000-0000-0000-0000-000000000000", "outputs": {}, "resources": resources,
    }))
    subprocess.run([program, "init", "-input=false"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    return [program, "plan", "-input=false", "-no-color"], folder


PEERS = {
    "octoDNS": functools.partial(octodns, plain_record),
    "octoDNS, rich records": functools.partial(octodns, rich_record),
    "terraform": terraform,
}
