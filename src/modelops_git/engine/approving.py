"""Who approved a change and who had a part in it, as a registry's own git history says.

For teams without a forge, and the same on every machine. Whose signatures count is read from the base, as of
now; what approvals are bound to, from what was signed.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.artifacts import printable
from modelops_git.core.authorizing.approvals import FOLDER, NAMESPACE, SYSTEM, read_approval
from modelops_git.core.authorizing.facts import Approval, Participant
from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import SigningError
from modelops_git.core.places import ALLOWED_SIGNERS, REVOKED_SIGNERS
from modelops_git.edges.git.approvals import MOST, brought, changed_on_the_way, content, older
from modelops_git.edges.git.commits import commit_of
from modelops_git.edges.git.contributions import contributions
from modelops_git.edges.git.differing import names_in
from modelops_git.edges.git.objects import FILE_LIMIT
from modelops_git.edges.git.reading import commit_snapshot
from modelops_git.edges.signing.ssh import Signers, checking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelops_git.core.authorizing.approvals import SignedApproval
    from modelops_git.core.authorizing.facts import Part
    from modelops_git.edges.git.contributions import Contribution
    from modelops_git.edges.git.repository import Repository
    from modelops_git.edges.signing.ssh import Checker

OF_COMMITS = "git"
"""What git's own SSH signatures are for."""


class Signed(NamedTuple):
    """What the commits of a change say.

    Attributes:
        approvals: Those whose signatures hold, each bound to what was signed, whether or not that is still
            what the change does.
        participants: Who had a part in the change.
        author: Who asks for it, where signatures of all commits that bring something vouch for one person;
            else empty.
        problems: Why files of approvals do not count, in sentences.
    """

    approvals: tuple[Approval, ...]
    participants: tuple[Participant, ...]
    author: str
    problems: tuple[str, ...]


def signed_approvals(repository: Repository, base: str, head: str, merged: str = "") -> Signed:
    """Who approved what is between two commits, and who had a part in it.

    A signature must hold by the signers at `base`, and at every commit on the way to `head` that changed
    them: no base can be chosen that is older than the revocation of a key.

    Args:
        repository: The registry.
        base: Where the change goes: its `allowed_signers` and `revoked_signers` count. Empty for none, as
            before the first commit: then nobody's signature counts.
        head: The change.
        merged: What was merged before it, where that is more than `base`: approvals that came with that were
            for something else.

    Raises:
        SigningError: ssh-keygen is missing or did not answer.
        GitError: A commit is not here, or the clone is too shallow to know what was used before.
        RefusedError: There are more commits than can be looked through.
    """
    start = commit_of(repository, base).id if base else ""
    end = commit_of(repository, head).id
    made = contributions(repository, start, end, FOLDER)
    with _checkers(repository, start, end) as checkers:
        words, problems = _words(_Bench(repository, start, end, merged or start, checkers))
        certain = {one.id: _signer(checkers, one) for one in made if one.writes}
    author = next(iter(set(certain.values())), "") if len(set(certain.values())) == 1 else ""
    return Signed(words, tuple(_participants(made, certain)), author, problems)


class _Bench(NamedTuple):
    """What is looked at, and by whom signatures are checked; by none where nobody may sign."""

    repository: Repository
    base: str
    head: str
    merged: str
    checkers: tuple[Checker, ...]


@contextmanager
def _checkers(repository: Repository, base: str, head: str) -> Iterator[tuple[Checker, ...]]:
    """Who must all agree on who signed."""
    way = changed_on_the_way(repository, base, head, (ALLOWED_SIGNERS, REVOKED_SIGNERS)) if base else ()
    found = dict.fromkeys(signers_at(repository, commit) for commit in (base, *way) if commit)
    with ExitStack() as stack:
        yield tuple(stack.enter_context(checking(one)) for one in found if one) if None not in found else ()


def _agreed(checkers: tuple[Checker, ...], message: bytes, signature: str, namespace: str) -> str:
    """Who signed, as all checkers say.

    Raises:
        ValueError: One of them says that it does not hold, or somebody else.
    """
    if not checkers:
        raise ValueError(f"{ALLOWED_SIGNERS} is not there at the base")
    signers = {one.signer_of(message, signature, namespace) for one in checkers}
    if len(signers) > 1:
        raise ValueError(f"its key was given to somebody else: {', '.join(sorted(signers))}")
    return signers.pop()


