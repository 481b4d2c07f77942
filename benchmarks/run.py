"""Measure beside the peers, print tables, and record them in docs/benchmarks.md. `make bench` runs this.

    python benchmarks/run.py                       # everything, about an hour
    python benchmarks/run.py --quick               # a small version, under a minute; nothing is recorded
    python benchmarks/run.py --only hook loading   # parts
    python benchmarks/run.py --sizes 100 50000     # registries of these numbers of versions

What else runs on a machine spoils what is measured. Above a load of 1 nothing is recorded without `--force`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import appliers
import controller
import gateway
import hook
import journal
import loading
import looks
import machine
import record
import registry
import starting
import validating
import verifying
import verifying_s3
from loads import Where
from peers import downloaders, gto, install, mlserver, serving
from timing import tool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bytefiles import Shape
    from looks import Simulated
    from peers import Peers
    from tables import Section

WITH_PEERS = {"hook", "validating", "starting", "journal", "controller", "gateway"}
PARTS = (
    "hook",
    "validating",
    "starting",
    "loading",
    "verifying",
    "s3",
    "journal",
    "controller",
    "gateway",
    "looks",
)
WITH_REGISTRIES = {"hook", "validating"}
SIZES = (100, 1_000, 10_000, 50_000)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured.

    Attributes:
        sizes: Numbers of versions.
        rounds: Rounds of five runs of each program.
        runs: Runs of each function.
        shapes: Files that are verified.
        verifications: Runs of each verification.
        journals: Journals that are written and asked.
        races: How often appliers race, in each way.
        rollouts: Numbers of rollouts that a controller watches.
        loads: What is asked of servers.
        simulated: Rollouts whose tests are simulated.
    """

    sizes: Sequence[int] = SIZES
    rounds: int = 3
    runs: int = 15
    shapes: Sequence[Shape] = verifying.SHAPES
    verifications: int = 5
    journals: journal.Amounts = journal.Amounts()  # noqa: RUF009 - frozen
    races: int = 3
    rollouts: Sequence[int] = controller.SIZES
    loads: gateway.Amounts = gateway.Amounts()  # noqa: RUF009 - never changed
    simulated: looks.Amounts = looks.Amounts()  # noqa: RUF009 - frozen


QUICK = Effort(
    sizes=(100, 1_000),
    rounds=1,
    runs=3,
    shapes=verifying.QUICK_SHAPES,
    verifications=3,
    journals=journal.QUICK,
    races=1,
    rollouts=controller.QUICK_SIZES,
    loads=gateway.QUICK,
    simulated=looks.QUICK,
)


def main() -> int:
    """Measure and report; returns the exit code."""
    asked = _arguments()
    load, day = machine.load(), datetime.now(UTC).date().isoformat()
    why_not = "" if asked.force else _why_not_recorded(asked, load)
    if why_not:
        print(f"Nothing will be recorded: {why_not}; --force records it all the same.", file=sys.stderr)
    text = _about(load)
    print(text)
    with tempfile.TemporaryDirectory(prefix="modelops-bench-") as folder:
        for section in _sections(asked, Path(folder)):
            print(section.markdown(), flush=True)
            text += "\n" + section.markdown()
    if why_not:
        print(f"Not recorded: {why_not}.", file=sys.stderr)
    else:
        record.add(text, day)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure beside the peers.")
    parser.add_argument("--quick", action="store_true", help="a small version, under a minute")
    parser.add_argument("--force", action="store_true", help="record whatever the load and the effort")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to measure")
    parser.add_argument("--sizes", nargs="+", type=int, metavar="N", help="versions in the registries")
    return parser.parse_args()


def _why_not_recorded(asked: argparse.Namespace, load: float) -> str:
    if asked.quick:
        return "this is the quick version"
    if len(asked.only) < len(PARTS):
        return "this is only a part"
    return f"the load is {load:.1f}, more than {machine.QUIET:.0f}" if load > machine.QUIET else ""


def _about(load: float) -> str:
    lines = [*machine.description(), f"Programs timed by: {tool()}", f"Load at the start: {load:.2f}"]
    return "\n".join(f"- {line}" for line in lines) + "\n"


def _sections(asked: argparse.Namespace, folder: Path) -> Iterator[Section | Simulated]:
    effort = QUICK if asked.quick else Effort()
    if WITH_PEERS & set(asked.only):
        yield from _of_programs(asked, effort, install(folder / "peers"), folder)
    if "loading" in asked.only:
        yield loading.measure(runs=effort.runs)
    if "verifying" in asked.only:
        yield from verifying.measure(folder / "verifying", effort.shapes, runs=effort.verifications)
    if "s3" in asked.only:
        programs = downloaders(folder / "downloaders")
        yield from verifying_s3.measure(folder / "s3", programs, effort.shapes, runs=effort.verifications)
    if "looks" in asked.only:
        yield from looks.measure(effort.simulated)


def _of_programs(asked: argparse.Namespace, effort: Effort, peers: Peers, folder: Path) -> Iterator[Section]:
    sizes = asked.sizes or effort.sizes
    wanted = sizes if WITH_REGISTRIES & set(asked.only) else ()
    made = [registry.generate(folder / "registries" / str(size), size, peers.env) for size in wanted]
    if "hook" in asked.only:
        yield hook.measure(peers, made, rounds=effort.rounds)
    if "validating" in asked.only:
        yield from validating.measure(peers, made, rounds=effort.rounds)
    if "starting" in asked.only:
        yield starting.measure(peers, folder, rounds=effort.rounds)
        yield starting.footprint(peers)
    if "journal" in asked.only:
        yield from journal.measure(peers, gto(folder / "gto"), folder / "journals", effort.journals)
        yield appliers.measure(peers, folder / "appliers", rounds=effort.races)
    if "controller" in asked.only:
        yield controller.measure(folder / "controller", peers.env, effort.rollouts)
    if "gateway" in asked.only:
        yield from gateway.measure(folder / "gateway", _serving(peers, folder), effort.loads)


def _serving(peers: Peers, folder: Path) -> Where:
    programs = serving(folder / "serving", peers.wheel)
    return Where(programs / "modelops", programs / "python", mlserver(folder / "mlserver"), peers.env)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failed:
        said = (failed.stderr or b"").decode(errors="replace")
        sys.exit(f"{failed}\n{said}")
