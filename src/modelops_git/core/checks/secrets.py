"""MOG120: secrets in a file, whether it parses or not. No message and no quoted line ever shows one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelops_git.core.checks.base import Defect, bounded, define
from modelops_git.core.findings import Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.findings import Finding

SECRET = define(
    "MOG120",
    "secret",
    """A file holds a key, a token or a password.

    Whoever can read the repository can use it, and git keeps it after it is deleted: revoke it. Manifests
    name the environment variable that holds a secret. Found are the forms of well-known keys, values behind
    names such as `password`, passwords in addresses, and private keys. A long text that only looks random is
    a warning. The finding does not show what it found.

    Wrong:
    ```yaml
    provider: {type: prometheus, address: "http://ana:correct-horse-1@prometheus:9090"}
    ```
    Right:
    ```yaml
    provider: {type: prometheus, address: "http://prometheus:9090", auth: {bearer_env: PROM_TOKEN}}
    ```
    """,
)
CHECKS = (SECRET,)
_PREFIX, _FEW = 8, 100
HINT = "Take it out and revoke it, since git keeps it; name the environment variable that holds it."


class Secrets:
    """The secrets of the files of a run."""

    def __init__(self) -> None:
        self._by_start: dict[str, set[str]] = {}

    def findings(self, path: str, text: str) -> Iterator[Finding]:
        """What seems to be secret in the file at `path`, which holds `text`."""
        return map(SECRET.finding, bounded(self._defects(path, text), path))

    def _defects(self, path: str, text: str) -> Iterator[Defect]:
        from modelops_git.core.secrets import secrets_in

        line, at = 1, 0
        found = secrets_in(text)
        for secret in found:  # all of them, also those of which no finding tells
            hidden = text[secret.start : secret.end]
            self._by_start.setdefault(hidden[:_PREFIX], set()).add(hidden)
        for secret in found:
            line, at = line + text.count("\n", at, secret.start), secret.start
            column = secret.start - text.rfind("\n", 0, secret.start)
            hint = HINT if secret.is_sure else f"If it is a secret: {HINT[0].lower()}{HINT[1:]}"
            severity = Severity.ERROR if secret.is_sure else Severity.WARNING
            message = f"There seems to be {secret.what} here."
            yield Defect(message, Place(path, line, column), hint, severity=severity)

    def masked(self, finding: Finding) -> Finding:
        """`finding` without the secrets that were found, should another check have quoted one."""
        said = (finding.message, finding.hint)
        if not self._by_start or not any(map(self._begun_in, said)):
            return finding
        message, hint = map(self._masked, said)
        return finding._replace(message=message, hint=hint)

    def _begun_in(self, said: str) -> list[str]:
        """How the secrets begin of which `said` holds at least the beginning."""
        sizes = {len(start) for start in self._by_start}
        parts = {said[at : at + size] for size in sizes for at in range(len(said) - size + 1)}
        return sorted(parts & self._by_start.keys(), key=len, reverse=True)

    def _masked(self, said: str) -> str:
        for start in self._begun_in(said):
            for text in sorted(self._by_start[start])[:_FEW]:
                said = _without(said, text)
            if len(self._by_start[start]) > _FEW:
                said = _without_word(said, start)
        return said


def _without_word(message: str, start: str) -> str:
    """`message` without the words that begin like very many secrets."""
    from modelops_git.core.secrets import MASK

    return re.sub(rf"{re.escape(start)}[^\s'\"`]*", lambda found: MASK * len(found[0]), message)


def _without(message: str, secret: str) -> str:
    """`message` without the secret, or as much of it as a message that was cut holds."""
    from modelops_git.core.secrets import MASK

    start = message.find(secret[:_PREFIX])
    while start >= 0:
        length = next(
            (at for at, char in enumerate(secret) if message[start + at : start + at + 1] != char),
            len(secret),
        )
        message = message[:start] + MASK * length + message[start + length :]
        start = message.find(secret[:_PREFIX], start + length)
    return message