def signers_at(repository: Repository, commit: str) -> Signers | None:
    """Whose signatures count by the registry at a commit; None where it has no `allowed_signers`.

    Raises:
        SigningError: It is not known which keys are revoked.
    """
    allowed = content(repository, commit, ALLOWED_SIGNERS)
    if allowed is None:
        return None
    revoked = content(repository, commit, REVOKED_SIGNERS)
    is_there = REVOKED_SIGNERS in names_in(repository, commit, repository.prefix.removesuffix("/"))
    if is_there and (revoked is None or len(revoked) >= FILE_LIMIT):
        raise SigningError(
            f"nobody knows which keys are revoked: {REVOKED_SIGNERS} at {commit[:12]} is no plain file of "
            f"less than {FILE_LIMIT >> 20} MiB"
        )
    return Signers(allowed, revoked)


def _words(bench: _Bench) -> tuple[tuple[Approval, ...], tuple[str, ...]]:
    """The approvals that a change brings, oldest first, and why other files of approvals are none."""
    approvals: list[Approval] = []
    problems: list[str] = []
    paths = brought(bench.repository, bench.base, bench.head)
    if len(paths) > MOST:
        return (), (f"{FOLDER}/ has {len(paths)} new files, more than {MOST}: none of them was read.",)
    name = _name(bench) if paths else ""
    for path in paths:
        try:
            approvals.append(_word(bench, path, name))
        except ValueError as error:
            problems.append(f"{printable(path)} does not count: it {printable(str(error))}.")
    return tuple(sorted(approvals, key=_when)), tuple(problems)


def _name(bench: _Bench) -> str:
    """The registry's name, before the change; empty where that cannot be read."""
    document = Catalog(commit_snapshot(bench.repository, bench.base)).registry if bench.base else None
    return document.manifest.name if document else ""


def _word(bench: _Bench, path: str, registry: str) -> Approval:
    """The approval in one file.

    Raises:
        ValueError: It does not count; the message says why in one line.
    """
    data = content(bench.repository, bench.head, path)
    if data is None:
        raise ValueError("is no plain file")
    approval = read_approval(path, data)
    statement = approval.statement
    if statement.registry != registry:
        raise ValueError(f"is about another registry, {statement.registry}")
    signer = _said(bench.checkers, approval)
    if signer != statement.by:
        raise ValueError(f"says that it is by {statement.by}, and was signed by {signer}")
    if bench.merged and _was_used(bench, path, approval):
        raise ValueError("was used before: it came with an earlier change")
    return Approval(SYSTEM + signer, "ssh", statement.at, statement.binding)


def _said(checkers: tuple[Checker, ...], approval: SignedApproval) -> str:
    try:
        return _agreed(checkers, approval.statement.to_bytes(), approval.signature, NAMESPACE)
    except ValueError as error:
        raise ValueError(f"was not signed by an allowed signer: {error}") from None


def _was_used(bench: _Bench, path: str, approval: SignedApproval) -> bool:
    """Whether a change that was merged before brought this very word, which is then no word on this one."""
    for data in older(bench.repository, bench.merged, path):
        try:
            earlier = read_approval(path, data)
        except ValueError:
            continue  # it counted for nothing then
        if earlier.statement == approval.statement:
            return True
    return False


def _when(word: Approval) -> tuple[str, str]:
    return (word.at.isoformat() if word.at else "", word.by)


def _signer(checkers: tuple[Checker, ...], made: Contribution) -> str:
    """Whose signature vouches for a commit, as an identity; empty where none does."""
    if not made.signature:
        return ""
    try:
        return SYSTEM + _agreed(checkers, made.signed, made.signature, OF_COMMITS)
    except ValueError:
        return ""


def _participants(made: Iterable[Contribution], certain: dict[str, str]) -> Iterator[Participant]:
    """Who had a part, each once with the same part."""
    seen: dict[Participant, None] = {}
    for one in made:
        if one.writes:
            seen.update(dict.fromkeys(_parts(one, certain[one.id])))
    yield from seen


def _parts(made: Contribution, signer: str) -> Iterator[Participant]:
    """Who a commit says had a part in it; whoever signed it vouches for that."""
    if signer:
        yield Participant(signer, "wrote")
    named: list[tuple[str, Part]] = [(address, "wrote") for address in (made.author, made.committer)]
    named += [(address, "co-wrote") for address in made.co_authors]
    named += [(address, "asked") for address in made.asked]
    for address, part in named:
        name = address.removeprefix("@")
        identity = f"email:{name}" if name == address else f"github:{name}"
        yield Participant(identity, part, is_certain=bool(signer))
