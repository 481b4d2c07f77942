"""The comment that docs/guides/pull-requests.md shows: of a real change, on a forge that plays GitHub.

`python tests/example_comment.py > docs/guides/examples/comment.md` writes it anew.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

import smallest
from forgery import github
from reviews import CANARY, Review

MODEL = "iris-classifier"
COUNTS = {"3600s": {"errors": 720, "requests": 72000}}
_COMMITS = re.compile(r"Commit `[0-9a-f]{12}` beside `[0-9a-f]{12}`, modelops-git `[^`]*`")
_ALWAYS = "Commit `9f2c1d4e8b07` beside `4be81a60c3d5`, modelops-git `0.1.0`"


class Team(Review):
    """A team with a GitHub, which promotes from staging, and wants two approvals."""

    forge = None

    def registry(self, lease):
        registry = super().registry(lease)
        registry["environments"][1]["promote_from"] = ["staging"]
        forge = {"forge": self.forge} if self.forge else {}
        people = {"ana": ["github:ana", "email:ana@example.com"]}
        return registry | {"name": "acme", "people": people, **forge}

    def weights(self, model, number):
        said = (number * 250_000).encode()
        return smallest.onnx(f"{model} {number}") + b"\x32" + _varint(len(said)) + said


def _varint(number):
    """A number as protocol buffers write it."""
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])


def example(folder):
    """The comment, with ids of commits and a release that are always the same."""
    team = Team(folder / "shop")
    team.journals()
    _deployed(team)
    with github(folder, git=team.remote) as forge:
        team.env["FORGE_TOKEN"] = forge.token
        team.forge = {
            "type": "github",
            "repository": "acme/models",
            "url": forge.api,
            "token_env": "FORGE_TOKEN",
        }
        team.rule(2)
        _promoted(team)
        forge.state.sync()
        forge.approve(1, "lea")
        verified = folder / "verified.json"
        base = ("--base", "origin/main")
        verified.write_text(team.modelops("verify", "--changed-since", base[1], "--format", "json").out)
        team.modelops("comment", *base, "--pull-request", "1", "--verified", str(verified))
        (remark,) = forge.pulls[0].remarks
    return _COMMITS.sub(_ALWAYS, remark.body)


def _deployed(team):
    """1.0.0 is live in production, where others have measured it again; 1.1.0 is live in staging."""
    team.measured("1.0.0", 0.953, model=MODEL)
    team.analysis()
    team.want("1.0.0", "staging", model=MODEL)
    team.want("1.0.0", model=MODEL, strategy=CANARY)
    team.merge()
    team.modelops("apply")
    team.vouch("1.0.0", model=MODEL)
    team.measured("1.1.0", 0.973, model=MODEL, parent="1.0.0", depth=5)
    team.want("1.1.0", "staging", model=MODEL)
    team.merge()
    team.modelops("apply")


def _promoted(team):
    place = team.clone / ".modelops"
    place.mkdir(exist_ok=True)
    (place / "metrics.json").write_text(json.dumps(COUNTS))
    team.modelops("promote", MODEL, "1.1.0", "--to", "production", "--pull-request")


def main():
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(example(Path(folder)))


if __name__ == "__main__":
    main()
