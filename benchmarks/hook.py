"""The commit hook on one added version, in registries of growing size, beside checkers of one file's schema.

The peers see that file and the schema that we export. We also see the model, its other versions, the registry
and what was merged. All three must accept the file, or nothing is timed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from peers import SCHEMA
from tables import Amount, Beside, Section, milliseconds
from timing import Program, time_programs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from peers import Peers
    from registry import Made
    from timing import Times

TITLE = "The hook: `modelops validate --staged`"
AIM = 0.75
AIM_OF_GROWTH = 1.5
NO_NPM = "not measured: npm is not installed"
CLICK = "python -c 'import click'"
CHECK_JSONSCHEMA = "check-jsonschema, that file"
AJV = "ajv-cli, that file"


def measure(peers: Peers, made: Sequence[Made], *, rounds: int = 3) -> Section:
    """Time the hook in the registries `made`, the smallest first."""
    sizes = [one.versions for one in made]
    hooks = [_hook(peers, one) for one in made]
    others = _others(peers, made[0].root / made[0].added)
    times = time_programs([*hooks, *others], rounds=rounds, runs=5)
    ours = dict(zip(sizes, times, strict=False))
    by_name = {one.name: one for one in times}
    beside = [row for size in sizes for row in _beside(size, ours[size], by_name)]
    growth = f"{sizes[-1]:,} versions beside {sizes[0]:,}"
    beside.append(Beside(growth, ours[sizes[-1]], ours[sizes[0]], AIM_OF_GROWTH))
    return Section(TITLE, Amount(milliseconds), times, beside, _notes(made))


def _beside(size: int, ours: Times, by_name: dict[str, Times]) -> list[Beside]:
    what = f"{size:,} versions beside"
    return [
        Beside(f"{what} check-jsonschema", ours, by_name[CHECK_JSONSCHEMA], AIM),
        Beside(f"{what} ajv-cli", ours, by_name.get(AJV, NO_NPM), AIM),
        Beside(f"{what} `import click`", ours, by_name[CLICK]),
    ]


def _hook(peers: Peers, made: Made) -> Program:
    command: list[str | Path] = [peers.modelops, "validate", "--staged"]
    return Program(f"modelops, {made.versions:,} versions", command, made.root, peers.env)


def _others(peers: Peers, file: Path) -> list[Program]:
    check: list[str | Path] = [peers.check_jsonschema, "--schemafile", SCHEMA, file]
    found = [
        Program(CLICK, [peers.python, "-c", "import click"], file.parent, peers.env),
        Program(CHECK_JSONSCHEMA, check, file.parent, peers.env),
    ]
    if peers.ajv:
        ajv: list[str | Path] = [peers.ajv, "validate", "--spec=draft2020", "-s", SCHEMA, "-d", file]
        found.append(Program(AJV, ajv, file.parent, peers.env))
    return found


def _notes(made: Sequence[Made]) -> list[str]:
    lines = (made[0].root / made[0].added).read_text(encoding="utf-8").count("\n")
    return [
        f"One version of {lines} lines is added to the index; nothing else differs from the default branch."
    ]
