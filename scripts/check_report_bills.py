"""Holds bills of materials (*.cdx.json) to the schema of CycloneDX, by its own Python library."""
import json
import pathlib
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

for file in sorted(pathlib.Path(sys.argv[1]).glob("*.cdx.json")):
    text = file.read_text()
    version = SchemaVersion.from_version(json.loads(text)["specVersion"])
    error = JsonStrictValidator(version).validate_str(text)
    if error is not None:
        print(f"{file.name}: {error}")
    names = [component["bom-ref"] for component in json.loads(text)["components"]]
    if len(names) != len(set(names)):
        print(f"{file.name}: a bom-ref is there twice")
