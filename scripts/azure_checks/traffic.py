"""Recorded traffic against the service's official description.

Every disagreement must stand, with its reason, in the table of docs/wire-differences.md, and every row
there must be needed.
"""

import collections
import dataclasses
import json
import pathlib
import re
import urllib.parse

from description import DOCUMENTS

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "wire-differences.md"
BEGIN, END = "<!-- disagreements: checked by scripts/conformance -->", "<!-- end of disagreements -->"


@dataclasses.dataclass(frozen=True, order=True)
class Disagreement:
    """What a message has that the description does not allow."""

    message: str  # `Compute_Get, answer`
    place: str
    reason: str

    def is_excused_by(self, row):
        message, place, reason = row
        return all(
            re.fullmatch(pattern.replace("*", "\0").join(["", ""]) if False else wild(pattern), text)
            for pattern, text in
            [(message, self.message), (place, self.place), (reason, self.reason)])


def wild(pattern):
    return ".*".join(re.escape(piece) for piece in pattern.split("*"))


class Judgement:
    """What the description says of some recordings."""

    def __init__(self, description):
        self.description = description
        self.requests = 0
        self.responses = 0
        self.elsewhere = collections.Counter()
        self.disagreements = collections.defaultdict(list)

    def read(self, file):
        for line in file.read_text().splitlines():
            exchange = json.loads(line)
            if "request" in exchange:
                self._judge(exchange["request"], exchange.get("response"))

    def _judge(self, request, response):
        query = urllib.parse.parse_qs(request.get("query", ""))
        version = query.get("api-version", [""])[0]
        operation = self.description.operation(request["method"], request["path"], version)
        if operation is None:
            self.elsewhere[self._why_not(request, version)] += 1
            return
        # What a client got wrong on purpose was refused; what it sent says nothing about us.
        is_fault = response is not None and response.get("fault", False)
        if response is None or response["status"] < 400:
            self.requests += 1
            self._note(
                request, f"{operation.name}, request", operation.objections_to_request(
                    request.get("query", ""), request.get("body")))
        if response is not None and not is_fault:
            self.responses += 1
            self._note(
                request, f"{operation.name}, answer", operation.objections_to_response(
                    response["status"], response.get("headers", {}), response.get("body")))

    @staticmethod
    def _why_not(request, version):
        if "/computeOperations" in request["path"]:
            return "the monitor of an operation"
        if "/subscriptions/" not in request["path"]:
            return "signing in"
        return "a version without a document" if version not in DOCUMENTS else "no path of the document"

    def _note(self, request, message, objections):
        for place, reason in objections:
            reason = reason.replace("'", "").replace("|", "/")[:160]
            self.disagreements[Disagreement(message, place, reason)].append(request)


def excuses():
    """The rows of the page: message, place, reason."""
    text = PAGE.read_text()
    if BEGIN not in text:
        return []
    table = text.partition(BEGIN)[2].partition(END)[0]
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in table.splitlines() if line.startswith("|")]
    return [tuple(row[:3]) for row in rows[2:]]
