"""What the words of a command line have in common: the session, `--format`, models and versions."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from modelops_git.faces.cli.session import Format, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelops_git.core.references import Reference
    from modelops_git.faces.cli.answer import Answer

P = ParamSpec("P")
T = TypeVar("T")
FORMATS = click.Choice([Format.TEXT.value, Format.JSON.value])
REPORTS = click.Choice([form.value for form in Format])
"""What `--format` takes behind a command whose findings other programs read."""
_hand_over = click.make_pass_decorator(Session)


def takes_session(function: Callable[Concatenate[Session, P], Answer]) -> Callable[P, Answer]:
    """Pass the `Session` as the first argument, and take `--format` behind the command as well."""
    return _with_format(FORMATS)(_hand_over(function))


def reports_findings(function: Callable[Concatenate[Session, P], Answer]) -> Callable[P, Answer]:
    """As `takes_session`, for a command that can also print the formats of `REPORTS`."""
    return _with_format(REPORTS)(_hand_over(function))


def _with_format(formats: click.Choice[str]) -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    return click.option(
        "--format", type=formats, expose_value=False, callback=_choose_format, help="How to print the result."
    )


def gathers(kind: Callable[..., T]) -> Callable[[Callable[[Session, T], Answer]], Callable[..., Answer]]:
    """Pass all words as one value of the dataclass `kind`, for commands with more than five parameters.

    It stands closest to the function, below the options; their names are those of the fields.
    """

    def decorate(function: Callable[[Session, T], Answer]) -> Callable[..., Answer]:
        @wraps(function)
        def call(session: Session, **words: object) -> Answer:
            return function(session, kind(**words))

        return call

    return decorate


def _choose_format(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.obj = ctx.obj._replace(format=Format(value))


def asks_for_json(arguments: Sequence[str]) -> bool:
    """Whether the words ask for JSON, before or behind the command; also where they do not parse."""
    return asked_format(arguments) == Format.JSON.value


def asked_format(arguments: Sequence[str]) -> str:
    """The word that stands for the format, whatever it is; empty where none does.

    It is read off the words themselves, because a mistake in them must be reported in that format too.
    """
    chosen, previous = "", ""
    for word in arguments:
        if word == "--":
            break
        if previous == "--format":
            chosen = word
        chosen = word.partition("=")[2] if word.startswith("--format=") else chosen
        previous = word
    return chosen


def _reference(text: str) -> Reference:
    from modelops_git.core.references import parse_reference

    return parse_reference(text)


REFERENCE = _reference
"""The type of an argument `MODEL` or `MODEL@VERSION`; whether there is such a model is found out later."""
