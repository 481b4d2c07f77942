"""Reconcile: one round for everything in an environment, from the head of the default branch.

The ticks are those of apply. What differs is what is expected: apply answers for a merge, and fails where the
journal does not account for it; a round brings on what is due now, whoever asked for it and whenever. It
fails for no model but the one that failed, and for no environment but the one whose journal failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import ModelopsError
from modelops_git.engine.cases import Failure
from modelops_git.engine.drifted import noticing, strays
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import in_order, merged_intent
from modelops_git.engine.order import OutOfOrderError, refuse_out_of_order
from modelops_git.engine.review import Known, review
from modelops_git.engine.settling import PATIENT, outcomes, settle, standings
from modelops_git.engine.working import work_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.findings import Finding
    from modelops_git.core.journal.state import Drift, ModelState
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.settling import Outcome, Pace, Settled
    from modelops_git.engine.standing import Standing
    from modelops_git.engine.starting import Tools


@dataclass(slots=True)
class Round:
    """What one round did in one environment.

    Attributes:
        environment: The environment.
        commit: The commit whose wishes were carried out.
        outcomes: What was done.
        standing: What is under way, or waits, and until when.
        held: Models that a hold keeps from what is wanted.
        drifts: How targets differ from what the journal says, by model, where that was not mended.
        healed: Models whose target was brought back to what the journal says.
        findings: Why models were left as they are.
        failures: Models that could not get on because the world failed; of all of them, where it names none.
    """

    environment: str
    commit: str
    outcomes: list[Outcome] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    drifts: dict[str, Drift] = field(default_factory=dict)
    healed: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


class Manner(NamedTuple):
    """How a round goes about it.

    Attributes:
        heals: Whether a drift is mended.
        pace: How ticks follow each other.
    """

    heals: bool = False
    pace: Pace = PATIENT


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
                rounds.append(_failed(intent, name, error))
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
        return _failed(intent, ground.name, error)


def _failed(intent: Intent, name: str, error: ModelopsError) -> Round:
    return Round(name, intent.commit, failures=[Failure(name, "", error)])


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
    before = ground.journal.states(tip)
    reviewed = review(ground, intent, Known(before, tip.environment.applied_commit))
    models = (*reviewed.models, *strays(ground, intent, before, done.failures))
    work = work_of(ground, intent, models, tools)
    settled = settle(ground, replace(work, notice=noticing(heals=manner.heals)), tools, manner.pace)
    done.findings = list(reviewed.findings)
    done.failures += [*reviewed.failures, *settled.failures.values()]
    _tell(done, before, settled)
    return done


def _tell(done: Round, before: dict[str, ModelState], settled: Settled) -> None:
    name, after = done.environment, settled.states
    done.outcomes = outcomes(name, before, after, settled.moved)
    done.standing = standings(name, settled)
    done.held = sorted(model for model, state in after.items() if state.hold)
    done.drifts = {model: state.drift for model, state in sorted(after.items()) if state.drift}
    mended = (model for model in settled.moved & after.keys() if _is_mended(before.get(model), after[model]))
    done.healed = sorted(mended)


def _is_mended(before: ModelState | None, after: ModelState) -> bool:
    """Whether the target of a model serves the same as before under another stamp, and of no other run."""
    if before is None or after.drift or before.run != after.run or before.hold != after.hold:
        return False
    return before.experiment == after.experiment and before.stamp != after.stamp
