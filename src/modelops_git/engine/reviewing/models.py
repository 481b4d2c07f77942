"""The details of each model that a change touches: versions, interfaces, metrics, bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.catalog import Catalog
from modelops_git.engine.diff import diff_versions
from modelops_git.engine.reviewing.attesting import Attesting
from modelops_git.engine.reviewing.claims import Proof

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.planning.plan import PlannedAction
    from modelops_git.core.routes import Route
    from modelops_git.edges.git.comparing import Comparison
    from modelops_git.engine.binding import Span
    from modelops_git.engine.diff import Difference
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.reviewing.claims import Claims
    from modelops_git.engine.reviewing.planning import Foreseen

MOST_DETAILED = 200
"""How many (environment, model) are looked at in detail; of more no comment could tell."""


@dataclass(frozen=True, slots=True)
class ReviewedModel:
    """What a change does to one model in one environment.

    Attributes:
        environment: The environment.
        model: The model.
        action: What would be done; None where that is not known.
        is_barred: Whether it would not be, since a check says no.
        live: What the journal says is live; None where nothing is, or that is not known.
        asked_before: The version that the base of the change asks for; empty for none.
        asked: The version that the change asks for, or would try in an experiment; empty for none.
        difference: Between what is live, or else what was asked for before, and what is asked for; None where
            there is nothing to compare, or there is too much else.
        is_against_live: Whether the difference is to what is live.
        old_attested: Whether somebody else than the author vouches for the old version's metrics.
        new_attested: The same for the new version.
        proof: What is known of its bytes from this run; None where nobody looked.
        size: How many bytes the version that is asked for has.
        is_controlled: Whether a controller is at work in the environment.
    """

    environment: str
    model: str
    action: PlannedAction | None = None
    is_barred: bool = False
    live: Route | None = None
    asked_before: str = ""
    asked: str = ""
    difference: Difference | None = None
    is_against_live: bool = False
    old_attested: bool = False
    new_attested: bool = False
    proof: Proof | None = None
    size: int = 0
    is_controlled: bool = False


class Gathering:
    """What is known of the models of a change, put together.

    Args:
        compared: The change's base, and the default branch's tip, where what is live may be found too.
        span: The change.
        foreseen: The plan.
        claims: What another step of the run verified.
    """

    def __init__(self, compared: Comparison, span: Span, foreseen: Foreseen, claims: Claims) -> None:
        self._span, self._foreseen, self._claims = span, foreseen, claims
        self._attesting = Attesting(span.repository, span.before)
        self._merged = [Catalog(one) for one in (compared.change.base, compared.tip)]
        self._barred = {(one.environment, one.model): one for one in foreseen.barred}
        planned = {(one.environment, one.model): one for one in foreseen.planned.plan.actions}
        self._actions = self._barred | planned
        sides = [one.registry for one in (span.after, span.before) if one]
        self._controlled = {one.name: one.controller for side in sides for one in side.environments}

    def models(self, rows: Sequence[tuple[str, str]]) -> Iterator[ReviewedModel]:
        """Each model, the first ones in detail."""
        for number, (environment, model) in enumerate(rows):
            yield self._model(environment, model, is_detailed=number < MOST_DETAILED)

    def wrong(self, models: Sequence[ReviewedModel]) -> tuple[str, ...]:
        """The versions of which the bytes are said to differ."""
        return tuple(dict.fromkeys(f"{one.model} {one.asked}" for one in models if one.proof is Proof.WRONG))

    def _model(self, environment: str, model: str, *, is_detailed: bool) -> ReviewedModel:
        before, after = (_asked(one, environment, model) for one in (self._span.before, self._span.after))
        tried = _tried(self._span.after, environment, model) if before == after else ""
        live = self._foreseen.live.get((environment, model))
        new = _version(self._span.after, model, tried or after)
        old = self._served(model, live) or _version(self._span.before, model, before)
        difference = self._difference(old, new) if is_detailed else None
        return ReviewedModel(
            environment,
            model,
            self._actions.get((environment, model)),
            (environment, model) in self._barred,
            live,
            before,
            tried or after,
            difference,
            is_against_live=live is not None and old is not None and old.digest == live.digest,
            old_attested=difference is not None and self._attesting.is_attested(old),
            new_attested=difference is not None and self._attesting.is_attested(new),
            proof=self._claims.versions.get((model, tried or after)),
            size=sum(row.size for row in new.manifest.artifacts) if new else 0,
            is_controlled=self._controlled.get(environment, False),
        )

    def _difference(self, old: Document | None, new: Document | None) -> Difference | None:
        if old is None or new is None or self._span.after is None or old.digest == new.digest:
            return None
        return diff_versions(old, new, self._span.after.catalog.model(new.home.model))

    def _served(self, model: str, live: Route | None) -> Document | None:
        """The manifest of what is live, as it is merged; None where it is not there as it is served."""
        found = (one.version(model, live.version) for one in self._merged) if live else ()
        return next((one for one in found if one and live and one.digest == live.digest), None)


def _version(intent: Intent | None, model: str, version: str) -> Document | None:
    return intent.catalog.version(model, version) if intent and version else None


def _asked(intent: Intent | None, environment: str, model: str) -> str:
    rollout = intent.catalog.rollout(model, environment) if intent else None
    return str(rollout.manifest.version) if rollout else ""


def _tried(intent: Intent | None, environment: str, model: str) -> str:
    """The first candidate of an experiment; empty where there is none."""
    found = intent.catalog.experiment(model, environment) if intent else None
    return str(found.manifest.candidates[0].version) if found else ""
