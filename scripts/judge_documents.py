"""What scripts/judge-documents runs."""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator

validators = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.schema.json")):
    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    validators[path.name] = Draft202012Validator(schema)

for line in sys.stdin:
    case = json.loads(line)
    error = next(validators[case["schema"]].iter_errors(case["document"]), None)
    if error is None:
        print("accepts")
    else:
        place = "/".join(str(step) for step in error.absolute_path)
        print(f"refuses: /{place}: {' '.join(error.message.split())[:200]}")
