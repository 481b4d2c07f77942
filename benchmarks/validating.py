"""`modelops validate --all` beside checkers of the schema alone, on the same files; cold, warm, in memory.

*Cold* is after everything that was remembered has been removed; *warm* after a run before. The peers see the
versions and the schema that we export. We also see the other manifests, and what each says of the others and
of what was merged.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from peers import SCHEMA
from tables import Amount, Beside, Section, megabytes, milliseconds
from timing import Program, Times, run_once, time_programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from peers import Peers
    from registry import Made

TITLE = "Everything: `modelops validate --all`"
VERSIONS = "models/**/versions/*.yaml"
REMEMBERED = ".git/modelops/checked"
AIM_COLD = 1.0
AIM_SLOW_PEER = 1 / 50
AIM_WARM = 1 / 10
AIM_MEMORY = 300e6
MOST_FOR_SLOW_PEER = 10_000
"""check-jsonschema takes ten milliseconds a file."""
STEP = 0.01
"""Seconds between two looks at the memory of a program."""
NO_NPM = "not measured: npm is not installed"


def measure(peers: Peers, made: Sequence[Made], *, rounds: int = 3) -> Iterator[Section]:
    """Time and weigh the validation of all files in the registries `made`."""
    measured: list[Times] = []
    beside: list[Beside] = []
    for one in made:
        cold, warm, ajv = _timed(peers, one, rounds)
        slow = _slow_peer(peers, one)
        measured += [times for times in (cold, warm, ajv, slow) if isinstance(times, Times)]
        beside += _beside(one, (cold, warm, ajv, slow))
    yield Section(TITLE, Amount(milliseconds), measured, beside, [_note(made)])
    weights = [_weight(peers, one) for one in made]
    limit = Times("the aim", [AIM_MEMORY], [AIM_MEMORY])
    rows = [Beside(f"{weights[-1].name} beside the aim", weights[-1], limit, 1.0)]
    note = "The sum over all its processes, shared pages counted once (Pss), sampled every 10 ms; no CPU."
    yield Section("Memory of `modelops validate --all`, cold", Amount(megabytes), weights, rows, [note])


def _timed(peers: Peers, made: Made, rounds: int) -> tuple[Times, Times, Times | str]:
    """Ours cold and warm, and ajv-cli."""
    what = f"{made.versions:,} versions"
    ours: list[str | Path] = [peers.modelops, "validate", "--all"]
    programs = [
        Program(f"modelops, {what}, cold", ours, made.root, peers.env, made.root / REMEMBERED),
        Program(f"modelops, {what}, warm", ours, made.root, peers.env),
    ]
    if peers.ajv:
        ajv: list[str | Path] = [peers.ajv, "validate", "--spec=draft2020", "-s", SCHEMA, "-d", VERSIONS]
        programs.append(Program(f"ajv-cli, {what}", ajv, made.root, peers.env))
    found = time_programs(programs, rounds=rounds, runs=3)
    return found[0], found[1], found[2] if peers.ajv else NO_NPM


def _slow_peer(peers: Peers, made: Made) -> Times | str:
    """check-jsonschema, once."""
    if made.versions > MOST_FOR_SLOW_PEER:
        return f"not measured: more than {MOST_FOR_SLOW_PEER:,} files"
    files = sorted(made.root.glob(VERSIONS))
    command: list[str | Path] = [peers.check_jsonschema, "--schemafile", SCHEMA, *files]
    name = f"check-jsonschema, {made.versions:,} versions"
    wall, cpu = run_once(Program(name, command, made.root, peers.env))
    return Times(name, [wall], [cpu])


def _beside(made: Made, found: tuple[Times, Times, Times | str, Times | str]) -> list[Beside]:
    cold, warm, ajv, slow = found
    what = f"{made.versions:,} versions"
    aimed = made.versions == MOST_FOR_SLOW_PEER
    return [
        Beside(f"{what}, cold, beside ajv-cli", cold, ajv, AIM_COLD if aimed else None),
        Beside(f"{what}, cold, beside check-jsonschema", cold, slow, AIM_SLOW_PEER if aimed else None),
        Beside(f"{what}, warm, beside cold", warm, cold, AIM_WARM if aimed else None),
    ]


def _weight(peers: Peers, made: Made) -> Times:
    """The most memory that ours takes, in bytes where a time would have seconds."""
    (made.root / REMEMBERED).unlink(missing_ok=True)
    command = [str(peers.modelops), "validate", "--all"]
    most = 0
    with subprocess.Popen(command, cwd=made.root, env=peers.env, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, sum(map(_share, family(process.pid))))
            time.sleep(STEP)
    return Times(f"modelops, {made.versions:,} versions", [most], [0.0])


def family(process: int) -> list[int]:
    """A process and all below it."""
    found = [process]
    for one in found:
        try:
            children = Path(f"/proc/{one}/task/{one}/children").read_text(encoding="ascii")
        except FileNotFoundError:
            continue
        found += map(int, children.split())
    return found


def _share(process: int) -> int:
    """A process's proportional share of memory, in bytes; none of one that has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _note(made: Sequence[Made]) -> str:
    models = [len(list(one.root.glob("models/*/*/model.yaml"))) for one in made]
    counts = ", ".join(f"{one.versions:,} in {count}" for one, count in zip(made, models, strict=True))
    return f"Versions in so many models: {counts}. check-jsonschema ran once."
