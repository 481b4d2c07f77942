"""Reconcile: one round for everything in an environment, from the head of the default branch.

The ticks are those of apply. What differs is what is expected: apply answers for a merge, and fails where the
journal does not account for it; a round brings on what is due now, whoever asked for it and whenever. It
fails for no model but the one that failed, and for no environment but the one whose journal failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import ModelopsError
from modelops_git.core.rollouts import decisions
from modelops_git.core.rollouts.decisions import Defer, Stay, Wait
from modelops_git.engine.cases import Failure
from modelops_git.engine.drifted import noticing, strays
from modelops_git.engine.following import follow_up
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import in_order, merged_intent
from modelops_git.engine.notifying import subscribe
from modelops_git.engine.order import OutOfOrderError, refuse_out_of_order
from modelops_git.engine.review import Known, models_of, review
from modelops_git.engine.settling import PATIENT, outcomes, refusals, settle, standings
from modelops_git.engine.working import work_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from modelops_git.core.findings import Finding
    from modelops_git.core.journal.state import Drift, ModelState
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.reverting import Revert
    from modelops_git.engine.review import Remarks, Reviewed
    from modelops_git.engine.settling import Outcome, Pace, Settled
    from modelops_git.engine.standing import Standing
    from modelops_git.engine.starting import Tools


STATES = ("live", "running", "waiting", "held", "drifted", "refused", "failed", "off")
"""How a model stands, from what is as wanted to what is not there."""


@dataclass(slots=True)
class Round:
    """What one round did in one environment.

    Attributes:
        environment: The environment.
        commit: The commit whose wishes were carried out.
        outcomes: What was done.
        standing: What is under way, or waits, and until when.
        reverts: The changes that were prepared so that git follows what was aborted.
        held: Models that a hold keeps from what is wanted, with its reason.
        drifts: How targets differ from what the journal says, by model, where that was not mended.
        healed: Models whose target was brought back to what the journal says.
        findings: Why models were left as they are.
        failures: Models that could not get on because the world failed; of all of them, where it names none.
        refused: What is wanted and not begun before somebody says so.
        states: How each model that is wanted or live stands, in a word.
        judged: Models that something was decided about; not those that were left out.
        is_whole: Whether there was a round at all: the journal could be read and written.
        waiting: When the step of another process may be taken over; None where nobody's is under way.
    """

    environment: str
    commit: str
    outcomes: list[Outcome] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    reverts: list[Revert] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    drifts: dict[str, Drift] = field(default_factory=dict)
    healed: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    refused: list[Failure] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    is_whole: bool = True
    waiting: datetime | None = None

    @property
    def again(self) -> datetime | None:
        """When it is worth looking again, at the latest; None where no clock can say."""
        times = [one.until for one in self.standing if one.until]
        return min([*times, *([self.waiting] if self.waiting else [])], default=None)


def _awake(_model: str) -> bool:
    return False


class Manner(NamedTuple):
    """How a round goes about it.

    Attributes:
        heals: Whether a drift is mended.
        pace: How ticks follow each other.
        resting: Tells whether a model, which has failed, is left out this time.
        remarks: What the checks have said before, where that was kept.
    """

    heals: bool = False
    pace: Pace = PATIENT
    resting: Callable[[str], bool] = _awake
    remarks: Remarks | None = None


REPORTING = Manner()


def reconcile(
    repository: Repository, environments: Iterable[str], tools: Tools, manner: Manner = REPORTING
) -> list[Round]:
    """One round in each of `environments`, in the order of promotion; in all where none is named.

    Raises:
        GitError: The default branch cannot be read.
        RefusedError: Its `modelops.yaml` is not valid.
        UsageError: There is no environment of a name.
    """
    intent = merged_intent(repository)
    rounds = []
    for name in in_order(intent.registry, environments):
        try:
            rounds.append(_round(stand(repository, intent.registry, name), intent, tools, manner))
        except OutOfOrderError as error:
            newer = merged_intent(repository)
            if newer.commit == intent.commit:
                rounds.append(failed_round(intent, name, error))
                continue
            intent = newer  # somebody merged, and another apply was faster with it
            rounds.append(_round(stand(repository, intent.registry, name), intent, tools, manner))
    return rounds


def _round(ground: Ground, intent: Intent, tools: Tools, manner: Manner) -> Round:
    try:
        return run_round(ground, intent, tools, manner)
    except OutOfOrderError:
        raise
    except ModelopsError as error:
        return failed_round(intent, ground.name, error)


def failed_round(intent: Intent, name: str, error: ModelopsError) -> Round:
    """What there is to say of an environment in which there could be no round."""
    return Round(name, intent.commit, failures=[Failure(name, "", error)], is_whole=False)


def run_round(ground: Ground, intent: Intent, tools: Tools, manner: Manner = REPORTING) -> Round:
    """One round in one environment.

    Raises:
        OutOfOrderError: A newer commit was applied already.
        JournalError: The journal cannot be read or written.
        LostRaceError: Others kept changing the same models.
    """
    done = Round(ground.name, intent.commit)
    tip = ground.journal.refresh()
    refuse_out_of_order(ground, intent, tip.environment.applied_commit)
    subscribe(ground, tip, tools.announce)
    before = ground.journal.states(tip)
    known = Known(before, tip.environment.applied_commit)
    reviewed = review(ground, intent, known, manner.remarks)
    models = (*reviewed.models, *strays(ground, intent, before, done.failures))
    resting = {model for model in models if manner.resting(model)}
    work = work_of(ground, intent, tuple(model for model in models if model not in resting), tools)
    settled = settle(ground, replace(work, notice=noticing(heals=manner.heals)), tools, manner.pace)
    done.findings = list(reviewed.findings)
    done.failures += [*reviewed.failures, *settled.failures.values()]
    _tell(done, before, settled)
    done.reverts = follow_up(ground, intent, settled.states, settled.moved)
    done.states = states_of(models_of(ground, intent, settled.states), settled, reviewed)
    done.states |= dict.fromkeys(resting & done.states.keys(), "failed")
    done.waiting, done.judged = settled.waiting, set(settled.decisions)
    return done


def _tell(done: Round, before: dict[str, ModelState], settled: Settled) -> None:
    name, after = done.environment, settled.states
    done.outcomes = outcomes(name, before, after, settled.moved)
    done.standing, done.refused = standings(name, settled), refusals(name, settled)
    done.held = {model: state.held.reason for model, state in sorted(after.items()) if state.held}
    done.drifts = {model: state.drift for model, state in sorted(after.items()) if state.drift}
    mended = (model for model in settled.moved & after.keys() if _is_mended(before.get(model), after[model]))
    done.healed = sorted(mended)


def _is_mended(before: ModelState | None, after: ModelState) -> bool:
    """Whether the target of a model serves the same as before under another stamp, and of no other run."""
    if before is None or after.drift or before.run != after.run or before.hold != after.hold:
        return False
    return before.experiment == after.experiment and before.stamp != after.stamp


def states_of(models: Iterable[str], settled: Settled, reviewed: Reviewed) -> dict[str, str]:
    """How each of `models` stands: in the words of `STATES`."""
    failed = {one.model for one in (*reviewed.failures, *settled.failures.values())}
    judged = {model: _word(settled.states.get(model), settled.decisions.get(model)) for model in models}
    refused = judged.keys() - {*reviewed.models}
    return judged | dict.fromkeys(refused, "refused") | dict.fromkeys(failed & judged.keys(), "failed")


def _word(state: ModelState | None, decision: Decision | None) -> str:
    if state and state.held:
        return "held"
    if state and (state.running or state.trying):
        return "running"
    if state and state.drift:
        return "drifted"
    if decision == decisions.Settled("refused"):
        return "refused"
    if isinstance(decision, Stay | Defer | Wait):
        return "waiting"
    return "live" if state and state.routes else "off"
