"""What databases and their libraries say when something fails, in one line, without passwords."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import MetricsError, ModelopsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST = 300
_HIDDEN = "…"
_POSITION = re.compile(r"\s*(LINE \d+:|Candidate bindings:).*", re.DOTALL)
_STACK = re.compile(r"\s*(JVM stacktrace|SQLSTATE|== SQL).*", re.DOTALL)


@contextmanager
def translated(subject: str, secrets: Sequence[str] = (), hint: str = "") -> Iterator[None]:
    """Turn whatever a library raises in the block into a MetricsError about `subject`.

    Each back end has a library of its own, with errors of its own: so any exception counts, and nothing of
    ours may fail in the block.

    Args:
        subject: What was attempted on what.
        secrets: Texts that must not be shown.
        hint: What to do.

    Raises:
        MetricsError: Something was raised.
    """
    try:
        yield
    except ModelopsError:
        raise
    except Exception as error:  # noqa: BLE001 - any, as said above
        raise MetricsError(f"{subject}: {said(error, secrets)}", hint=hint) from None


def said(error: Exception, secrets: Sequence[str] = ()) -> str:
    """What a library says, in one line that is not too long, without secrets."""
    text = _STACK.sub("", _POSITION.sub("", str(error)))
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    shown = printable(" ".join(text.split()).rstrip(".:"))
    if len(shown) > _LONGEST:
        shown = f"{shown[: _LONGEST - 1]}…"
    return shown or type(error).__name__
