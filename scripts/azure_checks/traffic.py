"""Recorded traffic against the service's official description.

Every disagreement must stand, with its reason, in the table of docs/wire-differences.md, and every
row there must be needed.
"""

import collections
import dataclasses
import fnmatch
import json
import pathlib
import sys
import urllib.parse

from checks import Checks
from description import DOCUMENTS, Description

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "wire-differences.md"
BEGIN = "<!-- disagreements: checked by scripts/conformance -->"
END = "<!-- end of disagreements -->"


@dataclasses.dataclass(frozen=True, order=True)
class Disagreement:
    """What a message has that the description does not allow."""

    message: str  # `Compute_Get, answer`
    place: str
    reason: str

    def is_excused_by(self, excuse):
        """Whether a row of the page means this one; `*` stands for any letters there."""
        return all(
            fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))
            for text, pattern in zip(dataclasses.astuple(self), excuse))


def is_of_berth(request):
    """Whether Berth sent a request, not a test that speaks to the emulator by itself or a client of
    Microsoft's. The tests of the backend write down its requests alone, without headers."""
    headers = request.get("headers")
    return headers is None or headers.get("user-agent", "").startswith("berth")


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
        is_fault = response is not None and response.get("fault", False)
        if is_of_berth(request):
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
            return "the result of an operation"
        if "/subscriptions/" not in request["path"]:
            return "signing in"
        return "a version without a document" if version not in DOCUMENTS else "a path without one"

    def _note(self, request, message, objections):
        for place, reason in objections:
            # What a recording does not show can't be judged.
            if reason.replace("'", "").startswith("(redacted) is not"):
                continue
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


def main(folder, recordings):
    checks = Checks("official description")
    judgement = Judgement(Description(folder))
    for file in sorted(pathlib.Path(recordings).glob("*.jsonl")):
        judgement.read(file)
    table, found = excuses(), sorted(judgement.disagreements)
    for one in found:
        if not any(one.is_excused_by(row) for row in table):
            request = judgement.disagreements[one][0]
            with checks.check(f"{one.message}: {one.place}"):
                raise AssertionError(
                    f"{one.reason}, {len(judgement.disagreements[one])} times, first in "
                    f"{request['method']} {request['path']}?{request.get('query', '')}")
    for row in table:
        if not any(one.is_excused_by(row) for one in found):
            with checks.check(f"the row of docs/wire-differences.md is needed: {' | '.join(row)}"):
                raise AssertionError("no message needs it; take it away")
    with checks.check(
            f"{judgement.requests} requests and {judgement.responses} answers were judged, "
            f"{len(found)} disagreements stand in docs/wire-differences.md"):
        assert judgement.requests and judgement.responses, "nothing was recorded"
    for reason, count in judgement.elsewhere.most_common():
        print(f"        not judged: {count}, {reason}")
    checks.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
