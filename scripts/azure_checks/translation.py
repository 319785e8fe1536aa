"""Schemas of OpenAPI 2.0 as JSON Schema, so that `jsonschema` can judge bodies by them.

What is said there in another way, or not at all:

- Discriminators become conditions: of this word, then also that definition. A word that no document
  has is let through, with what goes with it: a document is never the newest.
- `readOnly` parts are forbidden in requests and not required there.
- null is allowed wherever a part may be missing: the service tells and takes it so, whether its
  documents have `x-nullable` or not.
- A part that a definition does not have is forbidden, unless it has `additionalProperties`.
"""

import functools
import json

import jsonschema

from reference import load, parts, resolved, target

KEPT = [
    "enum", "format", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum",
    "pattern", "uniqueItems"]


def objections(body, schema, place, is_request):
    """What is wrong with a body, as pairs of a place and a reason."""
    for error in judge(place[0], json.dumps(schema), is_request).iter_errors(body):
        yield from leaves(error)


def leaves(error):
    """The objections that one is made of."""
    where = "body" + "".join(
        "[]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    if error.context:
        for cause in error.context:
            yield from leaves(cause)
    elif error.validator == "additionalProperties":
        for name in sorted(set(error.instance) - set(error.schema["properties"])):
            yield f"{where}.{name}", "the description has no such part"
    elif error.schema is False:
        yield where, "only the service sets it"
    else:
        yield where, error.message


@functools.cache
def judge(path, schema, is_request):
    translation = Translation(is_request)
    root = translation.whole(json.loads(schema), (path, load(path)))
    return jsonschema.Draft202012Validator(
        {**root, "$defs": translation.definitions},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


class Translation:
    def __init__(self, is_request):
        self.is_request = is_request
        self.definitions = {}

    def whole(self, schema, place):
        """A schema with the heirs of its discriminator."""
        if "$ref" not in schema:
            return self._dispatched(schema, place)
        path, steps = target(schema["$ref"], place)
        name = f"{path.parent.name}.{path.stem}.{steps[-1]}"
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self._dispatched(*resolved(schema, place))
        return {"$ref": f"#/$defs/{name}"}

    def _dispatched(self, schema, place):
        result = self._flat(schema, place)
        if any("discriminator" in part for part, _ in parts(schema, place)):
            # A word that no document has: nothing is known of what goes with it.
            result = {**result, "additionalProperties": True}
            for base, _ in parts(schema, place):
                result["properties"].pop(base.get("discriminator"), None)
        for base, at in parts(schema, place):
            for word, definition in self._heirs(base, at):
                key = base["discriminator"]
                result = {
                    "if": {"properties": {key: {"const": word}}, "required": [key]},
                    "then": self._flat(definition, at), "else": result}
        return result

    @staticmethod
    def _heirs(base, place):
        if "discriminator" not in base:
            return
        for name, definition in place[1]["definitions"].items():
            if definition is not base and any(part is base for part, _ in parts(definition, place)):
                yield definition.get("x-ms-discriminator-value", name), definition

    def _flat(self, schema, place):
        """A schema and all that it is composed of, as one."""
        result, properties, required = {}, {}, []
        for part, at in parts(schema, place):
            result.update({key: part[key] for key in KEPT if key in part})
            if "enum" in part:
                result["enum"] = [*part["enum"], None]
            if "type" in part:
                result["type"] = [part["type"], "null"]
            if "items" in part:
                result["items"] = self.whole(part["items"], at)
            if "additionalProperties" in part:
                others = part["additionalProperties"]
                result["additionalProperties"] = (
                    self.whole(others, at) if isinstance(others, dict) else others)
            for name, property in part.get("properties", {}).items():
                properties[name] = self._property(property, at)
            required += part.get("required", [])
        if properties:
            result["properties"] = properties
            result.setdefault("additionalProperties", False)
            result["required"] = [name for name in required if properties.get(name) is not False]
        return result

    def _property(self, schema, place):
        is_read_only = schema.get("readOnly") or resolved(schema, place)[0].get("readOnly")
        return False if self.is_request and is_read_only else self.whole(schema, place)
