"""The log of predictions, as the server was asked for it."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from modelops_git.core.errors import UsageError
from modelops_git.faces.watching import logs

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.edges.predictions.log import PredictionLog
    from modelops_git.edges.predictions.rules import LogRules
    from modelops_git.faces.gateway.settings import Logging


def log_of(logging: Logging, root: Path) -> PredictionLog | None:
    """The log of predictions; None where nothing is logged."""
    if not logging.root:
        return None
    from modelops_git.edges.predictions.log import PredictionLog

    def say(what: str) -> None:
        logs.log("log-trouble", what, level=logs.ERROR)

    return PredictionLog(root / logging.root, rules_of(logging), say)


def _secret(variable: str) -> bytes:
    """The secret that keys are hashed with; none where they are logged as they are.

    Raises:
        UsageError: The variable is named and not set: keys must not be logged plainly for that.
    """
    secret = os.environ.get(variable, "").encode("utf-8", "surrogateescape") if variable else b""
    if variable and not secret:
        raise UsageError(
            f"the environment variable {variable} is not set, which callers' keys are to be hashed with",
            hint="Set it to a long random text, the same wherever logs are to be compared.",
        )
    return secret


def rules_of(logging: Logging) -> LogRules:
    """How predictions are logged.

    Raises:
        UsageError: That cannot be.
    """
    from modelops_git.edges.predictions.rules import LogRules

    return LogRules(
        sample=logging.sample,
        leave_out=frozenset(logging.without),
        format="parquet" if logging.form == "parquet" else "jsonl",
        keep=None if logging.keep is None else timedelta(days=logging.keep),
        key_secret=_secret(logging.key_secret_env),
    )
