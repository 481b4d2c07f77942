"""The journal: what an entry costs, what questions to a long one cost, and both beside GTO."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import gto
import planning
from modelops_git.core.journal import chain
from modelops_git.core.journal.entry import Notified
from modelops_git.core.journal.fold import fold_environment, fold_model
from modelops_git.edges.git.repository import Repository
from modelops_git.engine.ground import Ground, stand
from modelops_git.engine.intent import known_intent
from modelops_git.engine.status import status
from promotions import ENVIRONMENT, Promoted, promoted
from tables import Amount, Beside, Section, microseconds, milliseconds
from timing import Program, Times, run_once, time_calls, time_programs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from modelops_git.core.journal.entry import Entry
    from modelops_git.core.journal.state import EnvironmentState, ModelState
    from peers import Peers

AIM_OF_GROWTH = 1.5
AIM_BESIDE_GTO = 0.01
FROM = 1_000
"""From how many promotions on the aim beside GTO holds."""
QUESTIONS = ("status MODEL", "history MODEL", "who-served", "status")
AT = "2026-06-20T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much is measured.

    Attributes:
        journals: (models, promotions) of the journals that are asked; each promotion is five entries.
        beside: (models, promotions) that GTO is asked about as well.
        plans: Numbers of rollouts that are planned.
        runs: Runs of each.
    """

    journals: Sequence[tuple[int, int]] = ((20, 20), (1_000, 2_000), (1_000, 20_000))
    beside: Sequence[tuple[int, int]] = ((10, 100), (100, 1_000), (100, 5_000))
    plans: Sequence[int] = (100, 10_000)
    runs: int = 9


QUICK = Amounts(journals=((20, 20), (20, 200)), beside=((10, 100),), plans=(10, 100), runs=3)


def measure(peers: Peers, python: Path, folder: Path, amounts: Amounts) -> list[Section]:
    """Time everything; `python` is that of GTO's environment."""
    env = peers.env
    made = [promoted(folder / f"journal-{runs}", models, runs, env) for models, runs in amounts.journals]
    first = [_first_questions(peers, one) for one in made]
    sections = [
        _appending(made, runs=amounts.runs),
        _folding(made),
        _asking(peers, made, [times for one in first for times in one], runs=amounts.runs),
    ]
    sections.append(_beside_gto(peers, python, folder, amounts))
    return [*sections, planning.measure(peers, folder, amounts.plans, runs=amounts.runs)]


def _appending(made: Sequence[Promoted], *, runs: int) -> Section:
    times = time_calls({_size(one): _appender(one) for one in made}, runs=2 * runs)
    growth = Beside(f"{_size(made[-1])} beside {_size(made[0])}", times[-1], times[0], AIM_OF_GROWTH)
    notes = [
        "Both pushes of a step: its announcement, then what was seen; each one entry, to a remote on disk."
    ]
    return Section("The journal: appending twice", Amount(milliseconds), times, [growth], notes)


def _appender(made: Promoted) -> Callable[[], object]:
    ground = _ground(made)
    model = made.models[1]

    def append() -> None:
        tip = ground.journal.refresh()
        states = ground.journal.states(tip, [model])
        for key in ("announced", "observed"):
            tip = ground.append(tip, states, [Notified(model=model, key=key)])

    return append


def _folding(made: Sequence[Promoted]) -> Section:
    times = []
    for one in made:
        ground = _ground(one)
        tip = ground.journal.refresh()
        kept = [past.entry for past in ground.journal.history(tip)]
        (found,) = time_calls({f"fold, {_size(one)}": partial(_fold, kept)}, runs=3)
        times.append(found.over(len(kept)))
        audit = time_calls({f"audit, {_size(one)}": partial(_audit, ground)}, runs=1)
        times.append(audit[0].over(len(kept)))
    beside = [Beside(f"{times[-2].name}, beside {_size(made[0])}", times[-2], times[0])]
    notes = ["For each entry. An audit also reads every commit, and compares every byte that it should hold."]
    return Section("The journal: folding", Amount(microseconds), times, beside, notes)


def _fold(kept: Sequence[Entry]) -> None:
    environment: EnvironmentState | None = None
    models: dict[str, ModelState] = {}
    for entry in kept:
        environment = fold_environment(environment, entry)
        if entry.model:
            models[entry.model] = fold_model(models.get(entry.model), entry)


