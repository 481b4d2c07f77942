"""Ask a server of S3 for each feature that a store of artifacts relies on:

    python tests/objectstore/judge.py ENDPOINT ACCESS_KEY SECRET_KEY [REGION]

It makes a bucket for each question and leaves it there, so it is no server that holds anything.
"""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from objectstore.access import Access
from objectstore.honours import name_of
from objectstore.probes import probes

TRAILING = ("damage.trailing", "damage.wrong_trailing")


@dataclass(frozen=True)
class Asked:
    """Somebody's server."""

    access: Access

    @property
    def region(self):
        return self.access.region

    @property
    def access_by_tls(self):
        return self.access

    def client(self, **settings):
        return self.access.client(**settings)

    def new_bucket(self, *, versioning=False, object_lock=False):
        name = f"judged-{secrets.token_hex(8)}"
        client = self.client()
        client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=object_lock)
        if versioning and not object_lock:
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name


def judged(server, probe):
    """`yes`, or why not."""
    if name_of(probe) in TRAILING and not server.access.endpoint.startswith("https:"):
        return "not asked: boto3 sends this over TLS only"
    try:
        probe(server)
    except Exception as error:  # noqa: BLE001 - whatever a strange server answers is the answer
        return f"no: {type(error).__name__}: {str(error)[:120]}"
    return "yes"


def main(endpoint, key, secret, region="us-east-1"):
    server = Asked(Access(endpoint, region, key, secret))
    for feature, probe in probes().items():
        sys.stdout.write(f"{name_of(probe):<36} {judged(server, probe)}  ({feature})\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
