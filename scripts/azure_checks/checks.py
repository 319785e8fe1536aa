"""Checks that say what they found, a line each."""

import contextlib
import sys
import traceback


class Checks:
    """The checks of one subject, such as one of Microsoft's clients."""

    def __init__(self, subject):
        self.subject = subject
        self.failures = 0

    @contextlib.contextmanager
    def check(self, sentence):
        """A check that holds if its block ends well."""
        try:
            yield
        except Exception as error:  # Whatever a client throws is a finding.
            self.fail(sentence, error)
        else:
            print(f"ok      {self.subject}: {sentence}", flush=True)

    def fail(self, sentence, error):
        self.failures += 1
        place = traceback.extract_tb(error.__traceback__)
        line = f" ({place[-1].filename.rsplit('/')[-1]}:{place[-1].lineno})" if place else ""
        reason = " ".join(str(error).split())[:600] or "no reason given"
        print(f"FAILED  {self.subject}: {sentence}", flush=True)
        print(f"        {type(error).__name__}: {reason}{line}", flush=True)

    def end(self):
        """Ends the program, with a failure if there was any."""
        sys.exit(1 if self.failures else 0)


def equal(actual, expected, what="it"):
    if actual != expected:
        raise AssertionError(f"{what} is {actual!r}, not {expected!r}")


def raises(kind, body):
    """The error of this kind that the body must raise."""
    try:
        body()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__} was raised")
