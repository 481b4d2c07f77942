"""A registry whose store is a bucket; its commands run in this process."""

from __future__ import annotations

import random
import shutil

from objectstore.fake import Ways
from objectstore.stores import settings
from workshop import NEW, Workshop, onnx_bytes

BUCKET = "bucket-0"
LONG = random.Random(1).randbytes(2_500_000)
FILES = {"model.onnx": onnx_bytes(), "weights.bin": LONG, "notes.txt": b"many words"}
SAID = (*NEW, "--role", "weights.bin=other")


def new_depot(fake, folder, *, versioning=False):
    """A desk with `FILES` to register in out/v, and an empty bucket."""
    fake.begin_anew(Ways(part_minimum=1))
    fake.new_bucket(versioning=versioning)
    desk = Depot(folder / "shop", fake)
    for name, data in FILES.items():
        desk.file(f"v/{name}", data)
    return desk


class Depot(Workshop):
    """A workshop whose store is `bucket-0`, the first one of the fake."""

    def __init__(self, folder, server, **said):
        self.server = server
        self.said = settings(server.access, BUCKET, **said)
        super().__init__(folder)
        self.env |= server.access.environment

    def registry(self, lease):
        return {**super().registry(lease), "stores": {"shared": self.said}}

    def forget(self):
        """Remove what commands have left on this machine."""
        shutil.rmtree(self.home / ".cache", ignore_errors=True)
        shutil.rmtree(self.folder / "pulled", ignore_errors=True)

    def publish(self):
        """Register `FILES`."""
        return self.register(self.folder / "out/v", *SAID)

    def verified(self, *words):
        """The exit code of `verify`, and the codes of what it found."""
        done = self.modelops("--format", "json", "verify", *words, check=False)
        return done.code, sorted({finding["code"] for finding in done.data["findings"]})

    def pull(self):
        """Pull iris; gives what the command said and the files that it placed, by name."""
        folder = self.folder / "pulled"
        done = self.modelops("pull", "iris", "--to", folder, check=False)
        placed = sorted(folder.rglob("*")) if folder.exists() else []
        return done, {path.name: path.read_bytes() for path in placed if path.is_file()}
