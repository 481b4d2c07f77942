"""MOG120: secrets in a file, whether it parses or not. No message and no quoted line ever shows one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.checks.base import Defect, define
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
_PREFIX = 8
HINT = "Take it out and revoke it, since git keeps it; name the environment variable that holds it."


class Secrets:
    """The secrets of the files of a run."""

    def __init__(self) -> None:
        self._texts: set[str] = set()

    def findings(self, path: str, text: str) -> Iterator[Finding]:
        """What seems to be secret in the file at `path`, which holds `text`."""
        from modelops_git.core.secrets import secrets_in

        for secret in secrets_in(text):
            self._texts.add(text[secret.start : secret.end])
            before = text[: secret.start]
            line, column = before.count("\n") + 1, secret.start - before.rfind("\n")
            hint = HINT if secret.is_sure else f"If it is a secret: {HINT[0].lower()}{HINT[1:]}"
            severity = Severity.ERROR if secret.is_sure else Severity.WARNING
            message = f"There seems to be {secret.what} here."
            yield SECRET.finding(Defect(message, Place(path, line, column), hint, severity=severity))

    def masked(self, finding: Finding) -> Finding:
        """`finding` without the secrets that were found, should another check have quoted one."""
        message, hint = finding.message, finding.hint
        for text in self._texts:
            message, hint = _without(message, text), _without(hint, text)
        return (
            finding
            if (message, hint) == (finding.message, finding.hint)
            else finding._replace(message=message, hint=hint)
        )


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
