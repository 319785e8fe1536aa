"""`berth emulate` as a process."""

import os
import re
import subprocess
import tempfile
import uuid

BERTH = os.environ["BERTH"]
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
GROUP = "rg"
LOCATION = "westeurope"


class Emulator:
    """Runs for as long as a `with` block does. Its traffic goes into the folder that
    BERTH_RECORD_TRAFFIC names."""

    def __init__(self, *arguments):
        self.folder = tempfile.TemporaryDirectory(prefix="berth-emulator-")
        tape = os.path.join(os.environ["BERTH_RECORD_TRAFFIC"], f"{uuid.uuid4()}.jsonl")
        self.arguments = [
            "--listen", "127.0.0.1:0", "--operation-milliseconds", "40", "--page-size", "3",
            "--record", tape, *arguments]

    def __enter__(self):
        self.process = subprocess.Popen(
            [BERTH, "emulate", *self.arguments], cwd=self.folder.name, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C" in line:
                break
        found = re.search(r"https?://127\.0\.0\.1:\d+", self.said)
        if not found:
            raise RuntimeError(f"The emulator did not start: {self.said}")
        self.url = found.group()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=120)
        self.process.stdout.close()
        self.folder.cleanup()

    @property
    def certificate(self):
        """The file by which clients trust it."""
        return os.path.join(self.folder.name, ".berth", "emulator.pem")


def resource(provider, name):
    """The id of a resource that somebody may attach."""
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/{provider}/{name}"
