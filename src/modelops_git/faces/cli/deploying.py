"""What the words of the commands that deploy have in common: times, reasons, how far a change is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

P = ParamSpec("P")
R = TypeVar("R")


def _moment(text: str) -> datetime:
    from modelops_git.core.clock import parse_time
    from modelops_git.core.errors import UsageError

    try:
        return parse_time(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


MOMENT = _moment
"""The type of an option that is a time in UTC."""


def _duration(text: str) -> timedelta:
    from modelops_git.core.clock import parse_duration
    from modelops_git.core.errors import UsageError

    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


DURATION = _duration
"""The type of an option that is a length of time."""


def takes_environment(function: Callable[P, R]) -> Callable[P, R]:
    """Add `--env ENV`, which must be given."""
    option = click.option("--env", "environment", required=True, metavar="ENV", help="The environment.")
    return option(function)


def takes_reason(function: Callable[P, R]) -> Callable[P, R]:
    """Add `--reason TEXT`."""
    return click.option("--reason", default="", help="Why; for the record.")(function)


def takes_delivery(function: Callable[P, R]) -> Callable[P, R]:
    """Add `--pull-request`, `--branch`, `--commit` and `--no-commit`, of which the last given counts."""
    for name, text in (
        ("no-commit", "Write the file, and commit nothing."),
        ("commit", "Commit on the current branch."),
        ("branch", "Commit on a new branch; the default."),
        ("pull-request", "The same, push the branch, and open a pull request on the forge."),
    ):
        option = click.option(f"--{name}", "delivery", flag_value=name, default=None, help=text)
        function = option(function)
    return function