def _audit(ground: Ground) -> None:
    assert not list(chain.check(ground.journal.record(ground.journal.newest())))


def _first_questions(peers: Peers, made: Promoted) -> list[Times]:
    """What the first question about the past takes, which fetches all of it and lets git take its notes."""
    command: list[str | Path] = [peers.modelops, "history", made.models[1]]
    wall, cpu = run_once(Program("", command, made.root, peers.env))
    return [Times(f"the first `history MODEL` of a clone, {_size(made)}", [wall], [cpu])]


def _asking(peers: Peers, made: Sequence[Promoted], first: Sequence[Times], *, runs: int) -> Section:
    programs = [
        Program(f"`modelops {name}`, {_size(one)}", [peers.modelops, *_words(name, one)], one.root, peers.env)
        for name in QUESTIONS
        for one in made
    ]
    times = time_programs(programs, rounds=1, runs=runs)
    beside = []
    for index, name in enumerate(QUESTIONS):
        of_kind = times[index * len(made) : (index + 1) * len(made)]
        aim = AIM_OF_GROWTH if name == "status MODEL" else None
        what = f"`{name}`, {_size(made[-1])} beside {_size(made[0])}"
        beside.append(Beside(what, of_kind[-1], of_kind[0], aim))
    models = ", ".join(f"{len(one.models):,}" for one in made)
    note = (
        f"The journals are those of {models} models; `status` shows all of them. Before each answer the "
        "remote was asked, which lies on the same disk."
    )
    return Section("The journal: asking", Amount(milliseconds), [*times, *first], beside, [note])


def _words(question: str, made: Promoted) -> list[str]:
    model = made.models[1]
    if question == "who-served":
        return ["who-served", "--env", ENVIRONMENT, "--model", model, "--at", AT]
    return [word if word != "MODEL" else model for word in question.split()]


def _beside_gto(peers: Peers, python: Path, folder: Path, amounts: Amounts) -> Section:
    measured: list[Times] = []
    beside: list[Beside] = []
    for models, count in amounts.beside:
        ours = promoted(folder / f"ours-{count}", models, count, peers.env)
        theirs = gto.tagged(folder / f"gto-{count}", models, count, peers.env)
        runs = amounts.runs if count <= FROM else 1
        aim = AIM_BESIDE_GTO if count >= FROM else None
        for verb, words, call in (
            ("show", ["status", "--offline"], _status),
            ("history", ["history", ours.models[1]], _history),
        ):
            arguments = [theirs.model] if verb == "history" else []
            peer = gto.times(python, theirs, verb, arguments, runs=min(runs, 3))
            program = Program(f"`modelops {words[0]}`", [peers.modelops, *words], ours.root, peers.env)
            _warm(peers, ours)
            found = (
                *time_programs([program], rounds=1, runs=amounts.runs),
                *time_calls({f"{words[0]}, within Python": partial(call, ours)}, runs=amounts.runs),
            )
            for own, other in zip(found, peer, strict=True):
                named = [
                    Times(f"{one.name}, {count:,} promotions", one.wall, one.cpu) for one in (own, other)
                ]
                measured += named
                what = f"{own.name} beside `{other.name}`, {count:,} promotions"
                beside.append(Beside(what, named[0], named[1], aim))
    note = (
        "*Within Python*: the same question in a process that has loaded what it needs, which leaves out the "
        "start of Python. Neither asks a remote, except for `modelops history`, which does."
    )
    return Section("Promotions, beside GTO", Amount(milliseconds), measured, beside, [note])


def _warm(peers: Peers, made: Promoted) -> None:
    _first_questions(peers, made)


def _status(made: Promoted) -> None:
    repository = Repository.open(made.root)
    intent = known_intent(repository)
    ground = stand(repository, intent.registry, ENVIRONMENT)
    assert len(status(ground, intent, offline=True)) == len(made.models)


def _history(made: Promoted) -> None:
    ground = _ground(made)
    tip = ground.journal.tip()
    assert list(ground.journal.history(tip, made.models[1]))


def _ground(made: Promoted) -> Ground:
    repository = Repository.open(made.root)
    return stand(repository, known_intent(repository).registry, ENVIRONMENT)


def _size(made: Promoted) -> str:
    return f"{made.entries - 1:,} entries"
