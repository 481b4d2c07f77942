"""Which of a model's routes answers a request.

The same function serves requests and answers, months later, who served a caller: it depends only on what the
journal holds of the routes, and on the caller's key.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from modelops_git.core.routes import ALL, stable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelops_git.core.routes import Assign, Route

_BYTES = 6
"""Of the hash: few enough for the quotient to be exact, so that no place is rounded up to 100."""


def chosen(routes: Sequence[Route], place: float) -> Route | None:
    """The route that answers; None where none is live.

    The candidates take the low places, in their order, and the stable version the rest. So a caller whose
    place is known stays with a candidate while its share grows.

    Args:
        routes: All routes of the model.
        place: From 0 up to, not including, 100: by chance, or a caller's own (`place_of`).
    """
    taken = 0
    for route in routes:
        if route.role != "candidate":
            continue
        taken += route.weight
        if place < taken:
            return route
    return stable(tuple(routes))


def place_of(model: str, routes: Iterable[Route], key: str) -> float:
    """The place of a caller, evenly spread over 0 to 100, not including 100.

    It is another one where other versions are tried, so that who met the candidate of one experiment is not
    the one who meets that of the next. A share that is edited moves nobody who need not move.

    Args:
        model: The model's name.
        routes: All routes of the model.
        key: What the request says of its caller.
    """
    tried = sorted(route.digest for route in routes if route.role == "candidate")
    hashed = hashlib.sha256("\0".join([model, *tried, key]).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(hashed[:_BYTES], "big") * ALL / (1 << 8 * _BYTES)


def key_said(value: str) -> str:
    """The key that the value of a header or a cookie is.

    Servers read the bytes of headers as Latin-1; who sends them, and who asks later, means UTF-8.
    """
    try:
        return value.encode("latin-1").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return value


def assigned_by(routes: Iterable[Route]) -> Assign | None:
    """What of a request decides; None where chance does."""
    return next((route.assign for route in routes if route.assign is not None), None)


def mirrors_at(routes: Iterable[Route], place: float) -> list[Route]:
    """The mirrors that are shown a request; each sees its own share of all."""
    return [route for route in routes if route.role == "mirror" and place < route.weight]


def preview_of(routes: Iterable[Route]) -> Route | None:
    """The version that answers those who ask for a preview."""
    return next((route for route in routes if route.role == "preview"), None)
