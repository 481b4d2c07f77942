"""The words for a forge's refusal: what it would not do, and which permission or setting is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import ForgeError

if TYPE_CHECKING:
    from modelops_git.edges.forges.web import Ask, Client

_MOVED, _BROKEN = range(300, 400), range(500, 600)
_UNKNOWN, _FORBIDDEN, _ABSENT = 401, 403, 404


def refusal(client: Client, ask: Ask, status: int, said: str) -> ForgeError:
    """The error for an answer with a status that is none of success.

    Args:
        client: Who was asked.
        ask: What about.
        status: The HTTP status.
        said: The forge's own words, fit to be shown; may be empty.
    """
    words = f"HTTP {status}" + (f": {said}" if said else "")
    return ForgeError(f"{client.name} {_what(status)} {ask.about} ({words})", hint=_hint(client, ask, status))


def _what(status: int) -> str:
    if status in _MOVED:
        return "answers with another address for"
    if status == _UNKNOWN:
        return "does not know the token, asked about"
    if status == _ABSENT:
        return "does not show"
    return "fails when asked about" if status in _BROKEN else "refuses what is asked about"


def _hint(client: Client, ask: Ask, status: int) -> str:
    setting, repository = client.site.setting or "the token's variable", client.site.repository
    needs = f" with the permission {ask.needs}" if ask.needs else ""
    if status in _MOVED:
        return (
            "Write the repository's present path as `forge.repository` in modelops.yaml; nothing is followed."
        )
    if not client.site.token and status in {_UNKNOWN, _FORBIDDEN, _ABSENT}:
        return f"Set {setting} to a token for {repository}{needs}."
    if status == _UNKNOWN:
        return f"Set {setting} to a token for {repository} that is valid still."
    if status == _FORBIDDEN:
        return f"The token in {setting} must be one for {repository}{needs}."
    if status == _ABSENT:
        return (
            f"If it is there, the token in {setting} may not see it: it must be one for {repository}{needs}."
        )
    return "Try again; the forge's status page may say more." if status in _BROKEN else ""
