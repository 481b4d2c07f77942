"""One tick: bring an environment one step nearer to what is wanted, for all of its models at once.

1. Read the journal, what is wanted and what the targets serve; decide for each model.
2. Verify and hand over the bytes of what is to start.
3. Announce: one push of every intent. Who loses the race decides again.
4. Ask the targets, with the absolute routes and the stamp of the intent.
5. Read back what serves, and record it: a second push.

Killed between any two of these, the next tick finds the intent, waits for its lease to end, and goes on from
what the target shows. A model that fails is left where it is; the others go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from modelops_git.core.errors import LostRaceError, ModelopsError, StoreError, TargetConflictError
from modelops_git.core.journal.entry import DriftObserved
from modelops_git.core.rollouts.decisions import DRIFTED, Settled, Wait
from modelops_git.engine.announcing import announce
from modelops_git.engine.carrying import carry_out, is_ours
from modelops_git.engine.cases import Case, Failure, decided, noticed

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.journal.entry import Payload
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.edges.git.journal import Tip
    from modelops_git.engine.cases import Scene, Work

    Choices = list[tuple[Case, Decision]]
    States = dict[str, ModelState]
    Payloads = dict[str, list[Payload]]

PUSHES = 20
"""How often one announcement is put on a newer tip before the tick gives up."""


@dataclass(slots=True)
class Tick:
    """What a tick did.

    Attributes:
        decisions: What was decided for each model.
        states: What the journal knew of each model when it was over.
        moved: Models that something was done for.
        failures: Models that could not get on.
        lost: Whether another writer was faster, so that all is to be decided again.
        tip: The journal's tip afterwards; None where the tick was lost.
    """

    decisions: dict[str, Decision] = field(default_factory=dict)
    states: States = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    lost: bool = False
    tip: Tip | None = None

    @property
    def waiting(self) -> datetime | None:
        """When it is worth looking again at what others are doing; None where nobody is waited for."""
        return min((one.until for one in self.decisions.values() if isinstance(one, Wait)), default=None)

    @property
    def drifted(self) -> list[str]:
        """Models whose target does not serve what the journal says."""
        return [name for name, one in self.decisions.items() if one == Settled(DRIFTED)]


def tick(scene: Scene, work: Work) -> Tick:
    """Take one step for each model of `work`.

    Raises:
        JournalError: The journal cannot be read or written.
        OutOfOrderError: A newer commit was applied meanwhile.
    """
    result = Tick()
    tip = scene.journal.refresh()
    work.in_order(tip.environment.applied_commit)
    states = result.states = scene.journal.states(tip)
    try:
        tip = _flush(scene, tip, states, result)
        choices = _choices(scene, work, states, result)
        announced = _announcements(scene, work, choices, result)
        tip = _append(scene, tip, states, announced)
        observed = _carry_out(scene, work, choices, states, result)
        result.tip = _append(scene, tip, states, observed, have_happened=True)
    except LostRaceError:
        result.lost = True
    return result


def _flush(scene: Scene, tip: Tip, states: States, result: Tick) -> Tip:
    """Journal what people asked for while the journal was out of reach."""
    waiting = scene.outbox.unknown_to(states)
    if waiting:
        tip = scene.append(tip, states, waiting)
        result.moved.extend(getattr(payload, "model", None) or "" for payload in waiting)
    scene.outbox.clear(states)
    return tip


def _choices(scene: Scene, work: Work, states: States, result: Tick) -> Choices:
    choices: Choices = []
    for model in work.models:
        try:
            target = scene.target(model)
            state = states.get(model)
            case = Case(work.desired(model, state), state, target.observe(model), target)
            decision = noticed(scene, case, decided(scene, case, work.measure), work)
        except ModelopsError as error:
            result.failures.append(Failure(scene.name, model, error))
            continue
        choices.append((case, decision))
        result.decisions[model] = decision
    return choices


def _announcements(scene: Scene, work: Work, choices: Choices, result: Tick) -> Payloads:
    announced: Payloads = {}
    for case, decision in choices:
        try:
            payloads = announce(case, decision, work, scene.now())
        except ModelopsError as error:
            result.failures.append(Failure(scene.name, case.model, error))
            continue
        if payloads:
            announced[case.model] = payloads
            result.moved.append(case.model)
    return announced


def _append(
    scene: Scene, tip: Tip, states: States, payloads: Payloads, *, have_happened: bool = False
) -> Tip:
    """Append what each model's payloads say, on newer tips too, while those models are as they were.

    What is only wanted must still be so: not once a newer commit was applied. What has happened, has.
    """
    if not payloads:
        return tip
    flat = [payload for group in payloads.values() for payload in group]
    for _ in range(PUSHES):
        try:
            return scene.append(tip, states, flat)
        except LostRaceError:
            moved, tip = tip, scene.journal.refresh()
            newer = scene.journal.states(tip)
            holds = have_happened or moved.environment.applied_commit == tip.environment.applied_commit
            if not holds or any(newer.get(model) != states.get(model) for model in payloads):
                raise
            states.clear()
            states.update(newer)
    raise LostRaceError(f"{PUSHES} writers were faster at the journal of {scene.name}")


def _carry_out(scene: Scene, work: Work, choices: Choices, states: States, result: Tick) -> Payloads:
    observed: Payloads = {}
    for before, decision in choices:
        case = replace(before, state=states.get(before.model))
        if not is_ours(case, before.state, decision):
            continue
        try:
            payloads = carry_out(case, work)
        except TargetConflictError:
            result.lost = True  # somebody changed the target: what to do now is decided anew
            continue
        except ModelopsError as error:
            result.failures.append(Failure(scene.name, case.model, error))
            continue
        if payloads:
            observed[case.model] = payloads
            result.moved.append(case.model)
            result.failures += _unconfirmed(scene, payloads)
    return observed


def _unconfirmed(scene: Scene, payloads: list[Payload]) -> list[Failure]:
    """What was brought back unread, and is not what was reviewed."""
    found = [payload for payload in payloads if isinstance(payload, DriftObserved)]
    return [Failure(scene.name, one.model, StoreError(one.detail)) for one in found]
