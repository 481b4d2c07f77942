"""Which version made a prediction: asked of journals alone, by what the prediction's id says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.clock import format_time
from modelops_git.core.errors import JournalError, RefusedError
from modelops_git.core.journal.answering import TOLERANCE, is_of, made_by
from modelops_git.core.journal.timeline import periods, serving_at
from modelops_git.core.routes import stable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from modelops_git.core.journal.answering import Made
    from modelops_git.core.journal.entry import Entry
    from modelops_git.core.journal.timeline import Period
    from modelops_git.core.serving.prediction_ids import PredictionId
    from modelops_git.edges.git.journal import Tip
    from modelops_git.engine.ground import Ground

MOST_SAID = 5
"""Of what was live instead."""


@dataclass(frozen=True, slots=True)
class Maker:
    """A version that made a prediction, or may have: an id does not say in which environment.

    Attributes:
        environment: Where.
        model: The model.
        made: The version, since when it served and what brought it.
    """

    environment: str
    model: str
    made: Made


@dataclass(frozen=True, slots=True)
class Answer:
    """Who made a prediction.

    Attributes:
        makers: One, unless the same version served in several environments at the time.
        unread: Environments that could not be asked, since their journals cannot be read.
    """

    makers: tuple[Maker, ...]
    unread: tuple[str, ...]


def who_made(grounds: Iterable[Ground], said: PredictionId, model: str = "") -> Answer:
    """The version that made a prediction.

    Args:
        grounds: The environments that are asked.
        said: What the prediction's id says.
        model: The model, where it is known.

    Raises:
        RefusedError: No such version served at the time; the message says what did.
        JournalError: That cannot be said, since a journal is absent, unreachable or cannot be read.
    """
    asked = list(grounds)
    if any(said.at - ground.now() > TOLERANCE for ground in asked):
        raise RefusedError(
            f"{said.text} is no id of a prediction that was made: it says {format_time(said.at)}",
            hint="That is yet to come. Look whether the id was copied whole.",
        )
    served: dict[str, Mapping[str, list[Period]]] = {}
    unread: dict[str, JournalError] = {}
    for ground in asked:
        try:
            served[ground.name] = _served(ground, said, model)
        except JournalError as error:
            unread[ground.name] = error
    makers = tuple(_makers(served, said))
    if makers:
        return Answer(makers, tuple(unread))
    for unreadable in unread.values():
        raise unreadable
    raise _nobody(served, said)


def _served(ground: Ground, said: PredictionId, model: str) -> Mapping[str, list[Period]]:
    """What served, by model: of the model that the id is of, where a state knows it, else of all."""
    tip = ground.journal.refresh()
    names = [model] if model else _known(ground, tip, said)
    if names:
        return {name: periods(one.entry for one in ground.journal.history(tip, name)) for name in names}
    entries: dict[str, list[Entry]] = {}
    for past in ground.journal.history(tip):
        if past.entry.model:
            entries.setdefault(past.entry.model, []).append(past.entry)
    return {name: periods(found) for name, found in entries.items()}


def _known(ground: Ground, tip: Tip, said: PredictionId) -> list[str]:
    """The models whose newest state still names the version: that spares reading all of the past."""
    prefix = f'"sha256:{said.digest}'.encode()
    return [name for name, state in ground.journal.states(tip).items() if prefix in state.to_bytes()]


def _makers(served: Mapping[str, Mapping[str, list[Period]]], said: PredictionId) -> Iterator[Maker]:
    for environment, models in served.items():
        for model, known in models.items():
            made = made_by(said, known)
            if made is not None:
                yield Maker(environment, model, made)


def _nobody(served: Mapping[str, Mapping[str, list[Period]]], said: PredictionId) -> RefusedError:
    """Why no version is named, in the words of what was live instead."""
    named = {
        f"{model} {route.version}"
        for models in served.values()
        for model, known in models.items()
        for period in known
        for route in period.routes
        if is_of(said, route)
    }
    which = min(named) if named else f"a version whose digest begins with {said.digest}"
    live = sorted(_live(served, said))
    more = f", and {len(live) - MOST_SAID} more" if len(live) > MOST_SAID else ""
    instead = f"{', '.join(live[:MOST_SAID])}{more} did" if live else "nothing did"
    return RefusedError(
        f"{which} did not serve at {format_time(said.at)}, which is what {said.text} says; {instead}",
        hint="Look whether the id was copied whole, and whether a gateway of this registry gave it.",
    )


def _live(served: Mapping[str, Mapping[str, list[Period]]], said: PredictionId) -> Iterator[str]:
    for environment, models in served.items():
        for model, known in models.items():
            period = serving_at(known, said.at)
            live = stable(period.routes) if period else None
            if live is not None:
                yield f"{model} {live.version} in {environment}"
