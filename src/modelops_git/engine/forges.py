"""The forge of a registry: which one, which repository there, and the token for it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from modelops_git.core.errors import ForgeError, UsageError

if TYPE_CHECKING:
    from modelops_git.core.manifests.forge import Forge as Manifest
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.forges.base import Forge
    from modelops_git.edges.git.repository import Repository

TOKENS = {"github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN"}
"""The variables that hold a token where the manifest names none."""
_PUBLIC = {
    "github": frozenset({"github.com", "www.github.com", "ssh.github.com"}),
    "gitlab": frozenset({"gitlab.com", "www.gitlab.com", "altssh.gitlab.com"}),
}
_SCP = re.compile(r"(?:[^@/:]+@)?([^/:]+):(?!//)(.+)")
_SET = "Write `repository: owner/name` below `forge` in modelops.yaml."


class Remote(NamedTuple):
    """What a remote's address says.

    Attributes:
        host: In lower case; empty for a folder.
        path: The repository there, without `.git`.
    """

    host: str
    path: str


def forge_of(repository: Repository, registry: Registry) -> Forge | None:
    """The forge of a registry; None where it has none. Nothing is asked yet.

    Raises:
        UsageError: Which repository it is cannot be told.
        ForgeError: There is no token, or the repository's path is none.
        GitError: git failed.
    """
    if registry.forge is None:
        return None
    from modelops_git.edges.forges import open_forge
    from modelops_git.edges.forges.base import Site

    path = registry.forge.repository or _path_of(repository, registry, registry.forge)
    setting = setting_of(registry.forge)
    api = (registry.forge.url or "").rstrip("/")
    return open_forge(registry.forge.type, Site(path, api, _token(setting, path), setting))


def setting_of(forge: Manifest) -> str:
    """The environment variable that holds the token."""
    return forge.token_env or TOKENS[forge.type]


def _token(setting: str, path: str) -> str:
    token = os.environ.get(setting, "").strip()
    if not token:
        raise ForgeError(
            f"the environment variable {setting} has no token, so that the forge cannot be asked",
            hint=f"Set {setting} to a token for {path}; the guide on forges says which permissions it needs.",
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ForgeError(f"what {setting} holds is no token: it has characters that tokens have not")
    return token


def _path_of(repository: Repository, registry: Registry, forge: Manifest) -> str:
    """The repository's path by the address of its remote."""
    from modelops_git.edges.git.remotes import address_of

    name = registry.journal.remote or "origin"
    address = address_of(repository.git, name)
    remote = remote_at(address)
    if not remote.path or not remote.host:
        what = f"{address} is no address on a forge" if address else f"there is no remote {name}"
        raise UsageError(f"which repository on {forge.type} this is cannot be told: {what}", hint=_SET)
    if forge.url is None and remote.host not in _PUBLIC[forge.type]:
        raise UsageError(
            f"the remote {name} is at {remote.host}, and modelops.yaml does not say where its API is",
            hint="Write `url` below `forge` in modelops.yaml, such as "
            + ("https://HOST/api/v3." if forge.type == "github" else "https://HOST/api/v4."),
        )
    return remote.path


def remote_at(address: str) -> Remote:
    """What an address of git says: `git@host:a/b.git`, `ssh://…`, `https://…`; nothing for a folder."""
    if "://" in address:
        parts = urlsplit(address)
        host = "" if parts.scheme == "file" else parts.hostname or ""
        return Remote(host.lower(), _repository(parts.path))
    if (found := _SCP.fullmatch(address)) and not address.startswith(("/", ".")):
        return Remote(found[1].lower(), _repository(found[2]))
    return Remote("", "")


def _repository(path: str) -> str:
    return path.strip("/").removesuffix(".git").strip("/")
