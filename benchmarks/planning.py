"""A plan where three rollouts changed, of a hundred and of ten thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import registry
from promotions import ENVIRONMENT, Promoted, promoted, rollout_text
from tables import Amount, Beside, Section, milliseconds
from timing import Program, Times, run_once, time_programs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from peers import Peers

AIM = 1.5
CHANGED = 3


def measure(peers: Peers, folder: Path, sizes: Sequence[int], *, runs: int) -> Section:
    """Time plans in registries of these numbers of rollouts, all live as wanted but for three."""
    made = [promoted(folder / f"plan-{size}", size, size, peers.env) for size in sizes]
    for one in made:
        _change(one)
    programs = [
        Program(f"`modelops plan`, {size:,} rollouts", [peers.modelops, "plan"], one.root, peers.env)
        for size, one in zip(sizes, made, strict=True)
    ]
    first = [Times(f"{one.name}, the first in a clone", *_once(one)) for one in programs]
    times = time_programs(programs, rounds=1, runs=runs)
    beside = [
        Beside(f"{sizes[-1]:,} rollouts beside {sizes[0]:,}", times[-1], times[0], AIM),
        Beside(f"{sizes[-1]:,} rollouts beside {sizes[0]:,}, the first in a clone", first[-1], first[0]),
    ]
    note = (
        f"{CHANGED} rollouts ask for another version than the journal's; the others are live as wanted. "
        "The first plan in a clone looks at all of them, the next ones at what has changed."
    )
    return Section("Plan", Amount(milliseconds), [*times, *first], beside, [note])


def _once(program: Program) -> tuple[list[float], list[float]]:
    wall, cpu = run_once(program)
    return [wall], [cpu]


def _change(made: Promoted) -> None:
    """Commit three changed rollouts on a branch of their own."""
    made.git("checkout", "--quiet", "-b", "next")
    for model in made.models[:CHANGED]:
        digest = registry.manifest_digest(registry.version_path(model, 1), registry.version_text(model, 1))
        path = made.root / "models" / model / "rollouts" / f"{ENVIRONMENT}.yaml"
        path.write_text(rollout_text(model, 1, digest), encoding="utf-8")
    made.git("commit", "--quiet", "--all", "--message", "Promote three models")
