"""Approve: sign what a branch changes, as a file of the branch, where no forge keeps approvals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.authorizing.approvals import (
    NAMESPACE,
    SYSTEM,
    SignedApproval,
    listed_principals,
    only_principal,
    stated,
)
from modelops_git.core.authorizing.directory import Directory
from modelops_git.core.errors import RefusedError, UsageError
from modelops_git.core.places import ALLOWED_SIGNERS
from modelops_git.edges.files import write_atomic
from modelops_git.edges.git.authoring import WorkingCopy
from modelops_git.edges.git.commits import commit_of
from modelops_git.edges.git.signing_key import signing_key
from modelops_git.edges.git.undoing import all_or_nothing
from modelops_git.edges.signing import ssh
from modelops_git.engine.approving import signers_at
from modelops_git.engine.authorizing import Source, authorization
from modelops_git.engine.files import inside
from modelops_git.engine.intent import intent_at
from modelops_git.engine.validate import Request as Comparing
from modelops_git.engine.validate import beside_base

if TYPE_CHECKING:
    from modelops_git.core.authorizing.approvals import Statement
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.git.repository import Repository
    from modelops_git.edges.signing.ssh import Signers
    from modelops_git.engine.authorizing import Authorization

_LIST = f"Have somebody add you to {ALLOWED_SIGNERS}, and merge it: `NAME@EXAMPLE.COM ssh-ed25519 AAAA...`."
_NO_KEY = (
    "Give it with --key FILE; or let git sign with it as well: git config gpg.format ssh; "
    "git config user.signingkey ~/.ssh/id_ed25519"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is there to be approved.

    Attributes:
        result: The change, its acts, and what is known of the people in it.
        registry: `modelops.yaml` as it was before the change.
        signers: Whose signatures count, likewise.
        base: The commit that the change began from.
    """

    result: Authorization
    registry: Registry
    signers: Signers
    base: str


class Request(NamedTuple):
    """How to approve.

    Attributes:
        key: The key's file; empty for the one that git signs with.
        by: The principal to sign as; empty for what `allowed_signers` has for the key.
        commit: Whether the file is committed.
        asks: Whether a person can be asked for a passphrase.
    """

    key: str = ""
    by: str = ""
    commit: bool = True
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Approved:
    """An approval that was made.

    Attributes:
        statement: What was signed.
        path: The file, relative to the registry's root.
        branch: The branch that it was committed on; empty where it was not.
        commit: The commit; empty where there is none.
        remote: Where the branch can be pushed to; empty where the clone has no remote.
    """

    statement: Statement
    path: str
    branch: str = ""
    commit: str = ""
    remote: str = ""


def propose(repository: Repository, base: str | None = None) -> Proposal:
    """What the commits on this branch change, for somebody to approve.

    Raises:
        UsageError: This is the default branch, and nothing was named to compare with.
        RefusedError: There is nothing to approve, or nobody who could sign it.
        GitError: A commit is not here.
    """
    compared = beside_base(repository, Comparing(base=base, head="HEAD"))
    if compared.on_default and base is None:
        raise UsageError(
            "what is on the default branch was merged already; there is nothing to approve",
            hint="Switch to the branch that is to be merged: git switch BRANCH.",
        )
    if compared.base is None:
        raise RefusedError("nothing was merged before this, so there are no rules and no signers yet")
    signers = signers_at(repository, compared.base)
    if signers is None:
        raise RefusedError(
            f"{ALLOWED_SIGNERS} is not on the default branch, so nobody's signature counts",
            hint=f"Write who may sign into {ALLOWED_SIGNERS} beside modelops.yaml, and merge it first.",
        )
    head = commit_of(repository, "HEAD").id
    result = authorization(repository, compared.base, head, Source(signed=True))
    if not result.verdict.acts:
        raise RefusedError(
            "this branch changes nothing of the registry: there is nothing to approve",
            hint="What is approved is committed; see `git status`.",
        )
    return Proposal(result, intent_at(repository, compared.base).registry, signers, compared.base)


def approve(repository: Repository, proposal: Proposal, request: Request) -> Approved:
    """Sign a proposal, and write the approval beside the registry's files.

    Raises:
        UsageError: There is no key, or it could not be used.
        RefusedError: The approval would not count, or a hook refused the commit; nothing was written.
        SigningError: ssh-keygen is missing or did not answer.
        GitError: git failed.
    """
    key = request.key or signing_key(repository.git)
    if not key:
        raise UsageError("it is not known which key to sign with", hint=_NO_KEY)
    by = request.by or _principal(proposal.signers, ssh.public_key(key, asks=request.asks))
    _refuse_own(proposal, by)
    _refuse_again(proposal, by)
    statement = _statement(proposal, by)
    signature = ssh.sign(key, statement.to_bytes(), NAMESPACE, asks=request.asks)
    _require_counting(proposal.signers, statement, signature)
    return _written(repository, SignedApproval(statement=statement, signature=signature), request)


def _principal(signers: Signers, public_key: str) -> str:
    try:
        return only_principal(listed_principals(signers.allowed.decode("utf-8", "replace"), public_key))
    except ValueError as error:
        raise RefusedError(
            f"your approval would not count: {ALLOWED_SIGNERS} on the default branch does not say who you "
            f"are ({error})",
            hint=f"{_LIST} With a certificate, say your name with --as.",
        ) from None


def _statement(proposal: Proposal, by: str) -> Statement:
    try:
        return stated(proposal.registry.name, proposal.result.binding, by, datetime.now(UTC))
    except ValueError as error:
        raise UsageError(f"{by!r} is no name to sign as: {error}") from None


def _refuse_own(proposal: Proposal, by: str) -> None:
    """Refuse to approve what the signer had a part in; the rules would not count it."""
    directory = Directory(proposal.registry, {})
    me = directory.person(SYSTEM + by)
    if any(directory.person(one.identity) == me for one in proposal.result.known.participants):
        raise RefusedError(
            f"you, {by}, had a part in this change: an approval of one's own change does not count",
            hint="Ask somebody else to run `modelops approve` on this branch.",
        )


def _refuse_again(proposal: Proposal, by: str) -> None:
    words = (one for one in proposal.result.known.approvals if one.by == SYSTEM + by and one.binding)
    if any(one.binding and one.binding.holds_for(proposal.result.binding) for one in words):
        raise RefusedError(f"{by} has approved this very change already; there is nothing to add")


def _require_counting(signers: Signers, statement: Statement, signature: str) -> None:
    """Check one's own signature as everybody else will."""
    try:
        with ssh.checking(signers) as checker:
            signer = checker.signer_of(statement.to_bytes(), signature, NAMESPACE)
            if signer != statement.by:
                raise ValueError(f"its key is {signer}'s, not {statement.by}'s")  # noqa: TRY301 - one answer
    except ValueError as error:
        raise RefusedError(f"your approval would not count: {error}", hint=_LIST) from None


def _written(repository: Repository, approval: SignedApproval, request: Request) -> Approved:
    statement, path = approval.statement, approval.statement.path
    target = inside(repository.root, path)
    if not request.commit:
        write_atomic(target, approval.to_bytes())
        return Approved(statement, path)
    copy = WorkingCopy(repository)
    with all_or_nothing(repository, path):
        write_atomic(target, approval.to_bytes())
        subject = f"Approve {statement.change.removeprefix('sha256:')[:12]} as {statement.by}"
        made = copy.commit([path], subject)
    remotes = repository.remotes.names
    remote = "origin" if "origin" in remotes else next(iter(remotes), "")
    return Approved(statement, path, copy.branch() or "", made.id, remote)
