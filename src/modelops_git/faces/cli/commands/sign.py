"""`modelops sign`: a signature over the files of a version."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import REFERENCE, takes_session

if TYPE_CHECKING:
    from modelops_git.core.references import Reference
    from modelops_git.edges.git.repository import Repository
    from modelops_git.edges.signing.base import Sign
    from modelops_git.faces.cli.session import Session

KEY, PASSPHRASE = "MODELOPS_SIGNING_KEY", "MODELOPS_SIGNING_PASSPHRASE"
FILE = click.Path(path_type=Path)


@click.command("sign")
@takes_session
@click.argument("reference", type=REFERENCE, metavar="MODEL@VERSION")
@click.option("--key", type=FILE, metavar="FILE", help=f"The private key, in PEM; that of {KEY} by default.")
@click.option("--keyless", is_flag=True, help="Sign in the name of this job, by sigstore; needs the network.")
@click.option("--signature", type=FILE, metavar="OUT", help="Write the bundle to this file as well.")
def command(
    session: Session, reference: Reference, *, key: Path | None, keyless: bool, signature: Path | None
) -> Answer:
    """Sign the files of a version that is not merged yet.

    What is signed is the list of the version's files, by OpenSSF Model Signing. The bundle goes into the
    version's store, and the manifest states it. A key is an EC key on P-256, P-384 or P-521, and lies outside
    of the repository. Nothing is committed.
    """
    from modelops_git.engine.sign import ready_to_sign, sign
    from modelops_git.faces.reporting.signed import signed_data, signed_lines

    if not reference.at:
        raise UsageError(f"say which version of {reference.model}", hint=f"As in {reference.model}@1.0.0.")
    if key is not None and keyless:
        raise UsageError("give --key or --keyless, not both")
    repository = session.repository()
    ready = ready_to_sign(repository, reference.model, reference.at)
    done = sign(ready, _keyless() if keyless else _with_key(session, repository, key))
    if signature is not None:
        _write(signature, done.bundle)
    return Answer(signed_data(done), signed_lines(done))


def _keyless() -> Sign:
    from modelops_git.edges.signing.keyless import KeylessSign

    return KeylessSign()


def _with_key(session: Session, repository: Repository, file: Path | None) -> Sign:
    from modelops_git.edges.signing.keys import read_private_key

    given = os.environ.get(KEY, "")
    if file is None and given.startswith("-----BEGIN "):  # how the secrets of CI systems come
        return read_private_key(given.encode("utf-8"), lambda: _passphrase(session))
    if file is None and not given:
        raise UsageError("there is no key to sign with", hint=f"Give --key FILE, or set {KEY}.")
    path = file or Path(given)
    if path.resolve().is_relative_to(repository.top.resolve()):
        raise UsageError(
            f"{path} lies in the repository, where a private key must not be",
            hint="Move it out of there; if it was ever committed, make a new one.",
        )
    return read_private_key(_read(path), lambda: _passphrase(session))


def _read(path: Path) -> bytes:
    from modelops_git.edges.signing.keys import MAX_KEY_FILE

    try:
        with path.open("rb") as file:
            return file.read(MAX_KEY_FILE)
    except OSError as error:
        raise UsageError(f"the key file {path} cannot be read: {error.strerror}") from error


def _passphrase(session: Session) -> bytes | None:
    """What opens the key: from the environment, else from whoever sits in front of the terminal."""
    given = os.environ.get(PASSPHRASE)
    if given is None and session.terminal.asks:
        given = click.prompt(
            "Passphrase of the key", hide_input=True, err=True, default="", show_default=False
        )
    return given.encode("utf-8") if given else None


def _write(path: Path, data: bytes) -> None:
    from modelops_git.edges.files import write_atomic

    try:
        write_atomic(path, data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
