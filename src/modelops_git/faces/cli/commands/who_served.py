"""`modelops who-served`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.deploying import MOMENT
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.faces.cli.session import Session


@click.command("who-served")
@takes_session
@click.option("--env", "environment", default="", metavar="ENV", help="The environment.")
@click.option("--model", default="", help="The model.")
@click.option(
    "--at", type=MOMENT, metavar="TIME", help="The time, such as 2026-06-02T15:30:00Z; now by default."
)
@click.option("--key", metavar="KEY", help="Which version the caller of this header or cookie met.")
@click.option(
    "--prediction",
    metavar="ID",
    help="Which version made this prediction, by its id alone.",
)
def command(
    session: Session,
    environment: str,
    model: str,
    at: datetime | None,
    key: str | None,
    prediction: str | None,
) -> Answer:
    """Tell which version served at a time, met a caller, or made a prediction.

    Between the announcement of a step and its observation the answer is either of two versions, and during a
    split the set of them with their weights, unless --key says whose request it was. The id of a prediction
    leads to one version by itself; where that served in several environments, --env says which is meant.
    """
    from modelops_git.core.errors import UsageError

    if prediction is not None:
        if at is not None or key is not None:
            raise UsageError("--prediction goes with neither --at nor --key: the id says it all")
        return _made(session, prediction, environment, model)
    if not environment or not model:
        raise UsageError(
            "who-served needs --env and --model, or --prediction",
            hint="For example --env production --model iris --at 2026-06-02T15:30:00Z",
        )
    return _served(session, environment, model, at, key)


def _made(session: Session, prediction: str, environment: str, model: str) -> Answer:
    from modelops_git.core.errors import UsageError
    from modelops_git.core.serving.prediction_ids import read_prediction_id
    from modelops_git.engine.attribution import who_made
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import in_order, known_intent
    from modelops_git.faces.reporting.served import made_json, made_lines

    try:
        said = read_prediction_id(prediction)
    except ValueError as error:
        raise UsageError(
            f"{prediction[:100]!r} is no prediction id: {error}",
            hint="It is the header Modelops-Prediction of an answer, and the field id of a log.",
        ) from None
    repository = session.repository()
    registry = known_intent(repository).registry
    names = in_order(registry, [environment] if environment else [])
    answer = who_made([stand(repository, registry, name) for name in names], said, model)
    return Answer(made_json(said, answer), made_lines(said, answer))


def _served(session: Session, environment: str, model: str, at: datetime | None, key: str | None) -> Answer:
    from modelops_git.core.journal.answering import met
    from modelops_git.core.references import find_model
    from modelops_git.engine.ground import stand, utc_now
    from modelops_git.engine.history import served_at
    from modelops_git.engine.intent import known_intent
    from modelops_git.faces.reporting.deployments import time_json, time_text
    from modelops_git.faces.reporting.served import assign_json, met_lines, served_json, served_lines

    repository = session.repository()
    intent = known_intent(repository)
    ground = stand(repository, intent.registry, environment)
    moment = at or utc_now()
    period = served_at(ground, model, moment)
    if period is None:
        find_model(intent.catalog, model)
    where = f"{model} in {environment} at {time_text(moment)}"
    asked = {"environment": environment, "model": model, "at": time_json(moment)}
    if key is None:
        return Answer(
            asked | served_json(period, period.routes if period else ()), served_lines(period, where)
        )
    found = met(model, period, key) if period else None
    data = asked | served_json(period, found.routes if found else ())
    data |= {
        "key": key,
        "assign": assign_json(found.assign if found else None),
        "chance": bool(found and found.is_chance),
        "certain": found is None or len(found.routes) <= 1,
    }
    return Answer(data, met_lines(period, found, key, where))
