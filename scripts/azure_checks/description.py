"""The service's official description: which request it allows, and which answer.

Beyond what the documents forbid, a part that they do not have is an objection too.
"""

import functools
import pathlib
import re
import urllib.parse

from reference import load, resolved
from translation import objections

SPECIFICATION = (
    "specification/machinelearningservices/resource-manager/Microsoft.MachineLearningServices")
FILE = "machineLearningServices.json"
COMMON_TYPES = "specification/common-types/resource-management/v3/types.json"

# The monitor of an operation: no path of a document, but a type that all services share.
MONITOR = {
    "operationId": "Operation_Status",
    "parameters": [{"$ref": "#/parameters/ApiVersionParameter"}],
    "responses": {
        "200": {"schema": {"$ref": "#/definitions/OperationStatusResult"}},
        "default": {"schema": {"$ref": "#/definitions/ErrorResponse"}}}}

# What judges which version. The computes of 2025-12-01 and 2026-05-01 are the same.
DOCUMENTS = {
    "2018-03-01-preview": f"{SPECIFICATION}/preview/2018-03-01-preview/{FILE}",
    "2018-11-19": f"{SPECIFICATION}/stable/2018-11-19/{FILE}",
    "2020-08-01": f"{SPECIFICATION}/stable/2020-08-01/{FILE}",
    "2021-04-01": f"{SPECIFICATION}/stable/2021-04-01/{FILE}",
    "2022-05-01": f"{SPECIFICATION}/stable/2022-05-01/{FILE}",
    "2022-06-01-preview": f"{SPECIFICATION}/preview/2022-06-01-preview/{FILE}",
    "2025-12-01": "derived/computes-2026-05-01.openapi.json",
    "2026-05-01": "derived/computes-2026-05-01.openapi.json",
}


class Description:
    """Every document in a folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def operation(self, method, path, version):
        """The operation of a request; None if no document at hand has it."""
        if "/computeOperationsStatus/" in path:
            file = (self.folder / COMMON_TYPES).resolve()
            return Operation((file, load(file)), MONITOR)
        document = self._document(version)
        return document.operation(method, path) if document else None

    @functools.lru_cache
    def _document(self, version):
        return Document(self.folder / DOCUMENTS[version]) if version in DOCUMENTS else None


class Document:
    def __init__(self, path):
        self.path = path.resolve()
        self.content = load(self.path)
        self.paths = [
            (re.compile(re.sub(r"\\{[^/]+?\\}", "[^/]+", re.escape(path)) + "/?", re.IGNORECASE),
             operations)
            for path, operations in self.content["paths"].items()]

    def operation(self, method, path):
        for pattern, operations in self.paths:
            if pattern.fullmatch(path) and method.lower() in operations:
                return Operation((self.path, self.content), operations[method.lower()])
        return None


class Operation:
    """What may be asked and answered."""

    def __init__(self, place, content):
        self.place = place
        self.content = content
        self.name = content["operationId"]

    @property
    def parameters(self):
        return [
            resolved(parameter, self.place)
            for parameter in self.content.get("parameters", [])]

    def objections_to_request(self, query, body):
        """What is wrong with a request, as pairs of a place and a reason."""
        if self.content is MONITOR:
            return  # Its URL is the service's own.
        yield from self._objections_to_query(urllib.parse.parse_qs(query))
        due = [one for one in self.parameters if one[0]["in"] == "body"]
        if not due:
            if body is not None:
                yield "body", "has no place in this request"
            return
        parameter, place = due[0]
        if body is not None:
            yield from objections(body, parameter["schema"], place, is_request=True)
        elif parameter.get("required"):
            yield "body", "is missing"

    def _objections_to_query(self, query):
        known = {
            parameter["name"].lower(): parameter for parameter, _ in self.parameters
            if parameter["in"] == "query"}
        for name, values in query.items():
            parameter = known.get(name.lower())
            if parameter is None:
                yield f"query.{name}", "is no parameter of this request"
            elif "enum" in parameter and values[0] not in parameter["enum"]:
                yield f"query.{name}", f"{values[0]!r} is not one of {parameter['enum']}"
        for name, parameter in known.items():
            if parameter.get("required") and name not in {one.lower() for one in query}:
                yield f"query.{parameter['name']}", "is missing"

    def objections_to_response(self, status, headers, body):
        """What is wrong with an answer."""
        responses = self.content["responses"]
        answer = responses.get(str(status))
        if answer is None and status < 400:
            yield "status", f"{status} is no answer to this request"
            return
        answer, place = resolved(answer or responses["default"], self.place)
        if "schema" in answer:
            if body is None:
                yield "body", "is missing"
            else:
                yield from objections(body, answer["schema"], place, is_request=False)
        elif body is not None:
            yield "body", "has no place in this answer"
        for name in answer.get("headers", {}):
            if name.lower() not in headers:
                yield f"headers.{name}", "is missing"
