"""What logging, mirrors and several processes cost the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loads import Seen, ours, rows, turn
from tables import Amount, Beside, Section, microseconds

if TYPE_CHECKING:
    from pathlib import Path

    import wrk
    from loads import Effort, Where
    from served import Place

TITLE = "The gateway: what logging, mirrors and workers cost"
QUIET, ALL = "nothing logged", "all predictions logged"
KINDS: tuple[tuple[str, bool, tuple[str, ...]], ...] = (
    (QUIET, False, ("--logs", "none")),
    (ALL, False, ()),
    (
        "all logged, without what was asked and answered",
        False,
        ("--log-without", "input", "--log-without", "output"),
    ),
    ("one of ten logged", False, ("--log-sample", "0.1")),
    ("nothing logged, a mirror that is shown everything", True, ("--logs", "none")),
    ("all logged, a mirror that is shown everything", True, ()),
    ("nothing logged, 2 workers", False, ("--logs", "none", "--workers", "2")),
    ("all logged, 2 workers", False, ("--workers", "2")),
)
"""What is served: its name, whether there is a mirror, and options of `modelops serve`."""


def measure(asking: wrk.Client, made: Place, where: Where, folder: Path, effort: Effort) -> Section:
    """Send requests to each kind, in turns."""
    found = [Seen(name, count, [], []) for name, _, _ in KINDS for count in effort.connections]
    stable, other = made.routes[:2]
    shown = other.model_copy(update={"role": "mirror", "weight": 100})
    for _ in range(effort.rounds):
        for name, is_mirrored, options in KINDS:
            made.serve([stable, shown] if is_mirrored else [stable])
            seen = [one for one in found if one.name == name]
            turn(asking, ours(where, made, name, *options), folder, effort.seconds, seen)
    made.serve([stable])
    return Section(TITLE, Amount(microseconds), (), _beside(found), [rows(found), _note()])


def _beside(found: list[Seen]) -> list[Beside]:
    base = {one.connections: one.times for one in found if one.name == QUIET}
    return [
        Beside(
            f"{one.name}, connections: {one.connections}, beside {QUIET}: p50",
            one.times,
            base[one.connections],
        )
        for one in found
        if one.name != QUIET
    ]


def _note() -> str:
    return (
        "What is beside is the same server without. A mirror answers every request once more, after the "
        "caller was answered, in a thread of the same process: its price is CPU, which the next request "
        "waits for where the machine has no core to spare. The client takes a core as well."
    )
