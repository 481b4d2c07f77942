"""Where messages go: addresses and secrets, which only the environment knows and nobody prints."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from modelops_git.core.errors import UsageError
from modelops_git.core.notifying.signature import PREFIX, secret_in

if TYPE_CHECKING:
    from modelops_git.core.manifests.notification import Notification

LONGEST = 2000


class Outlet(NamedTuple):
    """Where messages go.

    Attributes:
        name: The environment variable that holds the address, for messages.
        url: The address.
        secret: What messages are signed with; None where they are not signed.
    """

    name: str
    url: str
    secret: bytes | None = None

    def __repr__(self) -> str:
        """Its name, and neither address nor secret."""
        return f"Outlet({self.name})"


def outlet_of(manifests: tuple[Notification, ...]) -> Outlet:
    """The outlet of notifications that have one address.

    Raises:
        UsageError: The environment does not say where it is, or what to sign with.
    """
    name = manifests[0].url_env
    secrets = (one.secret_env for one in manifests if one.type == "webhook")
    secret_env = next((one for one in secrets if one), "")
    return Outlet(name, _url(name), _secret(secret_env) if secret_env else None)


def _url(name: str) -> str:
    url = os.environ.get(name, "").strip()
    if not url:
        raise UsageError(f"the environment variable {name} is not set")
    if not _is_address(url):
        raise UsageError(f"the environment variable {name} holds no address that begins with https://")
    return url


def _is_address(url: str) -> bool:
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _secret(name: str) -> bytes:
    text = os.environ.get(name, "")
    if not text.strip():
        raise UsageError(f"the environment variable {name} is not set")
    try:
        return secret_in(text)
    except ValueError as error:
        raise UsageError(f"the environment variable {name} holds no {PREFIX}… secret: {error}") from None
