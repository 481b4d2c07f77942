r"""SSH signatures, made and checked by the real `ssh-keygen -Y` (OpenSSH 8.9 or later).

Whose signatures count is asked of the `allowed_signers` that is given, never of one that is found; what its
lines say (`namespaces=`, `valid-after=`, `cert-authority`) OpenSSH itself honours. Both are judged as of now:
git judges by the date that a commit says of itself, so that a key which has expired or was revoked still
signs whatever is back-dated.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.artifacts import printable
from modelops_git.core.authorizing.approvals import only_principal
from modelops_git.core.errors import SigningError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 30
PERSON_SECONDS = 300
"""How long a person has to type a passphrase or to touch a key."""
INSTALL = "Install OpenSSH's ssh-keygen (Debian: openssh-client), 8.9 or later."
_ASKING = ("SSH_ASKPASS", "DISPLAY", "WAYLAND_DISPLAY")


class Signers(NamedTuple):
    """Whose signatures count: two files as the base commit has them.

    Attributes:
        allowed: In the format of `allowed_signers`, see ssh-keygen(1).
        revoked: Public keys, or a key revocation list; None where there is no such file.
    """

    allowed: bytes
    revoked: bytes | None = None


class Checker:
    """Says who signed; made by `checking`, whose private folder holds the signers."""

    def __init__(self, folder: Path, *, has_revoked: bool) -> None:
        self._folder = folder
        self._allowed = folder / "allowed"
        self._revoked = ("-r", str(folder / "revoked")) if has_revoked else ()

    def signer_of(self, message: bytes, signature: str, namespace: str) -> str:
        """The principal who signed `message`, as of now.

        Raises:
            ValueError: The signature does not hold or does not say whose it is; the message is one line.
            SigningError: ssh-keygen is missing or did not answer.
        """
        signed = self._folder / "signature"
        signed.write_text(signature, encoding="utf-8", errors="surrogateescape")
        about = ("-s", str(signed), "-f", str(self._allowed))
        _, found, said = _run("-Y", "find-principals", *about)
        if not found.strip() and "expired" in said:
            raise ValueError("its key is no longer valid")
        if not found.strip() and "not yet valid" in said:
            raise ValueError("its key is not valid yet")
        principal = only_principal(tuple(found.split("\n")[:-1]))
        ends = _run(
            *("-Y", "verify", "-n", namespace, "-I", principal, *about, *self._revoked), message=message
        )
        if ends.code:
            raise ValueError(self._why_not(message, namespace, principal))
        return principal

    def _why_not(self, message: bytes, namespace: str, principal: str) -> str:
        """Why a signature by a listed key does not hold, as far as that can be told."""
        about = ("-s", str(self._folder / "signature"), "-n", namespace)
        holds = not _run("-Y", "check-novalidate", *about, message=message).code
        if not holds:
            return f"its signature by {principal} is not one of this content"
        if self._revoked:
            return f"the key of {principal} is revoked, or may not sign this"
        return f"the key of {principal} may not sign this"


@contextmanager
def checking(signers: Signers) -> Iterator[Checker]:
    """Check signatures by the given signers.

    Raises:
        SigningError: The signers cannot be put where ssh-keygen reads them.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="modelops-signers-") as name:
            folder = Path(name)
            (folder / "allowed").write_bytes(signers.allowed)
            if signers.revoked is not None:
                (folder / "revoked").write_bytes(signers.revoked)
            yield Checker(folder, has_revoked=signers.revoked is not None)
    except OSError as error:
        raise SigningError(f"signatures cannot be checked here: {error}") from error


def sign(key: str, message: bytes, namespace: str, *, asks: bool) -> str:
    """The signature of `message`, in ssh-keygen's armour.

    Args:
        key: A private key's file, or that of a public key or certificate whose private one an agent has; or
            a public key itself, as git's `user.signingkey` may be.
        message: What is signed.
        namespace: What for.
        asks: Whether a person can be asked for a passphrase.

    Raises:
        UsageError: There is no such key, or it could not be used.
        SigningError: ssh-keygen is missing or did not answer.
    """
    with _key_file(key) as path:
        about = ("-Y", "sign", "-n", namespace, "-f", path)
        done = _run(*about, message=message, asks=asks)
    if done.code or not done.out:
        raise UsageError(
            f"the key {printable(key)} could not sign: {done.line}",
            hint="Give a private key that you can open, or its public one and add the private one to "
            "ssh-agent (ssh-add).",
        )
    return done.out


def public_key(key: str, *, asks: bool) -> str:
    """The public key, as a line of a `.pub` file, that belongs to what `sign` takes.

    Raises:
        UsageError: There is no such key.
        SigningError: ssh-keygen is missing or did not answer.
    """
    if _is_literal(key):
        return _literal(key)
    path = Path(key)
    for place in (path, Path(f"{path}.pub")):
        if place.suffix == ".pub" and place.is_file():
            return _read_start(place)
    if not path.is_file():
        raise UsageError(f"there is no key {printable(key)}", hint="Make one with `ssh-keygen -t ed25519`.")
    done = _run("-y", "-f", key, asks=asks)
    if done.code:
        raise UsageError(f"{printable(key)} is no key that can be used: {done.line}")
    return done.out.strip()


def _read_start(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(64 << 10).decode("utf-8", "replace").strip()


def _is_literal(key: str) -> bool:
    return key.startswith(("key::", "ssh-", "ecdsa-", "sk-"))


def _literal(key: str) -> str:
    return key.removeprefix("key::").strip()


@contextmanager
def _key_file(key: str) -> Iterator[str]:
    """The file that ssh-keygen reads the key from."""
    if not _is_literal(key):
        yield key
        return
    with tempfile.NamedTemporaryFile("w", prefix="modelops-", suffix=".pub") as file:
        file.write(_literal(key) + "\n")
        file.flush()
        yield file.name


class _Done(NamedTuple):
    code: int
    out: str
    said: str

    @property
    def line(self) -> str:
        """The last thing that it said, as a terminal can show it."""
        lines = [line.strip() for line in self.said.splitlines() if line.strip()]
        return printable(lines[-1][:200]) if lines else f"ssh-keygen ended with code {self.code}"


def _run(*arguments: str, message: bytes = b"", asks: bool = False) -> _Done:
    """ssh-keygen's code, what it printed and what it said; it waits for nobody unless a person `asks`."""
    seconds = PERSON_SECONDS if asks else SECONDS
    try:
        process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
            ["ssh-keygen", *arguments],  # noqa: S607 - wherever OpenSSH is installed
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(asks=asks),
            start_new_session=not asks,  # without a terminal, and to be ended with all that it started
        )
    except FileNotFoundError as error:
        raise SigningError("ssh-keygen was not found", hint=INSTALL) from error
    except (OSError, ValueError) as error:
        raise SigningError(f"ssh-keygen could not be run: {error}") from error
    with process:
        try:
            out, said = process.communicate(message, seconds)
        except BaseException as error:
            _end(process, alone=asks)
            if isinstance(error, subprocess.TimeoutExpired):
                raise SigningError(f"ssh-keygen: no answer after {seconds} s") from error
            raise
    return _Done(process.returncode, out.decode("utf-8", "replace"), said.decode("utf-8", "replace"))


def _end(process: subprocess.Popen[bytes], *, alone: bool) -> None:
    if alone:
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _environment(*, asks: bool) -> dict[str, str]:
    kept = {**os.environ, "LC_ALL": "C"}
    if asks:
        return kept
    kept = {name: value for name, value in kept.items() if name not in _ASKING}
    return {**kept, "SSH_ASKPASS_REQUIRE": "never"}
