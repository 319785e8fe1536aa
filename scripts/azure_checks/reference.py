"""`$ref` in the documents of a description, which may lead to other files."""

import functools
import json
import pathlib


@functools.cache
def load(path):
    return json.loads(pathlib.Path(path).read_text())


def resolved(schema, place):
    """A part of a document, and where it is (the file and its content), after every `$ref`."""
    while "$ref" in schema:
        path, steps = target(schema["$ref"], place)
        place = (path, load(path))
        schema = place[1]
        for step in steps:
            schema = schema[step]
    return schema, place


def target(reference, place):
    """The file and the steps within it that a reference leads to."""
    file, _, pointer = reference.partition("#")
    path = (place[0].parent / file).resolve() if file else place[0]
    if not path.exists():
        # The document in derived/ counts its folders from itself.
        path = (place[0] / file).resolve()
    return path, [
        step.replace("~1", "/").replace("~0", "~") for step in pointer.strip("/").split("/")]


def parts(schema, place):
    """A schema with all that it is composed of, each with where it is."""
    schema, place = resolved(schema, place)
    yield schema, place
    for base in schema.get("allOf", []):
        yield from parts(base, place)
